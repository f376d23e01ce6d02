import type { Database } from "../../platform/ports.ts";
import type { Application } from "./application.ts";
import { readApplications } from "./application.store.ts";
import type { WebhookMethod } from "./configuration.ts";
import type { InboundTextRoute, NumberDirectory, TextSender } from "./directory.ts";
import { readOwnedNumbers, type ReleasedNumber, type TextNumber } from "./number.store.ts";

/** A number that has an owner, or had one while this process ran. */
interface NumberEntry {
  readonly revision: number;
  /** Absent when nobody has the number any more. */
  readonly owned?: {
    readonly accountSid: string;
    readonly sms: boolean;
    readonly sender: TextSender;
    readonly smsApplicationSid: string;
    readonly route: InboundTextRoute;
  };
}

interface ApplicationEntry {
  readonly revision: number;
  readonly accountSid: string;
  readonly route: InboundTextRoute;
  readonly statusCallback: { readonly url?: string };
}

interface Pages {
  readonly numbers: Map<string, NumberEntry>;
  readonly applications: Map<string, ApplicationEntry>;
}

type Change = (pages: Pages) => void;

/** Deleted applications that are remembered, so that an update that was overtaken does not bring one back. */
const MAX_DELETED = 1_000;

/**
 * The numbers and applications of all accounts, in memory. Told of every change after it
 * was committed; changes may arrive in another order than they were committed in, so the
 * higher revision wins. Goes on answering while the database is down.
 */
export class NumberBook implements NumberDirectory {
  private readonly database: Database;
  private pages: Pages = { numbers: new Map(), applications: new Map() };
  private readonly deleted = new Set<string>();
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: Change[] | undefined;
  private loading: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.database = database;
  }

  /** Owned numbers and applications that are known, for the operator. */
  get size(): { readonly numbers: number; readonly applications: number } {
    return { numbers: this.pages.numbers.size, applications: this.pages.applications.size };
  }

  /**
   * Reads everything anew. Rejects when the database does not answer, and then what was
   * known stays.
   */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const since: Change[] = [];
    this.sinceLoad = since;
    try {
      const pages: Pages = { numbers: new Map(), applications: new Map() };
      for await (const batch of readApplications(this.database)) {
        for (const application of batch) pages.applications.set(application.sid, applicationEntry(application));
      }
      for await (const batch of readOwnedNumbers(this.database)) {
        for (const number of batch) pages.numbers.set(number.number, numberEntry(number));
      }
      for (const change of since) change(pages);
      this.pages = pages;
    } finally {
      this.sinceLoad = undefined;
    }
  }

  private change(change: Change): void {
    change(this.pages);
    this.sinceLoad?.push(change);
  }

  /** A number was bought, changed or transferred. */
  putNumber(number: TextNumber): void {
    this.change(({ numbers }) => replace(numbers, number.number, numberEntry(number)));
  }

  /** A number has no owner any more. */
  removeNumber({ number, revision }: ReleasedNumber): void {
    this.change(({ numbers }) => replace(numbers, number, { revision }));
  }

  /** An application was created or changed. */
  putApplication(application: Application): void {
    if (this.deleted.has(application.sid)) return;
    this.change(({ applications }) => replace(applications, application.sid, applicationEntry(application)));
  }

  /** An application was deleted. */
  removeApplication(sid: string): void {
    this.deleted.add(sid);
    if (this.deleted.size > MAX_DELETED) {
      for (const oldest of this.deleted) {
        this.deleted.delete(oldest);
        break;
      }
    }
    this.change(({ applications }) => void applications.delete(sid));
  }

  sender(accountSid: string, address: string): TextSender | undefined {
    const owned = this.pages.numbers.get(address)?.owned;
    if (owned === undefined || owned.accountSid !== accountSid || !owned.sms) return undefined;
    return owned.sender;
  }

  /** Carriers write the same address with and without the leading plus. */
  inboundText(address: string): InboundTextRoute | undefined {
    const { numbers, applications } = this.pages;
    const other = address.startsWith("+") ? address.slice(1) : `+${address}`;
    const owned = numbers.get(address)?.owned ?? numbers.get(other)?.owned;
    if (owned === undefined) return undefined;
    if (owned.smsApplicationSid === "") return owned.route;
    const application = applications.get(owned.smsApplicationSid);
    return application?.accountSid === owned.accountSid ? application.route : owned.route;
  }

  applicationStatusCallback(accountSid: string, applicationSid: string): { readonly url?: string } | undefined {
    const application = this.pages.applications.get(applicationSid);
    return application?.accountSid === accountSid ? application.statusCallback : undefined;
  }
}

function replace<E extends { readonly revision: number }>(entries: Map<string, E>, key: string, entry: E): void {
  const known = entries.get(key);
  if (known === undefined || known.revision <= entry.revision) entries.set(key, entry);
}

function numberEntry(number: TextNumber): NumberEntry {
  const { accountSid, sms, mms, kind, revision, configuration } = number;
  const { smsApplicationSid } = configuration;
  const sender = { mms, kind };
  return { revision, owned: { accountSid, sms, sender, smsApplicationSid, route: routeOf(accountSid, configuration) } };
}

function applicationEntry({ accountSid, revision, configuration }: Application): ApplicationEntry {
  const { messageStatusCallback, smsStatusCallback } = configuration;
  const url = messageStatusCallback === "" ? smsStatusCallback : messageStatusCallback;
  return {
    revision,
    accountSid,
    route: routeOf(accountSid, configuration),
    statusCallback: url === "" ? {} : { url },
  };
}

function routeOf(
  accountSid: string,
  webhooks: {
    readonly smsUrl: string;
    readonly smsMethod: WebhookMethod;
    readonly smsFallbackUrl: string;
    readonly smsFallbackMethod: WebhookMethod;
  },
): InboundTextRoute {
  const { smsUrl, smsMethod, smsFallbackUrl, smsFallbackMethod } = webhooks;
  return {
    accountSid,
    method: smsMethod,
    ...(smsUrl === "" ? {} : { url: smsUrl }),
    ...(smsFallbackUrl === "" ? {} : { fallbackUrl: smsFallbackUrl, fallbackMethod: smsFallbackMethod }),
  };
}

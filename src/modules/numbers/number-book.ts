import type { Database } from "../../platform/ports.ts";
import type { AlphanumericSender, SenderPolicy } from "./alphanumeric.ts";
import { readAlphanumericSenders } from "./alphanumeric.store.ts";
import type { Application } from "./application.ts";
import { readApplications } from "./application.store.ts";
import type { AccountNumber, AccountNumbers, InboundTextRoute, NumberDirectory, TextSender } from "./directory.ts";
import { applicationEntry, EntryMaker, NumberEntry, type ApplicationEntry } from "./number-entry.ts";
import { readOwnedNumbers, type ReleasedNumber, type TextNumber } from "./number.store.ts";

/** A number that nobody has any more, by the revision with which its account lost it. */
interface Gone {
  readonly revision: number;
}

interface Pages {
  readonly numbers: Map<string, NumberEntry | Gone>;
  /** By account and SID. */
  readonly accounts: Map<string, Map<string, NumberEntry>>;
  readonly applications: Map<string, ApplicationEntry>;
  /** Alphanumeric senders by account, in capitals: phones do not tell small letters from capital ones. */
  readonly alphanumeric: Map<string, ReadonlyMap<string, AlphanumericSender>>;
}

type Change = (pages: Pages) => void;

/** Deleted applications that are remembered, so that an update that was overtaken does not bring one back. */
const MAX_DELETED = 1_000;
const NONE: readonly AccountNumber[] = [];
const ALPHANUMERIC: TextSender = { mms: false, kind: "alphanumeric" };

/**
 * The numbers, alphanumeric senders and applications of all accounts, in memory. Told of
 * every change after it was committed; changes may arrive in another order than they were
 * committed in, so the higher revision wins. Goes on answering while the database is down.
 */
export class NumberBook implements NumberDirectory, AccountNumbers {
  private readonly database: Database;
  private readonly policy: SenderPolicy;
  private readonly entries = new EntryMaker();
  private pages: Pages = emptyPages();
  private readonly deleted = new Set<string>();
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: Change[] | undefined;
  private loading: Promise<void> = Promise.resolve();

  constructor(database: Database, policy: SenderPolicy = "registered") {
    this.database = database;
    this.policy = policy;
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
      const pages = emptyPages();
      for await (const batch of readApplications(this.database)) {
        for (const application of batch) pages.applications.set(application.sid, applicationEntry(application));
      }
      for await (const batch of readOwnedNumbers(this.database)) {
        for (const number of batch) put(pages, this.entries.entryOf(number));
      }
      for await (const batch of readAlphanumericSenders(this.database)) {
        for (const sender of batch) allow(pages, sender);
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
    const entry = this.entries.entryOf(number);
    this.change((pages) => put(pages, entry));
  }

  /** A number has no owner any more. */
  removeNumber({ number, revision }: ReleasedNumber): void {
    this.change((pages) => {
      const known = pages.numbers.get(number);
      if (known !== undefined && known.revision > revision) return;
      leave(pages, known);
      pages.numbers.set(number, { revision });
    });
  }

  /** An application was created or changed. */
  putApplication(application: Application): void {
    if (this.deleted.has(application.sid)) return;
    const { sid } = application;
    this.change(({ applications }) => {
      const known = applications.get(sid);
      if (known === undefined || known.revision <= application.revision) {
        applications.set(sid, applicationEntry(application));
      }
    });
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

  /** The alphanumeric senders of an account are these now; told of in the order of the commits. */
  setAlphanumeric(accountSid: string, senders: readonly AlphanumericSender[]): void {
    this.change(({ alphanumeric }) => {
      if (senders.length === 0) alphanumeric.delete(accountSid);
      else alphanumeric.set(accountSid, new Map(senders.map((sender) => [sender.sender.toUpperCase(), sender])));
    });
  }

  sender(accountSid: string, address: string): TextSender | undefined {
    const entry = this.pages.numbers.get(address);
    if (entry instanceof NumberEntry) {
      return entry.accountSid === accountSid && entry.sms ? entry.traits.sender : undefined;
    }
    return this.isAllowed(accountSid, address) ? ALPHANUMERIC : undefined;
  }

  private isAllowed(accountSid: string, address: string): boolean {
    if (!isAlphanumeric(address)) return false;
    if (this.policy === "any") return true;
    return this.pages.alphanumeric.get(accountSid)?.get(address.toUpperCase())?.status === "approved";
  }

  /** Carriers write the same address with and without the leading plus. */
  inboundText(address: string): InboundTextRoute | undefined {
    const { applications } = this.pages;
    const setup = (this.entryOf(address) ?? this.entryOf(otherForm(address)))?.setup;
    if (setup === undefined) return undefined;
    if (setup.smsApplicationSid === "") return setup.route;
    const application = applications.get(setup.smsApplicationSid);
    return application?.accountSid === setup.route.accountSid ? application.route : setup.route;
  }

  private entryOf(address: string): NumberEntry | undefined {
    const entry = this.pages.numbers.get(address);
    return entry instanceof NumberEntry ? entry : undefined;
  }

  applicationStatusCallback(accountSid: string, applicationSid: string): { readonly url?: string } | undefined {
    const application = this.pages.applications.get(applicationSid);
    return application?.accountSid === accountSid ? application.statusCallback : undefined;
  }

  numberBySid(accountSid: string, sid: string): AccountNumber | undefined {
    return this.pages.accounts.get(accountSid)?.get(sid);
  }

  owned(accountSid: string): readonly AccountNumber[] {
    const numbers = this.pages.accounts.get(accountSid);
    return numbers === undefined ? NONE : [...numbers.values()];
  }
}

function emptyPages(): Pages {
  return { numbers: new Map(), accounts: new Map(), applications: new Map(), alphanumeric: new Map() };
}

function put(pages: Pages, entry: NumberEntry): void {
  const known = pages.numbers.get(entry.number);
  if (known !== undefined && known.revision > entry.revision) return;
  leave(pages, known);
  pages.numbers.set(entry.number, entry);
  let numbers = pages.accounts.get(entry.accountSid);
  if (numbers === undefined) {
    numbers = new Map();
    pages.accounts.set(entry.accountSid, numbers);
  }
  numbers.set(entry.sid, entry);
}

/** Takes what was known of a number from its account. */
function leave({ accounts }: Pages, known: NumberEntry | Gone | undefined): void {
  if (!(known instanceof NumberEntry)) return;
  const numbers = accounts.get(known.accountSid);
  numbers?.delete(known.sid);
  if (numbers?.size === 0) accounts.delete(known.accountSid);
}

function allow({ alphanumeric }: Pages, sender: AlphanumericSender): void {
  const known = new Map(alphanumeric.get(sender.accountSid) ?? []);
  alphanumeric.set(sender.accountSid, known.set(sender.sender.toUpperCase(), sender));
}

function otherForm(address: string): string {
  return address.startsWith("+") ? address.slice(1) : `+${address}`;
}

/** Cheap, because it is asked for every text whose sender is no number of the account. */
function isAlphanumeric(address: string): boolean {
  return address.length <= 11 && /[A-Za-z]/.test(address) && /^[A-Za-z0-9 +\-_&]{1,11}$/.test(address);
}

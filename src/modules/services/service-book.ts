import type { Clock, Database } from "../../platform/ports.ts";
import type { AccountNumbers, NumberDirectory } from "../numbers/index.ts";
import { chooseFrom, type AlphaAllowed } from "./choose-sender.ts";
import type { MessagingService, SenderChoice, SenderWish, ServiceDirectory, StickInput } from "./directory.ts";
import { recipientKey } from "./hash.ts";
import { readMembers } from "./member.store.ts";
import { Pool } from "./pool.ts";
import type { PoolMember } from "./pool-member.ts";
import { readServices } from "./service.store.ts";
import { messagingService, type Service } from "./service.ts";
import { serviceKey, type StickySenders } from "./sticky-senders.ts";

/** A service with its pool, as a change left it. */
export interface WholeService {
  readonly service: Service;
  readonly members: readonly PoolMember[];
}

interface ServiceEntry {
  readonly revision: number;
  readonly service: MessagingService;
  readonly members: readonly PoolMember[];
  /** Key of its sticky senders. */
  readonly key: string;
  /** Made when it is first asked for. */
  pool: Pool | undefined;
}

interface Pages {
  readonly services: Map<string, ServiceEntry>;
  /** Numbers and short codes, by their address. */
  readonly senders: Map<string, { readonly entry: ServiceEntry; readonly sid: string }>;
}

type Change = (pages: Pages) => void;

/** What the book answers with. */
export interface ServiceBookOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly numbers: NumberDirectory & AccountNumbers;
  readonly sticky: StickySenders;
  readonly alphaAllowed: AlphaAllowed;
}

/** Deleted services that are remembered, so that a change that was overtaken does not bring one back. */
const MAX_DELETED = 1_000;
/** How long a pool stands whose numbers were not all known. */
const INCOMPLETE_POOL_MS = 1_000;
/** A pool that is stale again right after it was made is not one that making it anew helps. */
const MAX_TRIES = 2;

/**
 * The services of all accounts and their pools, in memory. Told of every change after it
 * was committed; changes may arrive in another order than they were committed in, so the
 * higher revision wins. Goes on answering while the database is down.
 */
export class ServiceBook implements ServiceDirectory {
  private readonly options: ServiceBookOptions;
  private pages: Pages = { services: new Map(), senders: new Map() };
  private readonly deleted = new Set<string>();
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: Change[] | undefined;
  private loading: Promise<void> = Promise.resolve();

  constructor(options: ServiceBookOptions) {
    this.options = options;
  }

  /** Services that are known, for the operator. */
  get size(): number {
    return this.pages.services.size;
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const since: Change[] = [];
    this.sinceLoad = since;
    try {
      const members = new Map<string, PoolMember[]>();
      // Services first: a member that is added between the two reads is told of, and its service's revision is higher.
      const services: Service[] = [];
      for await (const batch of readServices(this.options.database)) services.push(...batch);
      for await (const batch of readMembers(this.options.database)) {
        for (const member of batch) {
          const known = members.get(member.serviceSid);
          if (known === undefined) members.set(member.serviceSid, [member]);
          else known.push(member);
        }
      }
      const pages: Pages = { services: new Map(), senders: new Map() };
      for (const service of services) put(pages, entryOf({ service, members: members.get(service.sid) ?? [] }));
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

  /** A service or its pool was made or changed. */
  put(whole: WholeService): void {
    if (this.deleted.has(whole.service.sid)) return;
    const entry = entryOf(whole);
    this.change((pages) => put(pages, entry));
  }

  /** A service was deleted. */
  remove(sid: string): void {
    this.deleted.add(sid);
    if (this.deleted.size > MAX_DELETED) {
      for (const oldest of this.deleted) {
        this.deleted.delete(oldest);
        break;
      }
    }
    this.change((pages) => {
      leave(pages, pages.services.get(sid));
      pages.services.delete(sid);
    });
  }

  service(accountSid: string, serviceSid: string): MessagingService | undefined {
    const service = this.pages.services.get(serviceSid)?.service;
    return service?.accountSid === accountSid ? service : undefined;
  }

  /** Carriers write the same address with and without the leading plus. */
  serviceOfSender(accountSid: string, address: string): MessagingService | undefined {
    const { senders } = this.pages;
    const found = senders.get(address) ?? senders.get(otherForm(address));
    if (found === undefined) return undefined;
    const { entry, sid } = found;
    if (entry.service.accountSid !== accountSid) return undefined;
    return this.options.numbers.numberBySid(accountSid, sid) === undefined ? undefined : entry.service;
  }

  hasSender(accountSid: string, serviceSid: string, address: string): boolean {
    const entry = this.pages.services.get(serviceSid);
    if (entry === undefined || entry.service.accountSid !== accountSid) return false;
    if (this.serviceOfSender(accountSid, address)?.sid === serviceSid) return true;
    const isLettered = entry.members.some((member) => member.address === address && member.kind === "alpha");
    return isLettered && this.options.numbers.sender(accountSid, address) !== undefined;
  }

  chooseSender(wish: SenderWish): SenderChoice | "empty" | "none" {
    const entry = this.pages.services.get(wish.serviceSid);
    if (entry === undefined || entry.service.accountSid !== wish.accountSid) return "empty";
    const { numbers, sticky, clock, alphaAllowed } = this.options;
    const { service } = entry;
    const nowMs = clock.nowMs();
    const recipient = recipientKey(wish.to);
    const stuck = service.stickySender ? sticky.senderOf(entry.key, recipient, nowMs) : undefined;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const pool = this.poolOf(entry, nowMs);
      if (pool.size === 0) return "empty";
      const outcome = chooseFrom({ wish, service, pool, recipient, sticky: stuck, numbers, alphaAllowed });
      if (outcome !== "stale") return outcome;
      entry.pool = undefined;
    }
    return "none";
  }

  private poolOf(entry: ServiceEntry, nowMs: number): Pool {
    const known = entry.pool;
    if (known !== undefined && (known.missing === 0 || nowMs - known.madeMs < INCOMPLETE_POOL_MS)) return known;
    const pool = new Pool(entry.members, this.options.numbers, nowMs);
    entry.pool = pool;
    return pool;
  }

  stick(input: StickInput): void {
    this.options.sticky.stick(input);
  }
}

function entryOf({ service, members }: WholeService): ServiceEntry {
  const key = serviceKey(service.accountSid, service.sid);
  return { revision: service.revision, service: messagingService(service), members, key, pool: undefined };
}

function put(pages: Pages, entry: ServiceEntry): void {
  const known = pages.services.get(entry.service.sid);
  if (known !== undefined && known.revision > entry.revision) return;
  leave(pages, known);
  pages.services.set(entry.service.sid, entry);
  for (const { kind, address, sid } of entry.members) {
    if (kind === "number" || kind === "shortcode") pages.senders.set(address, { entry, sid });
  }
}

/** Takes the senders of a service off the book, but for those that are another one's by now. */
function leave({ senders }: Pages, known: ServiceEntry | undefined): void {
  if (known === undefined) return;
  for (const { address } of known.members) if (senders.get(address)?.entry === known) senders.delete(address);
}

function otherForm(address: string): string {
  return address.startsWith("+") ? address.slice(1) : `+${address}`;
}

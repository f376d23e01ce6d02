import { AppError } from "../../kernel/errors.ts";
import { StateTable, type ApplyContext, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import { TOO_MANY_REQUESTS } from "../../platform/http/index.ts";

/** What became of one message of many: its SID, or why it was refused. */
export type BulkOutcome = string | BulkRefusal;

export interface BulkRefusal {
  readonly code: number;
  readonly message: string;
}

/** A request for many messages that was given an idempotency key, as far as it has come. */
export interface BulkRequest {
  readonly accountSid: string;
  readonly sinceMs: number;
  /** In the order of the messages, without gaps. */
  readonly outcomes: BulkOutcome[];
}

/** Some messages of a request were decided. Committed as one with the messages that were accepted. */
export interface BulkDecided extends CellRecord {
  readonly kind: "message.bulk-decided";
  readonly accountSid: string;
  readonly key: string;
  /** Index of the first outcome. */
  readonly from: number;
  readonly outcomes: readonly BulkOutcome[];
}

/** How long the outcomes of a key are kept: as long as the key. */
export const KEPT_MS = 86_400_000;
/** Requests of one account, and outcomes of all; beyond, the oldest are forgotten, and their keys answer that. */
export const MAX_KEPT_OF_ACCOUNT = 100;
export const MAX_KEPT_OUTCOMES = 1_000_000;
/** Requests of one account under way at once. */
export const MAX_UNDER_WAY = 2;

/**
 * What became of the messages of requests that carry an idempotency key. The key itself is
 * kept as that of any other request (platform/idempotency), which keeps one answer; here
 * there are up to 10,000 outcomes, decided in several commits, and a request that was cut
 * off in the middle goes on behind what is durable.
 */
export class BulkRequests {
  readonly machine: Machine;
  private readonly table = new StateTable<BulkRequest>("bulk_requests", { projected: false });
  /** Requests under way by account. */
  private readonly underWay = new Map<string, number>();

  constructor() {
    this.machine = {
      name: "bulk",
      tables: [this.table] as readonly unknown[] as readonly StateTable<never>[],
      reducers: {
        "message.bulk-decided": (record: BulkDecided, context: ApplyContext) => this.decide(record, context),
      },
    };
  }

  /** What is known of a request; empty where it is not known, or not any more. */
  known(accountSid: string, key: string): readonly BulkOutcome[] {
    return this.table.get(idOf(accountSid, key))?.outcomes ?? [];
  }

  /** Counts a request in and returns what counts it out. Throws 429. */
  enter(accountSid: string): () => void {
    const others = this.underWay.get(accountSid) ?? 0;
    if (others >= MAX_UNDER_WAY) throw new AppError(TOO_MANY_REQUESTS, { max: MAX_UNDER_WAY });
    this.underWay.set(accountSid, others + 1);
    return () => {
      const left = (this.underWay.get(accountSid) ?? 1) - 1;
      if (left === 0) this.underWay.delete(accountSid);
      else this.underWay.set(accountSid, left);
    };
  }

  /** The requests of accounts that move to another cell. */
  entriesOf(accountSids: readonly string[]): (readonly [id: string, request: Readonly<BulkRequest>])[] {
    const own = new Set(accountSids);
    const found: (readonly [string, Readonly<BulkRequest>])[] = [];
    for (const id of this.table.keys()) {
      const request = this.table.get(id);
      if (request !== undefined && own.has(request.accountSid)) found.push([id, request]);
    }
    return found;
  }

  /** Forgets the requests of accounts and takes over those that came. For reducers only. */
  move(forget: readonly string[], entries: readonly (readonly [id: string, request: BulkRequest])[]): void {
    for (const [id] of this.entriesOf(forget)) this.table.delete(id);
    for (const [id, request] of entries) this.table.put(id, request);
  }

  private decide(record: BulkDecided, { atMs }: ApplyContext): void {
    const id = idOf(record.accountSid, record.key);
    if (record.from === 0) {
      this.forgetOldest(record.accountSid, atMs);
      const { accountSid } = record;
      this.table.put(id, { accountSid, sinceMs: atMs, outcomes: [] });
    }
    const request = this.table.edit(id);
    // Forgotten meanwhile, because others came in great numbers.
    if (request === undefined || request.outcomes.length !== record.from) return;
    for (const outcome of record.outcomes) request.outcomes.push(outcome);
  }

  /** Makes room. Runs once for each request, over a bounded number of them. */
  private forgetOldest(accountSid: string, atMs: number): void {
    let ofAccount = 1;
    let outcomes = 0;
    for (const request of this.table.values()) {
      if (request.accountSid === accountSid) ofAccount += 1;
      outcomes += request.outcomes.length;
    }
    for (const id of this.table.keys()) {
      const request = this.table.get(id);
      if (request === undefined) continue;
      const isSurplus = request.accountSid === accountSid && ofAccount > MAX_KEPT_OF_ACCOUNT;
      if (atMs - request.sinceMs < KEPT_MS && outcomes <= MAX_KEPT_OUTCOMES && !isSurplus) continue;
      this.table.delete(id);
      outcomes -= request.outcomes.length;
      if (request.accountSid === accountSid) ofAccount -= 1;
    }
  }
}

function idOf(accountSid: string, key: string): string {
  return `${accountSid}:${key}`;
}

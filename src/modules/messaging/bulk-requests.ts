import { AppError } from "../../kernel/errors.ts";
import { StateTable, type ApplyContext, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import { TOO_MANY_REQUESTS } from "../../platform/http/index.ts";
import { bulkErrors } from "./bulk-errors.ts";

/** What became of one message of many: its SID, or why it was refused. */
export type BulkOutcome = string | BulkRefusal;

export interface BulkRefusal {
  readonly code: number;
  readonly message: string;
}

/** A request for many messages that was given an idempotency key, as far as it has come. */
export interface BulkRequest {
  readonly accountSid: string;
  /** Length and checksum of the body: the same key with another body is refused. */
  readonly fingerprint: string;
  readonly sinceMs: number;
  /** In the order of the messages, without gaps. */
  readonly outcomes: BulkOutcome[];
}

/** Some messages of a request were decided. Committed as one with the messages that were accepted. */
export interface BulkDecided extends CellRecord {
  readonly kind: "message.bulk-decided";
  readonly accountSid: string;
  readonly key: string;
  readonly fingerprint: string;
  /** Index of the first outcome. */
  readonly from: number;
  readonly outcomes: readonly BulkOutcome[];
}

/** How long a key is kept. */
export const KEPT_MS = 86_400_000;
/** Keys of one account, and outcomes of all; beyond, the oldest are forgotten. */
export const MAX_KEPT_OF_ACCOUNT = 100;
export const MAX_KEPT_OUTCOMES = 1_000_000;
/** Requests of one account under way at once. */
export const MAX_UNDER_WAY = 2;

/**
 * The requests for many messages that carry an idempotency key. They are part of the
 * cell's state, so a repeated request finds the messages that the first one made, also
 * after a crash in the middle of it.
 */
export class BulkRequests {
  readonly machine: Machine;
  private readonly table = new StateTable<BulkRequest>("bulk_requests", { projected: false });
  /** Keys under way by account; a request without a key counts under a symbol of its own. */
  private readonly underWay = new Map<string, Set<string | symbol>>();

  constructor() {
    this.machine = {
      name: "bulk",
      tables: [this.table] as readonly unknown[] as readonly StateTable<never>[],
      reducers: {
        "message.bulk-decided": (record: BulkDecided, context: ApplyContext) => this.decide(record, context),
      },
    };
  }

  /** What is known of a request. Throws 409 when its key belongs to another body. */
  known(accountSid: string, key: string, fingerprint: string): readonly BulkOutcome[] {
    const request = this.table.get(idOf(accountSid, key));
    if (request === undefined) return [];
    if (request.fingerprint !== fingerprint) throw new AppError(bulkErrors.keyReused);
    return request.outcomes;
  }

  /** Counts a request in and returns what counts it out. Throws 429 or 409. */
  enter(accountSid: string, key: string | undefined): () => void {
    const keys = this.underWay.get(accountSid) ?? new Set();
    const entry = key ?? Symbol("no key");
    if (keys.has(entry)) throw new AppError(bulkErrors.keyInUse);
    if (keys.size >= MAX_UNDER_WAY) throw new AppError(TOO_MANY_REQUESTS, { max: MAX_UNDER_WAY });
    keys.add(entry);
    this.underWay.set(accountSid, keys);
    return () => {
      keys.delete(entry);
      if (keys.size === 0) this.underWay.delete(accountSid);
    };
  }

  private decide(record: BulkDecided, { atMs }: ApplyContext): void {
    const id = idOf(record.accountSid, record.key);
    if (record.from === 0) {
      this.forgetOldest(record.accountSid, atMs);
      const { accountSid, fingerprint } = record;
      this.table.put(id, { accountSid, fingerprint, sinceMs: atMs, outcomes: [] });
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

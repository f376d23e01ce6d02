import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Timer } from "../../../platform/ports.ts";
import { isFinal, type Message } from "../message.ts";
import { MAX_HELD_RECEIPTS, MAX_OPEN_MESSAGES, type MessageState } from "../message-state.ts";
import type { DeadlinesPassed, PartsExpired, ReceiptsAdopted, UnknownsSettled } from "../records.ts";

const TICK_MS = 250;
/** Entries looked at in one tick, so that a full queue costs a bounded share of the time. */
const PER_TICK = 4_000;
/** After so long every receipt that is held was looked at, however many there are. */
const HELD_ROUND_MS = Math.ceil(MAX_HELD_RECEIPTS / PER_TICK) * TICK_MS;

/** The most that a message waits for its receipt while memory is more than half, and three quarters, full. */
const HALF_FULL_HORIZON_MS = 3_600_000;
const FULL_HORIZON_MS = 120_000;

/** How long things may wait. All in milliseconds. */
export interface SweepLimits {
  /** After this, a receipt with an unknown id is matched to an attempt without an answer. */
  readonly adoptReceiptMs: number;
  /** After this, an outcome that is not known is taken for one that never will be. */
  readonly unknownGraceMs: number;
  /** After this, a receipt that matches nothing is dropped. */
  readonly forgetReceiptMs: number;
  /** After this, a message that was sent is no longer expected to get a receipt. */
  readonly receiptHorizonMs: number;
  /** After this, the parts of a long text that did arrive are delivered without the others. */
  readonly partialTextMs: number;
}

export const sweepDefaults: SweepLimits = {
  adoptReceiptMs: 15_000,
  unknownGraceMs: 60_000,
  forgetReceiptMs: 10 * 60_000,
  receiptHorizonMs: 72 * 3_600_000,
  partialTextMs: 10 * 60_000,
};

/**
 * Walks the state round and round, a bounded number of entries at a time, and commits
 * what time has decided. Deadlines so cost nothing for the messages that meet them.
 */
export class Sweep {
  private readonly state: MessageState;
  private readonly cell: Cell;
  private readonly clock: Clock;
  private readonly limits: SweepLimits;
  private walk: IterableIterator<Readonly<Message>> | undefined;
  private heldWalk: IterableIterator<string> | undefined;
  private timer: Timer | undefined;

  constructor(options: { state: MessageState; cell: Cell; clock: Clock; limits: SweepLimits }) {
    this.state = options.state;
    this.cell = options.cell;
    this.clock = options.clock;
    this.limits = options.limits;
  }

  start(): void {
    this.timer = this.clock.after(TICK_MS, () => {
      void this.tick().finally(() => {
        if (this.timer !== undefined) this.start();
      });
    });
  }

  private async tick(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const sids = this.overdueMessages(nowMs);
    const records = [
      ...(sids.length === 0 ? [] : [{ kind: "message.deadlines", sids } satisfies DeadlinesPassed]),
      ...this.heldReceipts(nowMs),
      ...this.unknowns(nowMs),
      ...this.partialTexts(nowMs),
    ];
    // A refusal changes nothing; the next round finds the same entries.
    for (const record of records) await this.cell.commit(record, "progress").catch(() => undefined);
  }

  private overdueMessages(nowMs: number): string[] {
    const due: string[] = [];
    this.walk ??= this.state.messages.values();
    for (let seen = 0; seen < PER_TICK; seen += 1) {
      const step = this.walk.next();
      if (step.done === true) {
        this.walk = undefined;
        break;
      }
      if (this.isOverdue(step.value, nowMs)) due.push(step.value.sid);
    }
    return due;
  }

  private isOverdue(message: Readonly<Message>, nowMs: number): boolean {
    if (isFinal(message.status) || message.closed === true || message.parked === true) return false;
    if (message.dueMs !== undefined) return false;
    if (message.status === "sent")
      return (message.sentMs ?? nowMs) + receiptHorizonMs(this.state.messages.size, this.limits) <= nowMs;
    return message.validUntilMs <= nowMs && !message.parts.some((part) => part.state === "submitted");
  }

  /**
   * Those whose grace is over. Where a receipt is held that may be theirs, the grace is as much
   * longer as that receipt may need to be adopted, and no more: other receipts may follow it for ever.
   */
  private unknowns(nowMs: number): UnknownsSettled[] {
    const { unknownGraceMs, adoptReceiptMs } = this.limits;
    const overdue: string[] = [];
    const mayWait = new Set<string>();
    let seen = 0;
    for (const sid of this.state.unknownSids()) {
      seen += 1;
      if (seen > PER_TICK) break;
      const since = this.state.messages.get(sid)?.unknownSinceMs;
      if (since === undefined || since + unknownGraceMs > nowMs) continue;
      overdue.push(sid);
      if (since + unknownGraceMs + adoptReceiptMs + HELD_ROUND_MS > nowMs) mayWait.add(sid);
    }
    const expecting = mayWait.size === 0 ? mayWait : this.state.withHeldReceipt(mayWait);
    const sids = overdue.filter((sid) => !expecting.has(sid));
    return sids.length === 0 ? [] : [{ kind: "message.unknowns-settled", sids }];
  }

  private heldReceipts(nowMs: number): ReceiptsAdopted[] {
    const adopt: string[] = [];
    const forget: string[] = [];
    this.heldWalk ??= this.state.heldReceipts.keys();
    for (let seen = 0; seen < PER_TICK; seen += 1) {
      const step = this.heldWalk.next();
      const held = step.done === true ? undefined : this.state.heldReceipts.get(step.value);
      const age = held === undefined ? 0 : nowMs - held.sinceMs;
      // The table is in order of arrival, so the rest is younger.
      if (held === undefined || age < this.limits.adoptReceiptMs) {
        this.heldWalk = undefined;
        break;
      }
      const key = step.value as string;
      const known = this.state.findUnknown(held.carrier, held.receipt.from, held.receipt.to) !== undefined;
      if (age >= this.limits.forgetReceiptMs) forget.push(key);
      else if (known) adopt.push(key);
    }
    const records: ReceiptsAdopted[] = [];
    if (adopt.length > 0) records.push({ kind: "message.receipts-adopted", keys: adopt, forget: false });
    if (forget.length > 0) records.push({ kind: "message.receipts-adopted", keys: forget, forget: true });
    return records;
  }

  private partialTexts(nowMs: number): PartsExpired[] {
    const keys: string[] = [];
    for (const key of this.state.partialTexts.keys()) {
      const partial = this.state.partialTexts.get(key);
      // The table is in order of the first part, so the rest is younger.
      if (partial === undefined || keys.length >= PER_TICK || nowMs - partial.sinceMs < this.limits.partialTextMs)
        break;
      keys.push(key);
    }
    return keys.length === 0 ? [] : [{ kind: "message.parts-expired", keys }];
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}

/**
 * How long a message waits for its receipt, with so many messages in memory. Shorter when
 * memory fills with messages whose carrier sends none: they must not keep new ones out.
 */
export function receiptHorizonMs(messages: number, limits: Pick<SweepLimits, "receiptHorizonMs">): number {
  const fill = messages / MAX_OPEN_MESSAGES;
  const pressed = fill > 0.75 ? FULL_HORIZON_MS : fill > 0.5 ? HALF_FULL_HORIZON_MS : Infinity;
  return Math.min(limits.receiptHorizonMs, pressed);
}

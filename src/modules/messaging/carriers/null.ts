import { segmentText } from "../../../protocols/sms/index.ts";
import type { MaintenanceWindow, NullCarrierSettings } from "../../../platform/config/index.ts";
import type { Clock, Timer } from "../../../platform/ports.ts";
import { bareAddress } from "../address.ts";
import { messageErrors } from "../errors.ts";
import type { Receipt, SubmitOutcome } from "../records.ts";
import type { Carrier, CarrierListener, CarrierStatus, Submission } from "./carrier.ts";
import type { CarrierCommon } from "./smpp.ts";

export interface NullCarrierOptions {
  readonly settings: CarrierCommon & NullCarrierSettings;
  readonly clock: Clock;
}

/** Receipts that wait for their time. With as many no submission is taken until some were given. */
const MAX_RECEIPTS = 200_000;
/** A receipt that could not be made durable is given again after this. */
const RECEIPT_RETRY_MS = 1_000;

interface Answer {
  readonly dueMs: number;
  readonly submission: Submission;
  readonly done: (outcome: SubmitOutcome) => void;
}

interface DueReceipt {
  readonly dueMs: number;
  readonly receipt: Receipt;
}

/** A carrier that takes messages to nowhere, for load tests: as fast and as willing as its settings say. */
export class NullCarrier implements Carrier {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly priority: number;
  readonly messagesPerSecond: number | undefined;
  readonly maintenance: readonly MaintenanceWindow[];
  private readonly settings: NullCarrierSettings;
  private readonly clock: Clock;
  private listener: CarrierListener | undefined;
  /** All submissions take equally long, so that the first in is the first out, and one timer does for all. */
  private readonly answers: Delayed<Answer>;
  private readonly receipts: Delayed<DueReceipt>;
  private lastId = 0;
  private random: number;
  private closed = false;

  constructor({ settings, clock }: NullCarrierOptions) {
    this.settings = settings;
    this.clock = clock;
    this.name = settings.name;
    this.prefixes = settings.prefixes.map(bareAddress);
    this.priority = settings.priority;
    this.messagesPerSecond = settings.messagesPerSecond;
    this.maintenance = settings.maintenance ?? [];
    this.random = settings.seed;
    this.answers = new Delayed(clock, (due) => this.answerAll(due));
    this.receipts = new Delayed(clock, (due) => this.giveReceipts(due));
  }

  start(listener: CarrierListener): void {
    this.listener = listener;
    listener.onCapacity();
  }

  get up(): boolean {
    return this.listener !== undefined && !this.closed;
  }

  capacity(): number {
    if (!this.up) return 0;
    const receiptRoom = MAX_RECEIPTS - this.receipts.length - this.answers.length;
    return Math.max(0, Math.min(this.settings.window - this.answers.length, receiptRoom));
  }

  countParts(_sid: string, text: string): number {
    return this.settings.texts === "whole" ? 1 : segmentText(text, { smartEncoding: false }).segments.length;
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    if (this.capacity() === 0) return done({ kind: "not-sent", reason: "no-room" });
    this.answers.push({ dueMs: this.clock.monotonicMs() + this.settings.latencyMs, submission, done });
  }

  private answerAll(due: readonly Answer[]): void {
    for (const { submission, done } of due) done(this.decide(submission));
    this.listener?.onCapacity();
  }

  private decide(submission: Submission): SubmitOutcome {
    const { refusedPercent, refusal, receipts, receiptDelayMs, failedPercent } = this.settings;
    const errorCode = messageErrors.unknownOutcome.code;
    if (this.chance(refusedPercent)) return { kind: "refused", verdict: refusal, errorCode, status: "NULL_REFUSED" };
    this.lastId += 1;
    // The SID keeps ids apart over restarts.
    const id = `${submission.sid}-${submission.part}-${this.lastId}`;
    if (receipts === "none" || this.closed) return { kind: "accepted", id };
    const failed = this.chance(failedPercent);
    const receipt: Receipt = {
      id,
      result: failed ? "failed" : "delivered",
      from: bareAddress(submission.from),
      to: bareAddress(submission.to),
      ...(failed ? { errorCode: messageErrors.unreachableHandset.code } : {}),
    };
    this.receipts.push({ dueMs: this.clock.monotonicMs() + receiptDelayMs, receipt });
    return { kind: "accepted", id };
  }

  private giveReceipts(due: readonly DueReceipt[]): void {
    const { listener } = this;
    for (const { receipt } of due) {
      listener?.onReceipt(receipt, (durable) => {
        if (durable || this.closed) return;
        this.clock.after(RECEIPT_RETRY_MS, () => this.giveReceipts([{ dueMs: 0, receipt }]));
      });
    }
    listener?.onCapacity();
  }

  /** True for about so many of a hundred. The same seed and order give the same answers (a linear congruence). */
  private chance(percent: number): boolean {
    if (percent === 0) return false;
    this.random = (Math.imul(this.random, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.random / 0x1_0000_0000) * 100 < percent;
  }

  status(): CarrierStatus {
    const state = this.up ? "open" : "closed";
    return { name: this.name, type: "null", up: this.up, binds: [{ state, outstanding: this.answers.length }] };
  }

  /** What is under way is answered at once; receipts that wait are dropped. */
  close(): Promise<void> {
    this.closed = true;
    this.answerAll(this.answers.drain());
    this.receipts.drain();
    return Promise.resolve();
  }
}

/** Things that fall due in the order in which they came. */
class Delayed<T extends { readonly dueMs: number }> {
  private readonly clock: Clock;
  private readonly run: (due: readonly T[]) => void;
  private queue: T[] = [];
  private first = 0;
  private timer: Timer | undefined;

  constructor(clock: Clock, run: (due: readonly T[]) => void) {
    this.clock = clock;
    this.run = run;
  }

  get length(): number {
    return this.queue.length - this.first;
  }

  push(thing: T): void {
    this.queue.push(thing);
    this.arm();
  }

  drain(): readonly T[] {
    this.timer?.cancel();
    this.timer = undefined;
    const all = this.queue.slice(this.first);
    this.queue = [];
    this.first = 0;
    return all;
  }

  private arm(): void {
    const next = this.queue[this.first];
    if (this.timer !== undefined || next === undefined) return;
    this.timer = this.clock.after(Math.max(0, next.dueMs - this.clock.monotonicMs()), () => this.fire());
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.monotonicMs();
    let end = this.first;
    while (end < this.queue.length && (this.queue[end]?.dueMs ?? 0) <= now) end += 1;
    const due = this.queue.slice(this.first, end);
    this.first = end;
    // What is done is let go of in large steps, because moving the rest costs as much as there is of it.
    if (this.first * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
    if (due.length > 0) this.run(due);
    this.arm();
  }
}

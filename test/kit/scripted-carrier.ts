import type { Carrier } from "../../src/modules/messaging/index.ts";

type Submission = Parameters<Carrier["submit"]>[0];
export type SubmitOutcome = Parameters<Parameters<Carrier["submit"]>[1]>[0];
type Listener = Parameters<Carrier["start"]>[0];
export type Receipt = Parameters<Listener["onReceipt"]>[0];
export type IncomingText = Parameters<Listener["onText"]>[0];

interface Open {
  readonly submission: Submission;
  readonly done: (outcome: SubmitOutcome) => void;
}

/** Decides at once how a submit ends; `undefined` leaves it open for {@link ScriptedCarrier.answer}. */
export type Script = (submission: Submission) => SubmitOutcome | undefined;

/**
 * A carrier in memory that does what a test says, and writes down what it was given. It
 * outlives the process that submits to it: see {@link cut}.
 */
export class ScriptedCarrier implements Carrier {
  readonly name: string;
  prefixes: readonly string[] = [];
  priority = 0;
  messagesPerSecond: number | undefined;
  up = true;
  window = 100;
  /** Characters of a part. */
  partCharacters = 160;
  script: Script = () => undefined;
  /** Every submit since the test began, in order. */
  readonly submissions: Submission[] = [];
  /** Submits that wait for their answer. */
  open: Open[] = [];
  private listener: Listener | undefined;
  private lastId = 0;

  constructor(name = "north") {
    this.name = name;
  }

  capacity(): number {
    return this.up ? this.window - this.open.length : 0;
  }

  countParts(_sid: string, text: string): number {
    return Math.max(1, Math.ceil(text.length / this.partCharacters));
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    if (!this.up) return done({ kind: "not-sent", reason: "not-bound" });
    this.submissions.push(submission);
    const outcome = this.script(submission);
    if (outcome === undefined) this.open.push({ submission, done });
    else done(outcome);
  }

  /** The next message id, as an acceptance. */
  accept(): SubmitOutcome & { readonly kind: "accepted" } {
    this.lastId += 1;
    return { kind: "accepted", id: `${this.name}-${this.lastId}` };
  }

  /** Answers the submit that waits longest, or the one at a place; the outcome is an acceptance unless told. */
  answer(outcome: SubmitOutcome = this.accept(), at = 0): SubmitOutcome {
    const [open] = this.open.splice(at, 1);
    if (open === undefined) throw new Error(`no submit waits at ${at}`);
    open.done(outcome);
    return outcome;
  }

  refuse(verdict: (SubmitOutcome & { kind: "refused" })["verdict"], errorCode = 30008): SubmitOutcome {
    return this.answer({ kind: "refused", verdict, errorCode, status: "TEST" });
  }

  /** Delivers a receipt; resolves to whether it was taken. */
  receipt(receipt: Partial<Receipt> & { readonly id: string }): Promise<boolean> {
    const whole: Receipt = { result: "delivered", from: "15005550100", to: "447700900123", ...receipt };
    return new Promise((resolve) => this.listening().onReceipt(whole, resolve));
  }

  /** Delivers a text or a part of one; resolves to whether it was taken. */
  text(text: Partial<IncomingText>): Promise<boolean> {
    const whole: IncomingText = {
      from: "+447700900123",
      to: "+15005550100",
      text: "hello",
      encoding: "GSM-7",
      ...text,
    };
    return new Promise((resolve) => this.listening().onText(whole, resolve));
  }

  private listening(): Listener {
    if (this.listener === undefined) throw new Error("nobody listens to the carrier");
    return this.listener;
  }

  get isListenedTo(): boolean {
    return this.listener !== undefined;
  }

  /** The connection breaks: what waits for an answer will never get one. */
  goDown(): void {
    this.up = false;
    for (const { done } of this.open.splice(0)) done({ kind: "unknown", reason: "disconnected" });
    this.listener?.onCapacity();
  }

  goUp(): void {
    this.up = true;
    this.listener?.onCapacity();
  }

  /** The process at the other end is gone: nobody hears of what waits for an answer. */
  cut(): void {
    this.open = [];
    this.listener = undefined;
  }

  start(listener: Listener): void {
    this.listener = listener;
  }

  status() {
    return { name: this.name, type: "scripted", up: this.up, binds: [] };
  }

  close(): Promise<void> {
    for (const { done } of this.open.splice(0)) done({ kind: "unknown", reason: "closed" });
    return Promise.resolve();
  }
}

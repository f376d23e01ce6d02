import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { ManualClock } from "../../../src/adapters/memory/index.ts";
import type { Carrier } from "../../../src/modules/messaging/index.ts";
import { MemoryNet } from "../../kit/memory-net.ts";

export type Submission = Parameters<Carrier["submit"]>[0];
export type Outcome = Parameters<Parameters<Carrier["submit"]>[1]>[0];
type Listener = Parameters<Carrier["start"]>[0];
export type Receipt = Parameters<Listener["onReceipt"]>[0];
export type IncomingText = Parameters<Listener["onText"]>[0];
export type Verdict = Extract<Outcome, { kind: "refused" }>["verdict"];

/** What the other end does with the submissions that come from now on. */
export type Behaviour =
  | { readonly kind: "accept" }
  | { readonly kind: "refuse"; readonly verdict: Verdict }
  /** Keeps the submission until {@link Peer.answerHeld}. */
  | { readonly kind: "hold" }
  /** Breaks the connection when it has the submission. */
  | { readonly kind: "break" };

/** What the other end has to give. */
export interface PeerReceipt {
  readonly id: string;
  readonly result: "delivered" | "failed";
}

/** The other end of a carrier, under the hand of a test. */
export interface Peer {
  /** The verdicts that it can refuse with. */
  readonly verdicts: readonly Verdict[];
  /** The texts of the submissions that came, in order. */
  readonly arrived: readonly string[];
  /** The id that the next accepted submission gets, where that can be known. */
  nextId(submission: Submission): string;
  behave(behaviour: Behaviour): void;
  /** Accepts everything that is held. */
  answerHeld(): void;
  /** From now on no connection can be made. */
  leave(): Promise<void>;
  /** Connections can be made again. */
  comeBack(): Promise<void>;
  /** Resolves to whether it was told that the receipt is durable. */
  giveReceipt(receipt: PeerReceipt): Promise<boolean>;
  /** Resolves to whether it was told that the text is durable. */
  giveText(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<boolean>;
  stop(): Promise<void>;
}

/** One kind of carrier in the suite. */
export interface CarrierKind {
  readonly name: string;
  /** The type in the settings. */
  readonly type: string;
  /** The window of the carrier that is made. */
  readonly window: number;
  /** After this a submission without an answer is unknown. */
  readonly timeoutMs: number;
  /** Whether there is another end that can be reached or not. */
  readonly hasPeer: boolean;
  /** Whether it leaves long texts whole. */
  readonly isWhole: boolean;
  make(world: CarrierWorld): Promise<{ readonly carrier: Carrier; readonly peer: Peer }>;
}

/** A text of three parts in GSM-7. */
export const LONG_TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(8);
export const FROM = "+15005550100";
export const PHONE = "+447700900123";

/** Turns of the event loop in which everything in memory settles. */
const MAX_TURNS = 5_000;

/** A carrier, its other end and a listener, in memory and on one clock. */
export class CarrierWorld {
  readonly clock = new ManualClock();
  readonly net = new MemoryNet();
  readonly receipts: Receipt[] = [];
  readonly texts: IncomingText[] = [];
  capacityCalls = 0;
  /** Says of each receipt and text whether it is durable; `undefined` leaves it open for {@link settleOpen}. */
  durable: () => boolean | undefined = () => true;
  private readonly open: ((durable: boolean) => void)[] = [];
  private count = 0;

  readonly listener: Listener = {
    onCapacity: () => {
      this.capacityCalls += 1;
    },
    onReceipt: (receipt, settle) => {
      this.receipts.push(receipt);
      this.settle(settle);
    },
    onText: (text, settle) => {
      this.texts.push(text);
      this.settle(settle);
    },
  };

  private settle(settle: (durable: boolean) => void): void {
    const answer = this.durable();
    if (answer === undefined) this.open.push(settle);
    else settle(answer);
  }

  settleOpen(durable: boolean): void {
    for (const settle of this.open.splice(0)) settle(durable);
  }

  /** A new message of one part, or part of one. */
  submission(more: Partial<Submission> = {}): Submission {
    this.count += 1;
    return {
      sid: `SM${this.count.toString(16).padStart(32, "0")}`,
      from: FROM,
      to: PHONE,
      text: `text ${this.count}`,
      part: 0,
      validUntilMs: this.clock.nowMs() + 3_600_000,
      ...more,
    };
  }

  /** Submits, and writes down every outcome: there must come exactly one. */
  submit(carrier: Carrier, submission = this.submission()): Outcome[] {
    const outcomes: Outcome[] = [];
    carrier.submit(submission, (outcome) => outcomes.push(outcome));
    return outcomes;
  }

  /** Lets everything in memory run until something holds. Time stands still. */
  async until(what: string, holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      if (holds()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.fail(`never: ${what}`);
  }

  /** Lets everything in memory run for a while. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time passes, in steps, so that what is armed meanwhile is due in its turn. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceSettling(ms);
    await this.rest();
  }
}

/** A started carrier that can be submitted to; everything is stopped after the test. */
export async function open(t: TestContext, kind: CarrierKind) {
  const world = new CarrierWorld();
  const { carrier, peer } = await kind.make(world);
  carrier.start(world.listener);
  t.after(async () => {
    const closed = carrier.close();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    for (let i = 0; i < 100 && !isClosed; i += 1) await world.pass(500);
    await closed;
    await peer.stop();
  });
  await world.until("the carrier is up", () => carrier.up && carrier.capacity() > 0);
  return { world, carrier, peer };
}

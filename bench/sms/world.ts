/**
 * Everything around the system under test in one process, so that one clock sees the
 * request, its answer, the submit_sm, the receipt and the callback. Started as a child.
 */
import { serveCalls } from "./child.ts";
import { numberOf } from "./addresses.ts";
import { CallbackSink } from "./callback-sink.ts";
import { requestWriter, type HttpDoor } from "./http-door.ts";
import { runHttpLoad, type Pace } from "./http-load.ts";
import { monotonicMs } from "./monotonic.ts";
import { Smsc } from "./smsc.ts";
import { bounds, spread, Timeline, type Spread } from "./timeline.ts";

/** One run. Without a door the messages come from elsewhere, and only what follows is watched. */
export interface RunInput {
  readonly base: number;
  readonly count: number;
  readonly door?: HttpDoor;
  readonly pace?: Pace;
  readonly expectCallbacks: boolean;
}

/** What was seen. */
export interface RunReport {
  readonly messages: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Answers that were no acceptance, by HTTP status; 0 for a broken connection. */
  readonly refused: Readonly<Record<number, number>>;
  readonly accepted: number;
  readonly submitted: number;
  readonly receipted: number;
  readonly called: number;
  readonly callbacks: Readonly<Record<string, number>>;
  readonly duplicateSubmits: number;
  readonly duplicateCalls: number;
  readonly receiptsAgain: number;
  readonly strays: number;
  readonly acceptedPerSecond: number;
  readonly sentToAccepted: Spread | undefined;
  readonly acceptedToSubmit: Spread | undefined;
  readonly sentToSubmit: Spread | undefined;
  readonly acceptedToCalled: Spread | undefined;
  /** When each message reached the carrier, for a sender in another process. */
  readonly submittedMs?: Float64Array;
}

const STALL_MS = 15_000;
const CHECK_MS = 2;
const FINAL = new Set(["delivered", "undelivered", "failed", "canceled"]);

let timeline = new Timeline(0, 0);
let counts = { accepted: 0, receipted: 0, called: 0, answered: 0 };
let refused: Record<number, number> = {};
let callbacks: Record<string, number> = {};
let lastEventMs = 0;
let smsc: Smsc | undefined;
let sinkPort = 0;

const sink = new CallbackSink((number, status) => {
  lastEventMs = monotonicMs();
  callbacks[status] = (callbacks[status] ?? 0) + 1;
  if (FINAL.has(status) && timeline.called(number, lastEventMs)) counts.called += 1;
});

const calls = {
  async open(input: { receiptDelayMs: number }): Promise<{ smscPort: number; sinkPort: number }> {
    smsc = new Smsc(
      {
        submitted: (destination) => {
          lastEventMs = monotonicMs();
          timeline.submitted(numberOf(destination), lastEventMs);
        },
        receipted: (destination) => {
          lastEventMs = monotonicMs();
          if (timeline.mark(timeline.receiptMs, numberOf(destination), lastEventMs)) counts.receipted += 1;
        },
      },
      input.receiptDelayMs,
    );
    sinkPort = await sink.listen();
    return { smscPort: await smsc.listen(), sinkPort };
  },
  binds(_input: undefined): number {
    return smsc?.binds ?? 0;
  },
  /** For messages that come from elsewhere: begin before they are sent, then `finish`. */
  begin(input: { base: number; count: number }): void {
    reset(input.base, input.count);
  },
  async finish(input: { expectCallbacks: boolean; accepted: number }): Promise<RunReport> {
    counts.accepted = input.accepted;
    await settled(input.expectCallbacks);
    return { ...report(), submittedMs: timeline.submittedMs };
  },
  async run(input: RunInput): Promise<RunReport> {
    const { door, pace, base, count } = input;
    if (door === undefined || pace === undefined) throw new Error("a run over HTTP has a door and a pace");
    reset(base, count);
    const sending = timeline;
    await runHttpLoad({
      port: door.port,
      base,
      count,
      pace,
      request: requestWriter(door, sinkPort),
      onSent: (number, atMs) => void sending.mark(sending.sentMs, number, atMs),
      onAnswer: (number, status) => {
        lastEventMs = monotonicMs();
        if (status >= 200 && status < 300) {
          counts.accepted += 1;
          sending.mark(sending.acceptedMs, number, lastEventMs);
        } else refused[status] = (refused[status] ?? 0) + 1;
      },
    });
    await settled(input.expectCallbacks);
    return report();
  },
};

/** What the parent may call. */
export type WorldCalls = typeof calls;

function reset(base: number, count: number): void {
  timeline = new Timeline(base, count);
  counts = { accepted: 0, receipted: 0, called: 0, answered: 0 };
  refused = {};
  callbacks = {};
  lastEventMs = monotonicMs();
  if (smsc !== undefined) smsc.receiptsAgain = 0;
}

/** Resolves when everything accepted has come to its end, or nothing has happened for long. */
async function settled(expectCallbacks: boolean): Promise<void> {
  const isDone = (): boolean =>
    counts.receipted >= counts.accepted && (!expectCallbacks || counts.called >= counts.accepted);
  while (!isDone() && monotonicMs() - lastEventMs < STALL_MS) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}

function report(): RunReport {
  const { sentMs, acceptedMs, submittedMs, receiptMs, calledMs } = timeline;
  const sent = bounds(sentMs);
  const accepted = bounds(acceptedMs);
  const ends = [accepted, bounds(submittedMs), bounds(receiptMs), bounds(calledMs)];
  const startMs = Math.min(sent.first, ...ends.map((end) => end.first));
  const tookAcceptingMs = accepted.last - sent.first;
  return {
    messages: timeline.count,
    startMs,
    endMs: Math.max(...ends.map((end) => end.last)),
    refused,
    accepted: counts.accepted,
    submitted: bounds(submittedMs).marked,
    receipted: counts.receipted,
    called: counts.called,
    callbacks,
    duplicateSubmits: timeline.duplicateSubmits,
    duplicateCalls: timeline.duplicateCalls,
    receiptsAgain: smsc?.receiptsAgain ?? 0,
    strays: timeline.strays,
    acceptedPerSecond: tookAcceptingMs > 0 ? (accepted.marked / tookAcceptingMs) * 1_000 : 0,
    sentToAccepted: spread(sentMs, acceptedMs),
    acceptedToSubmit: spread(acceptedMs, submittedMs),
    sentToSubmit: spread(sentMs, submittedMs),
    acceptedToCalled: spread(acceptedMs, calledMs),
  };
}

serveCalls(calls);

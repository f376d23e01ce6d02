/**
 * Everything around the system under test in one process, so that one clock sees the
 * request, its answer, the submit_sm, the receipt and the callback. Started as a child.
 */
import { serveCalls } from "./child.ts";
import { numberOf } from "./addresses.ts";
import { CallbackSink } from "./callback-sink.ts";
import type { Door, LoadListener, Pace } from "./door.ts";
import { requestWriter } from "./http-door.ts";
import { runHttpLoad } from "./http-load.ts";
import { monotonicMs } from "./monotonic.ts";
import { SmppLoad, smppStatus } from "./smpp-load.ts";
import { Smsc } from "./smsc.ts";
import { bounds, spread, Timeline, type Spread } from "./timeline.ts";

/** What each message's sender is told of it. */
export type Told = readonly ("sent" | "final")[];

/** One run. */
export interface RunInput {
  readonly base: number;
  readonly count: number;
  readonly door: Door;
  readonly pace: Pace;
  readonly told: Told;
}

/** What the carrier has seen since it was there, whatever run it belongs to. */
export interface CarrierTotals {
  readonly submitted: number;
  readonly receipted: number;
  readonly atMs: number;
}

/** What was seen. */
export interface RunReport {
  readonly messages: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Answers that were no acceptance, by HTTP status (0 for a broken connection) or SMPP status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly submitted: number;
  readonly receipted: number;
  /** Messages whose sender was told of the end, and of all that it was to be told. */
  readonly called: number;
  readonly toldAll: number;
  readonly callbacks: Readonly<Record<string, number>>;
  readonly duplicateSubmits: number;
  readonly duplicateCalls: number;
  readonly receiptsAgain: number;
  readonly unsigned: number;
  /** Submissions over SMPP that had to be repeated because of a limit. */
  readonly throttled: number;
  readonly strays: number;
  readonly acceptedPerSecond: number;
  readonly sentToAccepted: Spread | undefined;
  readonly acceptedToSubmit: Spread | undefined;
  readonly sentToSubmit: Spread | undefined;
  readonly acceptedToReceipt: Spread | undefined;
  readonly acceptedToCalled: Spread | undefined;
  readonly sentToCalled: Spread | undefined;
  /** From the first to the last time that a sender was told of an end, or a receipt was acknowledged where none is told. */
  readonly receiptsPerSecond: number;
  /** When each message reached the carrier, for a sender in another process. */
  readonly submittedMs?: Float64Array;
  readonly receiptMs?: Float64Array;
}

const STALL_MS = 15_000;
const CHECK_MS = 2;
const FINAL = new Set(["delivered", "undelivered", "failed", "canceled"]);

let timeline = new Timeline(0, 0);
let counts = { accepted: 0, receipted: 0, called: 0, toldSent: 0 };
let refused: Record<string, number> = {};
let callbacks: Record<string, number> = {};
let throttled = 0;
let lastEventMs = 0;
const totals = { submitted: 0, receipted: 0 };
let smsc: Smsc | undefined;
let sinkPort = 0;

const sink = new CallbackSink(heardStatus);

function heardStatus(number: number, status: string): void {
  lastEventMs = monotonicMs();
  callbacks[status] = (callbacks[status] ?? 0) + 1;
  if (FINAL.has(status) && timeline.called(number, lastEventMs)) counts.called += 1;
  if (status === "sent" && timeline.toldSent(number, lastEventMs)) counts.toldSent += 1;
}

const calls = {
  async open(input: { receiptDelayMs: number; port: number }): Promise<{ smscPort: number; sinkPort: number }> {
    smsc = new Smsc(
      {
        submitted: (destination) => {
          totals.submitted += 1;
          lastEventMs = monotonicMs();
          timeline.submitted(numberOf(destination), lastEventMs);
        },
        receipted: (destination) => {
          totals.receipted += 1;
          lastEventMs = monotonicMs();
          if (timeline.mark(timeline.receiptMs, numberOf(destination), lastEventMs)) counts.receipted += 1;
        },
      },
      input.receiptDelayMs,
    );
    sinkPort = await sink.listen();
    return { smscPort: await smsc.listen(input.port), sinkPort };
  },
  binds(_input: undefined): number {
    return smsc?.binds ?? 0;
  },
  totals(_input: undefined): CarrierTotals {
    return { ...totals, atMs: monotonicMs() };
  },
  /** For messages that come from elsewhere: begin before they are sent, then `finish`. */
  begin(input: { base: number; count: number }): void {
    reset(input.base, input.count);
  },
  async finish(input: { accepted: number }): Promise<RunReport> {
    counts.accepted = input.accepted;
    await settled([]);
    const { submittedMs, receiptMs } = timeline;
    return { ...report([]), submittedMs, receiptMs };
  },
  async run(input: RunInput): Promise<RunReport> {
    const { door, pace, base, count, told } = input;
    reset(base, count);
    const listener = listenerOf(timeline);
    if (door.kind === "smpp") {
      const load = new SmppLoad({ door, base, count, pace, listener });
      await load.bind();
      await load.run();
      throttled = load.throttled;
      await settled(told);
      await load.close();
      refused = Object.fromEntries(Object.entries(refused).map(([status, n]) => [smppStatus(Number(status)), n]));
    } else {
      await runHttpLoad({ port: door.port, base, count, pace, request: requestWriter(door, sinkPort), listener });
      await settled(told);
    }
    return report(told);
  },
};

/** What the parent may call. */
export type WorldCalls = typeof calls;

function listenerOf(sending: Timeline): LoadListener {
  return {
    onSent: (number, atMs) => void sending.mark(sending.sentMs, number, atMs),
    onAnswer: (number, accepted, status) => {
      lastEventMs = monotonicMs();
      if (accepted) {
        counts.accepted += 1;
        sending.mark(sending.acceptedMs, number, lastEventMs);
      } else refused[status] = (refused[status] ?? 0) + 1;
    },
    onTold: heardStatus,
  };
}

function reset(base: number, count: number): void {
  timeline = new Timeline(base, count);
  counts = { accepted: 0, receipted: 0, called: 0, toldSent: 0 };
  throttled = 0;
  sink.unsigned = 0;
  refused = {};
  callbacks = {};
  lastEventMs = monotonicMs();
  if (smsc !== undefined) smsc.receiptsAgain = 0;
}

/** How many messages had all that they were to have. */
function toldAll(told: Told): number {
  return Math.min(
    counts.receipted,
    told.includes("final") ? counts.called : Infinity,
    told.includes("sent") ? counts.toldSent : Infinity,
  );
}

/** Resolves when everything accepted has come to its end, or nothing has happened for long. */
async function settled(told: Told): Promise<void> {
  while (toldAll(told) < counts.accepted && monotonicMs() - lastEventMs < STALL_MS) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}

function report(told: Told): RunReport {
  const { sentMs, acceptedMs, submittedMs, receiptMs, calledMs, toldSentMs } = timeline;
  const sent = bounds(sentMs);
  const accepted = bounds(acceptedMs);
  const receipts = bounds(told.includes("final") ? calledMs : receiptMs);
  const ends = [accepted, bounds(submittedMs), bounds(receiptMs), bounds(calledMs), bounds(toldSentMs)];
  const startMs = Math.min(sent.first, ...ends.map((end) => end.first));
  return {
    messages: timeline.count,
    startMs,
    endMs: Math.max(...ends.map((end) => end.last)),
    refused,
    accepted: counts.accepted,
    submitted: bounds(submittedMs).marked,
    receipted: counts.receipted,
    called: counts.called,
    toldAll: toldAll(told),
    callbacks,
    duplicateSubmits: timeline.duplicateSubmits,
    duplicateCalls: timeline.duplicateCalls,
    receiptsAgain: smsc?.receiptsAgain ?? 0,
    unsigned: sink.unsigned,
    throttled,
    strays: timeline.strays,
    acceptedPerSecond: perSecond(accepted.marked, accepted.last - sent.first),
    receiptsPerSecond: perSecond(receipts.marked, receipts.last - receipts.first),
    sentToAccepted: spread(sentMs, acceptedMs),
    acceptedToSubmit: spread(acceptedMs, submittedMs),
    sentToSubmit: spread(sentMs, submittedMs),
    acceptedToReceipt: spread(acceptedMs, receiptMs),
    acceptedToCalled: spread(acceptedMs, calledMs),
    sentToCalled: spread(sentMs, calledMs),
  };
}

function perSecond(count: number, tookMs: number): number {
  return tookMs > 0 ? Math.round((count * 1_000) / tookMs) : 0;
}

serveCalls(calls);

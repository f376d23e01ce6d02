import type { AccountLoad, Sample } from "./account-load.ts";

/** A stretch of time by the monotonic clock. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What has become of what one group of accounts asked for. */
export interface GroupRow {
  readonly group: string;
  readonly asked: number;
  readonly accepted: number;
  /** Answered 201, never seen by the carrier, and not told to be undelivered either. */
  readonly lost: number;
  /** Answered 201, never seen by the carrier, and told to be undelivered: the cell died with it on its way. */
  readonly givenUp: number;
  /** Seen by the carrier more than once. */
  readonly doubled: number;
  /** Refused, by status and code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Refused with a status, and seen by the carrier all the same. */
  readonly refusedButSent: number;
  /** Answered 502, the connection broke, or no answer came in 10 s: it may have been accepted or not. */
  readonly unknown: number;
  /** Accepted, and never told how it ended. */
  readonly untold: number;
  /** From the first that was not accepted to the last; 0 where all were. */
  readonly notServedMs: number;
  /** Of the answers that are no 201. */
  readonly refusalP99Ms: number;
  readonly refusedWithoutRetryAfter: number;
  readonly before: Latency;
  readonly during: Latency;
}

/** Medians over windows, in milliseconds: one slow moment of a busy machine is no judgement. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the surroundings have seen. */
export interface Evidence {
  /** How often each text reached a phone. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** How each message ended, by what was told of it. */
  readonly told: ReadonlyMap<string, string>;
  readonly before: Span;
  readonly during: Span;
}

/** What an edge answers when the cell went away with the request. */
const UNKNOWN_STATUS = 502;
const WINDOW_MS = 2_000;
const MIN_IN_WINDOW = 10;

/** The row of a group of loads. */
export function judgeGroup(group: string, loads: readonly AccountLoad[], evidence: Evidence): GroupRow {
  const samples = loads.flatMap((load) => load.samples);
  const { arrivals, told, before, during } = evidence;
  const accepted = samples.filter(({ sid }) => sid !== undefined);
  const notAccepted = samples.filter(({ sid }) => sid === undefined);
  const refusals = notAccepted.filter(({ status = UNKNOWN_STATUS }) => status !== UNKNOWN_STATUS);
  const refused: Record<string, number> = {};
  for (const { status, code } of refusals) {
    const key = code === undefined ? String(status) : `${status}/${code}`;
    refused[key] = (refused[key] ?? 0) + 1;
  }
  const count = (body: string): number => arrivals.get(body) ?? 0;
  const missing = accepted.filter(({ body }) => count(body) === 0);
  const ends = notAccepted.map(({ startMs, endMs }) => endMs ?? startMs);
  return {
    group,
    asked: samples.length,
    accepted: accepted.length,
    lost: missing.filter((sample) => !isGivenUp(sample, told)).length,
    givenUp: missing.filter((sample) => isGivenUp(sample, told)).length,
    doubled: samples.filter(({ body }) => count(body) > 1).length,
    refused,
    refusedButSent: refusals.filter(({ body }) => count(body) > 0).length,
    unknown: notAccepted.length - refusals.length,
    untold: accepted.filter(({ sid }) => !told.has(sid ?? "")).length,
    notServedMs: ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...notAccepted.map(({ startMs }) => startMs)),
    refusalP99Ms: quantile(answeredOf(notAccepted).map(tookMs), 0.99),
    refusedWithoutRetryAfter: refusals.filter(({ retryAfter }) => retryAfter === undefined).length,
    before: latencyIn(accepted, before),
    during: latencyIn(accepted, during),
  };
}

/** Whether a message that did not leave was said not to have. */
export function isGivenUp({ sid = "" }: Sample, told: ReadonlyMap<string, string>): boolean {
  return ["undelivered", "failed"].includes(told.get(sid) ?? "");
}

/** What a group may never suffer, as sentences. With no `refusals` it may not notice anything. */
export function brokenPromises(row: GroupRow, refusals: readonly string[]): string[] {
  const broken: string[] = [];
  const say = (count: number, what: string): void => {
    if (count > 0) broken.push(`${row.group}: ${count} ${what}`);
  };
  say(row.lost, "accepted and lost");
  say(row.doubled, "sent twice");
  say(row.refusedButSent, "refused and sent all the same");
  say(row.untold, "accepted and never told how they ended");
  for (const [code, count] of Object.entries(row.refused)) {
    if (!refusals.includes(code)) say(count, `refused with ${code}`);
  }
  say(row.refusedWithoutRetryAfter, "refused without Retry-After");
  if (refusals.length > 0) return broken;
  say(row.givenUp, "accepted and given up");
  say(row.unknown, "of which nobody knows the outcome");
  return broken;
}

function answeredOf(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ endMs }) => endMs !== undefined);
}

function tookMs({ startMs, endMs = startMs }: Sample): number {
  return endMs - startMs;
}

function latencyIn(samples: readonly Sample[], { fromMs, toMs }: Span): Latency {
  const windows: number[][] = [];
  for (const sample of samples) {
    if (sample.startMs < fromMs || sample.startMs >= toMs) continue;
    (windows[Math.floor((sample.startMs - fromMs) / WINDOW_MS)] ??= []).push(tookMs(sample));
  }
  const full = windows.filter((window) => window.length >= MIN_IN_WINDOW);
  const median = (share: number): number =>
    quantile(
      full.map((window) => quantile(window, share)),
      0.5,
    );
  return { p50Ms: median(0.5), p99Ms: median(0.99) };
}

/** NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

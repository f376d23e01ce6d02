/** When what happened to each message of one run, by its number. Times are of `monotonicMs`, 0 for not yet. */
export class Timeline {
  readonly base: number;
  readonly count: number;
  readonly sentMs: Float64Array;
  readonly acceptedMs: Float64Array;
  readonly submittedMs: Float64Array;
  readonly receiptMs: Float64Array;
  /** When the sender was told of the end: by a callback, or by a receipt on its bind. */
  readonly calledMs: Float64Array;
  /** When it was told that a carrier has the message. */
  readonly toldSentMs: Float64Array;
  duplicateSubmits = 0;
  duplicateCalls = 0;
  /** Marks of messages that are not of this run. */
  strays = 0;

  constructor(base: number, count: number) {
    this.base = base;
    this.count = count;
    this.sentMs = new Float64Array(count);
    this.acceptedMs = new Float64Array(count);
    this.submittedMs = new Float64Array(count);
    this.receiptMs = new Float64Array(count);
    this.calledMs = new Float64Array(count);
    this.toldSentMs = new Float64Array(count);
  }

  /** Whether the message is of this run. */
  private has(number: number): boolean {
    return number >= this.base && number < this.base + this.count;
  }

  /** Notes the first time; returns false where there was one before, or the message is not of this run. */
  mark(times: Float64Array, number: number, atMs: number): boolean {
    if (!this.has(number)) {
      this.strays += 1;
      return false;
    }
    const index = number - this.base;
    if (times[index] !== 0) return false;
    times[index] = atMs;
    return true;
  }

  submitted(number: number, atMs: number): void {
    if (!this.mark(this.submittedMs, number, atMs) && this.has(number)) this.duplicateSubmits += 1;
  }

  called(number: number, atMs: number): boolean {
    return this.told(this.calledMs, number, atMs);
  }

  toldSent(number: number, atMs: number): boolean {
    return this.told(this.toldSentMs, number, atMs);
  }

  private told(times: Float64Array, number: number, atMs: number): boolean {
    const isFirst = this.mark(times, number, atMs);
    if (!isFirst && this.has(number)) this.duplicateCalls += 1;
    return isFirst;
  }
}

/** Percentiles of a time span in milliseconds. `undefined` where nothing was measured. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** The spread of `to − from` over the messages that have both. */
export function spread(from: Float64Array, to: Float64Array): Spread | undefined {
  const spans = new Float64Array(from.length);
  let count = 0;
  for (let i = 0; i < from.length; i += 1) {
    const a = from[i] ?? 0;
    const b = to[i] ?? 0;
    if (a === 0 || b === 0) continue;
    // A carrier may have the message before its sender has the answer: that is no time at all.
    spans[count] = Math.max(0, b - a);
    count += 1;
  }
  if (count === 0) return undefined;
  const sorted = spans.subarray(0, count).sort();
  const at = (share: number): number =>
    Math.round((sorted[Math.min(count - 1, Math.floor(count * share))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** The earliest and the latest time, over those that are there. */
export function bounds(times: Float64Array): {
  readonly first: number;
  readonly last: number;
  readonly marked: number;
} {
  let first = Infinity;
  let last = 0;
  let marked = 0;
  for (const time of times) {
    if (time === 0) continue;
    marked += 1;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last, marked };
}

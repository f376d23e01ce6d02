/**
 * How often a duration was how long, in buckets whose bounds grow by a constant factor, so that every
 * quantile is right to within 2 % of itself and histograms of different times and places add up
 * (DDSketch: Masson, Rim, Lee, VLDB 2019, with a fixed range instead of collapsing).
 */
import { OctetReader, OctetWriter, SketchError } from "./octets.ts";

/** No quantile is further off than this share of itself. */
export const MAX_RELATIVE_ERROR = 0.02;

const GAMMA = (1 + MAX_RELATIVE_ERROR) / (1 - MAX_RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** In the middle of a bucket, in the sense of the relative error. */
const MIDDLE = 2 / (1 + GAMMA);

/** Bucket 0 is for what took less than a millisecond, the last one for everything beyond 100 days. */
export const BUCKETS = 576;

/** The bucket of a duration in milliseconds: 0 to {@link BUCKETS} - 1. */
export function bucketOf(ms: number): number {
  // Not a number counts as nothing, too.
  if (!(ms >= 1)) return 0;
  return Math.min(1 + Math.ceil(Math.log(ms) * PER_LOG - 1e-9), BUCKETS - 1);
}

/** What the durations of a bucket were, to within {@link MAX_RELATIVE_ERROR}. */
export function durationOf(bucket: number): number {
  return bucket === 0 ? 0 : MIDDLE * GAMMA ** (bucket - 1);
}

/** One for all: a day of minutes is a thousand histograms. */
const writer = new OctetWriter();

/** A histogram of durations in milliseconds. */
export class LogHistogram {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;
  /** Buckets below the first and from the end on are empty: a minute's durations are near each other. */
  private first = BUCKETS;
  private end = 0;

  /** How many durations. */
  get count(): number {
    return this.total;
  }

  add(ms: number): void {
    this.addBucket(bucketOf(ms), 1);
  }

  /** Adds what was counted elsewhere. */
  addBucket(bucket: number, count: number): void {
    this.counts[bucket] = (this.counts[bucket] as number) + count;
    this.total += count;
    if (bucket < this.first) this.first = bucket;
    if (bucket >= this.end) this.end = bucket + 1;
  }

  merge(other: LogHistogram): void {
    for (let bucket = other.first; bucket < other.end; bucket += 1) {
      const count = other.counts[bucket] as number;
      if (count > 0) this.addBucket(bucket, count);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.counts.fill(0, this.first, Math.max(this.first, this.end));
    this.total = 0;
    this.first = BUCKETS;
    this.end = 0;
  }

  /** The duration that the share `q` (0 to 1) of all did not exceed; `undefined` where there are none. */
  quantile(q: number): number | undefined {
    if (this.total === 0) return undefined;
    const rank = Math.max(Math.ceil(q * this.total), 1);
    let seen = 0;
    let bucket = this.first;
    for (; bucket < this.end - 1; bucket += 1) {
      seen += this.counts[bucket] as number;
      if (seen >= rank) break;
    }
    return durationOf(bucket);
  }

  /** As text, which {@link LogHistogram.decode} reads: some 2 to 4 characters for each bucket in use. */
  encode(): string {
    let before = -1;
    for (let bucket = this.first; bucket < this.end; bucket += 1) {
      const count = this.counts[bucket] as number;
      if (count === 0) continue;
      writer.number(bucket - before - 1);
      writer.number(count);
      before = bucket;
    }
    return writer.text();
  }

  /** Throws {@link SketchError} for what {@link encode} never writes. */
  static decode(text: string): LogHistogram {
    const made = new LogHistogram();
    const reader = new OctetReader(text);
    let bucket = -1;
    while (!reader.isAtEnd) {
      bucket += reader.number() + 1;
      if (bucket >= BUCKETS) throw new SketchError("it has a bucket beyond the last one");
      const count = reader.number();
      if (count === 0) throw new SketchError("it has an empty bucket");
      made.addBucket(bucket, count);
    }
    return made;
  }
}

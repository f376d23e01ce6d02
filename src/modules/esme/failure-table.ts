import type { Clock } from "../../platform/ports.ts";
import { KeyedBuckets } from "../../platform/queue/index.ts";

/** Failures that are answered before a key is told to wait, and how many more are each second. */
const BURST = 10;
const PER_SECOND = 0.2;

/**
 * Counts failures by key, as token buckets. Of too many keys those give way that failed
 * least, so that nobody is let in again by the failures of others.
 */
export class FailureTable {
  private readonly clock: Clock;
  private readonly buckets: KeyedBuckets;

  constructor(clock: Clock, maxKeys: number) {
    this.clock = clock;
    this.buckets = new KeyedBuckets({ rateOf: () => ({ perSecond: PER_SECOND, burst: BURST }), maxKeys });
  }

  /** Whether the key has not failed too often of late. */
  mayTry(key: string): boolean {
    return this.buckets.waitMs(key, 1, this.clock.monotonicMs()) === 0;
  }

  /** A failure. Those beyond what is answered do not make the wait longer. */
  note(key: string): void {
    if (this.mayTry(key)) this.buckets.take(key, 1, this.clock.monotonicMs());
  }
}

import type { Clock } from "../../platform/ports.ts";

/** Failures that are answered before a key is told to wait, and how many more are each second. */
const BURST = 10;
const PER_SECOND = 0.2;

interface Failures {
  left: number;
  atMs: number;
}

/** Counts failures by key, as token buckets. The keys that failed longest ago give way. */
export class FailureTable {
  private readonly clock: Clock;
  private readonly maxKeys: number;
  private readonly keys = new Map<string, Failures>();

  constructor(clock: Clock, maxKeys: number) {
    this.clock = clock;
    this.maxKeys = maxKeys;
  }

  /** Whether the key has not failed too often of late. */
  mayTry(key: string): boolean {
    const failures = this.keys.get(key);
    return failures === undefined || this.refill(failures) >= 1;
  }

  note(key: string): void {
    const failures = this.keys.get(key) ?? { left: BURST, atMs: this.clock.monotonicMs() };
    this.refill(failures);
    failures.left = Math.max(0, failures.left - 1);
    this.keys.delete(key);
    this.keys.set(key, failures);
    if (this.keys.size <= this.maxKeys) return;
    for (const oldest of this.keys.keys()) {
      this.keys.delete(oldest);
      return;
    }
  }

  private refill(failures: Failures): number {
    const nowMs = this.clock.monotonicMs();
    failures.left = Math.min(BURST, failures.left + ((nowMs - failures.atMs) / 1_000) * PER_SECOND);
    failures.atMs = nowMs;
    return failures.left;
  }
}

import { assert } from "../../kernel/assert.ts";

/** How fast something may go: so many in a time, of which `burst` at once. */
export interface Rate {
  /** How many in `windowMs`; 0 forbids it, fractions are allowed. */
  readonly count: number;
  /** A second where absent. */
  readonly windowMs?: number;
  /** How many at once, at least 1; a tenth of `count` rounded up where absent. */
  readonly burst?: number;
}

/** A {@link Rate} as a decision wants it. Compiled once. */
export class Shape {
  readonly count: number;
  readonly windowMs: number;
  readonly burst: number;
  /** Between two at a steady rate; infinite where nothing may go. */
  readonly intervalMs: number;
  /** How far ahead of the steady rate a key may be: `burst` intervals. */
  readonly toleranceMs: number;

  constructor(rate: Rate) {
    const { count, windowMs = 1_000 } = rate;
    assert(count >= 0 && Number.isFinite(count), "a rate is a number, not below 0");
    assert(windowMs > 0 && Number.isFinite(windowMs), "the time of a rate is above 0");
    this.count = count;
    this.windowMs = windowMs;
    this.burst = Math.max(1, rate.burst ?? Math.ceil(count / 10));
    this.intervalMs = count === 0 ? Infinity : windowMs / count;
    this.toleranceMs = this.burst * this.intervalMs;
  }
}

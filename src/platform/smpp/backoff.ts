/** How long a client waits before it connects again. Pure but for the random source it is given. */

/** The bounds of the waits, in milliseconds. */
export interface BackoffOptions {
  /** The shortest wait, and the scale that doubles with each failure. */
  readonly minMs: number;
  /** The longest wait. */
  readonly maxMs: number;
}

const MAX_DOUBLINGS = 30;

/**
 * Exponential back-off with full jitter: a wait drawn evenly from
 * `[minMs, min(maxMs, minMs × 2^failures)]`, so that a thousand clients that lost
 * the same peer do not return in step. `random` gives a number in `[0, 1)`.
 */
export class Backoff {
  private readonly options: BackoffOptions;
  private readonly random: () => number;
  private failures = 0;

  constructor(options: BackoffOptions, random: () => number) {
    this.options = options;
    this.random = random;
  }

  /** The next wait in milliseconds; each call counts one failure. */
  next(): number {
    this.failures = Math.min(this.failures + 1, MAX_DOUBLINGS);
    const ceilingMs = Math.min(this.options.maxMs, this.options.minMs * 2 ** this.failures);
    return Math.round(this.options.minMs + this.random() * (ceilingMs - this.options.minMs));
  }

  /** Forgets the failures: the connection held. */
  reset(): void {
    this.failures = 0;
  }
}

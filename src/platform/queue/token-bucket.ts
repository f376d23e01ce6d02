/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-9;

/**
 * A token bucket that allows `perSecond` on average, fractions too (0.2 is one in five
 * seconds), and `burst` at once: a tenth of a second's worth, and at least one, where absent.
 */
export class TokenBucket {
  private readonly perMs: number;
  private readonly burst: number;
  private tokens: number;
  private atMs: number;

  constructor(perSecond: number, nowMs: number, burst: number = Math.max(1, perSecond / 10)) {
    this.perMs = perSecond / 1_000;
    this.burst = Math.max(1, burst);
    this.tokens = this.burst;
    this.atMs = nowMs;
  }

  /** Whole tokens there are now. */
  available(nowMs: number): number {
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, nowMs - this.atMs) * this.perMs);
    this.atMs = nowMs;
    return Math.floor(this.tokens + ROUNDING);
  }

  /** Tokens that a new bucket has more than this one; 0 where it is full. */
  missing(nowMs: number): number {
    this.available(nowMs);
    const missing = this.burst - this.tokens;
    return missing <= ROUNDING ? 0 : missing;
  }

  /** Takes tokens; more than there are is a debt that is paid first. */
  take(count: number): void {
    this.tokens -= count;
  }

  /**
   * Milliseconds until `cost` tokens are there, counted from the last call of `available`.
   * What costs more than the burst waits for a full bucket and leaves a debt. Infinite for a
   * rate of 0.
   */
  waitMs(cost = 1): number {
    const missing = Math.min(cost, this.burst) - this.tokens;
    return missing <= ROUNDING ? 0 : Math.ceil(missing / this.perMs);
  }
}

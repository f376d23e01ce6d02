/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-9;

/** A token bucket that allows `perSecond` on average and a tenth of a second's worth at once (at least one). */
export class TokenBucket {
  private readonly perMs: number;
  private readonly burst: number;
  private tokens: number;
  private atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.perMs = perSecond / 1_000;
    this.burst = Math.max(1, perSecond / 10);
    this.tokens = this.burst;
    this.atMs = nowMs;
  }

  /** Whole tokens there are now. */
  available(nowMs: number): number {
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, nowMs - this.atMs) * this.perMs);
    this.atMs = nowMs;
    return Math.floor(this.tokens + ROUNDING);
  }

  /** Takes tokens; more than there are is a debt that is paid first. */
  take(count: number): void {
    this.tokens -= count;
  }

  /** Milliseconds until there is a whole token. */
  waitMs(): number {
    return this.tokens + ROUNDING >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perMs);
  }
}

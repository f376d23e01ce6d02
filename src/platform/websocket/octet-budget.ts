/** How much one client may send: a burst, and then so much a second. Time is given in milliseconds from any start. */
export class OctetBudget {
  private readonly burst: number;
  private readonly perSecond: number;
  private left: number;
  private atMs: number;

  constructor(input: { readonly burst: number; readonly perSecond: number; readonly nowMs: number }) {
    this.burst = input.burst;
    this.perSecond = input.perSecond;
    this.left = input.burst;
    this.atMs = input.nowMs;
  }

  /** Spends some. False once there is not enough; then it is spent all the same. */
  spend(amount: number, nowMs: number): boolean {
    const gained = ((nowMs - this.atMs) * this.perSecond) / 1_000;
    this.left = Math.min(this.burst, this.left + gained) - amount;
    this.atMs = nowMs;
    return this.left >= 0;
  }
}

const WINDOW_MS = 5_000;

/** How many things happen a second, over the last five. */
export class RateMeter {
  private counts: { readonly atMs: number; readonly count: number }[] = [];

  add(count: number, nowMs: number): void {
    this.counts.push({ atMs: nowMs, count });
    this.drop(nowMs);
  }

  perSecond(nowMs: number): number {
    this.drop(nowMs);
    return this.counts.reduce((sum, { count }) => sum + count, 0) / (WINDOW_MS / 1_000);
  }

  private drop(nowMs: number): void {
    this.counts = this.counts.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
  }
}

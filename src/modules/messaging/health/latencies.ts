/** Buckets an octave: neighbours differ by a sixteenth of a power of two, which is 4 %. */
const STEPS = 16;
/** Up to 2^20 ms, seventeen minutes. */
const BUCKETS = STEPS * 20 + 1;
const SPAN_MS = 60_000;

/** How long answers take: their quantiles over the last one to two minutes, 4 % off at most. */
export class Latencies {
  private now = new Uint32Array(BUCKETS);
  private before = new Uint32Array(BUCKETS);
  private turnsMs = 0;
  private count = 0;
  private countBefore = 0;

  add(latencyMs: number, nowMs: number): void {
    this.turn(nowMs);
    const at = latencyMs <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(latencyMs) * STEPS));
    this.now[at] = (this.now[at] as number) + 1;
    this.count += 1;
  }

  private turn(nowMs: number): void {
    if (nowMs < this.turnsMs) return;
    const isLong = nowMs >= this.turnsMs + SPAN_MS;
    [this.now, this.before] = [this.before, this.now];
    this.now.fill(0);
    if (isLong) this.before.fill(0);
    this.countBefore = isLong ? 0 : this.count;
    this.count = 0;
    this.turnsMs = nowMs + SPAN_MS;
  }

  /** The latency that so many of all are not above; `undefined` where nothing is known. */
  quantile(share: number, nowMs: number): number | undefined {
    this.turn(nowMs);
    const total = this.count + this.countBefore;
    if (total === 0) return undefined;
    let left = Math.ceil(total * share);
    for (let at = 0; at < BUCKETS; at += 1) {
      left -= (this.now[at] as number) + (this.before[at] as number);
      if (left <= 0) return Math.round(2 ** (at / STEPS) * 10) / 10;
    }
    return undefined;
  }
}

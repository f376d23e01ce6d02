import { mixHash } from "./hash-text.ts";

const WAYS = 4;

/**
 * When a thing was first and last seen, and how often: by a hash of 32 bits, in sets of four of
 * which the one seen longest ago gives way. Of a million things one in about 1,000 is taken for
 * another one of its set, never more than that.
 */
export class SightingTable {
  private readonly keys: Int32Array;
  private readonly firstMinutes: Uint32Array;
  private readonly lastMinutes: Uint32Array;
  private readonly counts: Uint32Array;
  private readonly sets: number;

  constructor(capacity: number) {
    this.sets = Math.ceil(capacity / WAYS);
    const size = this.sets * WAYS;
    this.keys = new Int32Array(size);
    this.firstMinutes = new Uint32Array(size);
    this.lastMinutes = new Uint32Array(size);
    this.counts = new Uint32Array(size);
  }

  get octets(): number {
    return this.keys.byteLength * 4;
  }

  /** Where a thing is; -1 where it was never seen, or is forgotten. */
  find(key: number): number {
    const from = this.setOf(key);
    for (let at = from; at < from + WAYS; at += 1) if (this.keys[at] === key && this.counts[at] !== 0) return at;
    return -1;
  }

  /** Counts a thing. Returns where it is. */
  see(key: number, nowMs: number, times = 1): number {
    const minute = Math.floor(nowMs / 60_000);
    let at = this.find(key);
    if (at < 0) {
      const from = this.setOf(key);
      at = from;
      for (let other = from + 1; other < from + WAYS; other += 1) {
        if (this.counts[at] === 0) break;
        if (this.counts[other] === 0 || (this.lastMinutes[other] ?? 0) < (this.lastMinutes[at] ?? 0)) at = other;
      }
      this.keys[at] = key;
      this.counts[at] = 0;
      this.firstMinutes[at] = minute;
    }
    this.lastMinutes[at] = minute;
    this.counts[at] = Math.min(0xffffffff, (this.counts[at] ?? 0) + times);
    return at;
  }

  firstMs(at: number): number {
    return (this.firstMinutes[at] ?? 0) * 60_000;
  }

  count(at: number): number {
    return at < 0 ? 0 : (this.counts[at] ?? 0);
  }

  /** As it was in another life: a first time that lies back. */
  restore(key: number, firstMs: number, nowMs: number, times: number): void {
    const at = this.see(key, nowMs, times);
    this.firstMinutes[at] = Math.min(this.firstMinutes[at] ?? 0, Math.floor(firstMs / 60_000));
  }

  private setOf(key: number): number {
    return ((mixHash(key) >>> 0) % this.sets) * WAYS;
  }
}

import { mixHash } from "./hash-text.ts";

/** Counts of things that fade by half in a time, by a hash; a fixed number of slots of which the fainter of two gives way. */
export class RateTable {
  private readonly keys: Int32Array;
  private readonly counts: Float32Array;
  private readonly timesMs: Float64Array;
  private readonly mask: number;
  private readonly halfLifeMs: number;

  constructor(capacity: number, halfLifeMs: number) {
    const size = 2 ** Math.ceil(Math.log2(capacity));
    this.keys = new Int32Array(size);
    this.counts = new Float32Array(size);
    this.timesMs = new Float64Array(size);
    this.mask = size - 1;
    this.halfLifeMs = halfLifeMs;
  }

  get octets(): number {
    return this.keys.byteLength + this.counts.byteLength + this.timesMs.byteLength;
  }

  /** Adds to a count and returns it. */
  add(key: number, nowMs: number, amount = 1): number {
    let at = mixHash(key) & this.mask;
    const other = at ^ 1;
    if (this.keys[at] !== key) {
      if (this.keys[other] === key || this.valueAt(other, nowMs) < this.valueAt(at, nowMs)) at = other;
    }
    const count = (this.keys[at] === key ? this.valueAt(at, nowMs) : 0) + amount;
    this.keys[at] = key;
    this.counts[at] = count;
    this.timesMs[at] = nowMs;
    return count;
  }

  get(key: number, nowMs: number): number {
    const at = mixHash(key) & this.mask;
    if (this.keys[at] === key) return this.valueAt(at, nowMs);
    return this.keys[at ^ 1] === key ? this.valueAt(at ^ 1, nowMs) : 0;
  }

  private valueAt(at: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - (this.timesMs[at] ?? 0));
    const count = this.counts[at] ?? 0;
    return count === 0 || elapsedMs === 0 ? count : count * 2 ** (-elapsedMs / this.halfLifeMs);
  }
}

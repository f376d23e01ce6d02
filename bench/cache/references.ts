/** What a cache is measured against: small reference versions, written to be right, not to be fast. */

/** A cache of keys alone: `request` says whether the key was there, and afterwards it may be. */
export interface ReferenceCache {
  request(key: number): boolean;
}

/** Least recently used. */
export class Lru implements ReferenceCache {
  private readonly keys = new Set<number>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.keys.size;
  }

  has(key: number): boolean {
    return this.keys.has(key);
  }

  request(key: number): boolean {
    const hit = this.keys.delete(key);
    this.add(key);
    return hit;
  }

  /** Adds the newest and returns the key that had to go for it. */
  add(key: number): number | undefined {
    this.keys.add(key);
    if (this.keys.size <= this.capacity) return undefined;
    const oldest = this.oldest() as number;
    this.keys.delete(oldest);
    return oldest;
  }

  delete(key: number): boolean {
    return this.keys.delete(key);
  }

  oldest(): number | undefined {
    for (const key of this.keys) return key;
    return undefined;
  }
}

/** Counts of keys up to 15 in four rows, halved every ten times the capacity (TinyLFU, Einziger, Friedman and Manes 2017). */
class FrequencySketch {
  private readonly width: number;
  private readonly counts: Uint8Array;
  private readonly period: number;
  private added = 0;

  constructor(capacity: number) {
    this.width = 2 ** Math.ceil(Math.log2(capacity * 4));
    this.counts = new Uint8Array(4 * this.width);
    this.period = 10 * capacity;
  }

  add(key: number): void {
    for (let row = 0; row < 4; row += 1) {
      const at = this.place(key, row);
      if ((this.counts[at] as number) < 15) this.counts[at] = (this.counts[at] as number) + 1;
    }
    this.added += 1;
    if (this.added < this.period) return;
    this.added = Math.floor(this.added / 2);
    for (let at = 0; at < this.counts.length; at += 1) this.counts[at] = (this.counts[at] as number) >> 1;
  }

  estimate(key: number): number {
    let least = 15;
    for (let row = 0; row < 4; row += 1) least = Math.min(least, this.counts[this.place(key, row)] as number);
    return least;
  }

  private place(key: number, row: number): number {
    let hash = Math.imul(key ^ Math.imul(row + 1, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return row * this.width + (((hash ^ (hash >>> 16)) >>> 0) & (this.width - 1));
  }
}

/** W-TinyLFU with a window of 1 %, and four fifths of the main part protected. */
export class WTinyLfu implements ReferenceCache {
  private readonly window: Lru;
  private readonly probation: Lru;
  private readonly protectedPart: Lru;
  private readonly mainCapacity: number;
  private readonly sketch: FrequencySketch;

  constructor(capacity: number) {
    const windowCapacity = Math.max(1, Math.round(capacity / 100));
    this.mainCapacity = capacity - windowCapacity;
    this.window = new Lru(windowCapacity);
    this.probation = new Lru(Infinity);
    this.protectedPart = new Lru(Math.max(1, Math.floor(this.mainCapacity * 0.8)));
    this.sketch = new FrequencySketch(capacity);
  }

  request(key: number): boolean {
    this.sketch.add(key);
    if (this.window.has(key)) return this.window.request(key);
    if (this.protectedPart.has(key)) return this.protectedPart.request(key);
    if (this.probation.delete(key)) {
      const demoted = this.protectedPart.add(key);
      if (demoted !== undefined) this.probation.add(demoted);
      return true;
    }
    const candidate = this.window.add(key);
    if (candidate !== undefined) this.admit(candidate);
    return false;
  }

  private admit(candidate: number): void {
    if (this.probation.size + this.protectedPart.size < this.mainCapacity) {
      this.probation.add(candidate);
      return;
    }
    const victim = this.probation.oldest() ?? this.protectedPart.oldest();
    if (victim === undefined || this.sketch.estimate(candidate) <= this.sketch.estimate(victim)) return;
    if (!this.probation.delete(victim)) this.protectedPart.delete(victim);
    this.probation.add(candidate);
  }
}

/**
 * The hits of the best there can be: what is asked for again last goes, and a key that
 * would be the last is not taken in at all (Belady 1966, with bypass).
 */
export function beladyHits(trace: Uint32Array, capacity: number): number {
  const nextUse = nextUses(trace);
  /** The next use of each key that is held. */
  const held = new Map<number, number>();
  const heap = new LatestFirst();
  let hits = 0;
  for (let at = 0; at < trace.length; at += 1) {
    const key = trace[at] as number;
    const next = nextUse[at] as number;
    if (held.has(key)) hits += 1;
    else if (next === NEVER) continue;
    held.set(key, next);
    heap.push(next, key);
    while (held.size > capacity) {
      const { use, key: last } = heap.pop();
      if (held.get(last) === use) held.delete(last);
    }
  }
  return hits;
}

const NEVER = 0xffff_ffff;

function nextUses(trace: Uint32Array): Uint32Array {
  const uses = new Uint32Array(trace.length);
  const seen = new Map<number, number>();
  for (let at = trace.length - 1; at >= 0; at -= 1) {
    uses[at] = seen.get(trace[at] as number) ?? NEVER;
    seen.set(trace[at] as number, at);
  }
  return uses;
}

/** A binary heap of keys by their next use, the latest first; old ones stay in it until they come up. */
class LatestFirst {
  private readonly heap: { use: number; key: number }[] = [];

  push(use: number, key: number): void {
    const { heap } = this;
    let at = heap.length;
    heap.push({ use, key });
    for (let above = (at - 1) >> 1; at > 0 && (heap[above]?.use ?? 0) < use; above = (at - 1) >> 1) {
      this.swap(at, above);
      at = above;
    }
  }

  pop(): { use: number; key: number } {
    const { heap } = this;
    this.swap(0, heap.length - 1);
    const top = heap.pop() as { use: number; key: number };
    for (let at = 0; ;) {
      let below = 2 * at + 1;
      if (below >= heap.length) return top;
      if ((heap[below + 1]?.use ?? -1) > (heap[below]?.use ?? -1)) below += 1;
      if ((heap[below]?.use ?? -1) <= (heap[at]?.use ?? -1)) return top;
      this.swap(at, below);
      at = below;
    }
  }

  private swap(one: number, other: number): void {
    const { heap } = this;
    const kept = heap[one] as { use: number; key: number };
    heap[one] = heap[other] as { use: number; key: number };
    heap[other] = kept;
  }
}

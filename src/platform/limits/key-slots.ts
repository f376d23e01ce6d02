import { assert } from "../../kernel/assert.ts";

/** Slots of a set: their hashes are one line of the processor's cache. */
const WAYS = 8;
/** Slots for each key that there is room for, so that sets overflow seldom. */
const SLOTS_A_KEY = 1.5;
const TWO_TO_32 = 2 ** 32;

/**
 * Finds the slot of a key, given as 64 bits of hash, in a table of fixed size: two sets of
 * eight slots are where a key can be. A slot counts for nothing from the time that it says, and
 * is then free: nothing is ever deleted, moved or swept, and every call takes constant time.
 * A new key takes a free slot of the emptier set; where there is none, the slot that would be
 * free the soonest. What a slot holds beside its time is the owner's, in arrays of `size`.
 */
export class KeySlots {
  /** How many slots there are. */
  readonly size: number;
  /** How many keys lost a slot that still counted. */
  evictions = 0;
  /** Set after set: the hashes of its slots, then their times, so that both are near each other in memory. */
  private readonly hashes: Int32Array;
  private readonly times: Float64Array;
  private readonly sets: number;

  /** Of `maxKeys` keys at once hardly one loses its slot. Takes 24 octets for each of them. */
  constructor(maxKeys: number) {
    assert(maxKeys >= 1, "there is room for a key");
    this.sets = Math.ceil((maxKeys * SLOTS_A_KEY) / WAYS);
    this.size = this.sets * WAYS;
    this.times = new Float64Array(this.size * 2);
    this.hashes = new Int32Array(this.times.buffer);
  }

  /** Octets that the table takes, whether it is full or empty. */
  get octets(): number {
    return this.times.byteLength;
  }

  /** Until when a slot counts, in the time of the owner. */
  untilMs(slot: number): number {
    return this.times[timeAt(slot)] as number;
  }

  setUntilMs(slot: number, untilMs: number): void {
    this.times[timeAt(slot)] = untilMs;
  }

  /** The slot of a key, also where it counts no more; −1 where it has none. */
  find(low: number, high: number): number {
    const found = this.findIn(this.setOf(low), low, high);
    return found >= 0 ? found : this.findIn(this.setOf(high), low, high);
  }

  /** Gives a slot to a key that has none. Its time is 0, and what it held before is the owner's to clear. */
  claim(low: number, high: number, nowMs: number): number {
    const one = this.setOf(low);
    const other = this.setOf(high);
    const first = this.freeIn(one, nowMs) >= this.freeIn(other, nowMs) ? one : other;
    let slot = this.soonestIn(first);
    if (this.untilMs(slot) > nowMs) {
      const second = this.soonestIn(first === one ? other : one);
      if (this.untilMs(second) < this.untilMs(slot)) slot = second;
      this.evictions += 1;
    }
    const at = hashAt(slot);
    this.hashes[at] = low;
    this.hashes[at + 1] = high;
    this.setUntilMs(slot, 0);
    return slot;
  }

  /** Whether a slot is still this key's. */
  holds(slot: number, low: number, high: number): boolean {
    const at = hashAt(slot);
    return this.hashes[at] === low && this.hashes[at + 1] === high;
  }

  /** The hash of the key in a slot. */
  hashOf(slot: number): { readonly low: number; readonly high: number } {
    const at = hashAt(slot);
    return { low: this.hashes[at] as number, high: this.hashes[at + 1] as number };
  }

  /** How many slots count now. Walks the table: for tests and for the operator. */
  countUsed(nowMs: number): number {
    let used = 0;
    for (let slot = 0; slot < this.size; slot += 1) if (this.untilMs(slot) > nowMs) used += 1;
    return used;
  }

  private setOf(bits: number): number {
    return Math.floor(((bits >>> 0) / TWO_TO_32) * this.sets) * WAYS;
  }

  private findIn(set: number, low: number, high: number): number {
    const { hashes } = this;
    const first = hashAt(set);
    for (let at = first; at < first + 2 * WAYS; at += 2) {
      if (hashes[at] === low && hashes[at + 1] === high) return set + ((at - first) >> 1);
    }
    return -1;
  }

  private freeIn(set: number, nowMs: number): number {
    let free = 0;
    for (let slot = set; slot < set + WAYS; slot += 1) if (this.untilMs(slot) <= nowMs) free += 1;
    return free;
  }

  private soonestIn(set: number): number {
    let soonest = set;
    for (let slot = set + 1; slot < set + WAYS; slot += 1) {
      if (this.untilMs(slot) < this.untilMs(soonest)) soonest = slot;
    }
    return soonest;
  }
}

/** Where a set of 16 times 64 bits has the hash of a slot, counted in 32 bits … */
function hashAt(slot: number): number {
  return (slot >> 3) * 4 * WAYS + (slot & 7) * 2;
}

/** … and its time, counted in 64 bits. */
function timeAt(slot: number): number {
  return (slot >> 3) * 2 * WAYS + WAYS + (slot & 7);
}

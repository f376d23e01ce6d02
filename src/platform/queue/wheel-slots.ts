/** Octets of the index within a handle, and with that how many entries there can be. */
export const MAX_WHEEL_ENTRIES = 2 ** 26;

/** The levels, finest first: 256 slots of a tick, then four of 64 slots, each slot as long as the level before it. */
const SHIFTS = [0, 8, 14, 20, 26] as const;
const SLOTS = [256, 64, 64, 64, 64] as const;
const FIRST_SLOT = [0, 256, 320, 384, 448] as const;
const LEVELS = 5;
/** Where entries wait that lie beyond the coarsest level. */
const BEYOND = 512;
const SPAN_TICKS = 2 ** 32;

const NONE = -1;
const FEWEST = 64;
/** An empty table that is larger than this gives its memory back. */
const KEPT_WHEN_EMPTY = 4_096;

/**
 * The memory of a timing wheel: entries in typed arrays, in one doubly linked list for each
 * slot, and a bit for each slot that is not empty. An entry lies at the level of the highest
 * digit in which its tick differs from the present one, so that whatever lies at a finer
 * level is earlier than whatever lies at a coarser one, and the earliest slot is found by
 * looking at 16 words (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987).
 */
export class WheelSlots<K> {
  private keys: (K | undefined)[] = [];
  private at = new Float64Array(FEWEST);
  private order = new Float64Array(FEWEST);
  private next = new Int32Array(FEWEST);
  private prev = new Int32Array(FEWEST);
  /** The slot that an entry lies in, or `NONE` for a free one. */
  private slotOf = new Int16Array(FEWEST).fill(NONE);
  private readonly heads = new Int32Array(BEYOND + 1).fill(NONE);
  private readonly tails = new Int32Array(BEYOND + 1).fill(NONE);
  private readonly occupied = new Uint32Array(BEYOND / 32);
  private readonly tickMs: number;
  private free = NONE;
  private used = 0;
  private added = 0;
  private elapsed: number;
  private count = 0;
  /** The tick at which the slot begins that `first` found. */
  private firstTick = 0;

  constructor(tickMs: number, tick: number) {
    this.tickMs = tickMs;
    this.elapsed = tick;
  }

  get size(): number {
    return this.count;
  }

  /** The tick up to which everything was given out. */
  get tick(): number {
    return this.elapsed;
  }

  /** The tick at which the wheel must be looked at next; infinite where it is empty. */
  nextTick(): number {
    return this.first() === NONE ? Infinity : this.firstTick;
  }

  /** Adds an entry and returns its handle. The caller has seen to `size < MAX_WHEEL_ENTRIES`. */
  add(key: K, atMs: number): number {
    const index = this.allocate();
    this.keys[index] = key;
    this.at[index] = atMs;
    this.order[index] = this.added;
    this.added += 1;
    this.count += 1;
    this.place(index);
    return this.handleOf(index);
  }

  /** Takes an entry out; false where it is not there any more. */
  remove(handle: number): boolean {
    const index = handle % MAX_WHEEL_ENTRIES;
    if (!(index >= 0 && index < this.used) || this.slotOf[index] === NONE) return false;
    if (this.handleOf(index) !== handle) return false;
    this.unlink(index);
    this.release(index);
    this.shrinkIfEmpty();
    return true;
  }

  /** Takes out everything that is due at a tick, in order of time, then of adding, and stands at that tick. */
  takeDue(tick: number): K[] {
    const due: number[] = [];
    for (;;) {
      const slot = this.first();
      if (slot === NONE || this.firstTick > tick) break;
      this.elapsed = this.firstTick;
      let index = this.heads[slot] as number;
      this.clear(slot);
      while (index !== NONE) {
        const following = this.next[index] as number;
        if (this.tickOf(index) <= tick) due.push(index);
        else this.place(index);
        index = following;
      }
    }
    if (tick > this.elapsed) this.elapsed = tick;
    this.sort(due);
    const keys: K[] = [];
    for (const index of due) {
      keys.push(this.keys[index] as K);
      this.release(index);
    }
    this.shrinkIfEmpty();
    return keys;
  }

  /** Puts the wheel back to an earlier tick, which moves every entry. */
  rewind(tick: number): void {
    const all: number[] = [];
    for (let slot = 0; slot <= BEYOND; slot += 1) {
      for (let index = this.heads[slot] as number; index !== NONE; index = this.next[index] as number) all.push(index);
      this.clear(slot);
    }
    this.elapsed = tick;
    for (const index of all) this.place(index);
  }

  /** Forgets every entry. */
  reset(): void {
    for (let slot = 0; slot <= BEYOND; slot += 1) this.clear(slot);
    this.count = 0;
    this.resize(FEWEST);
    this.used = 0;
    this.free = NONE;
  }

  private tickOf(index: number): number {
    return Math.ceil((this.at[index] as number) / this.tickMs);
  }

  private handleOf(index: number): number {
    return ((this.order[index] as number) % MAX_WHEEL_ENTRIES) * MAX_WHEEL_ENTRIES + index;
  }

  private place(index: number): void {
    const slot = this.slotFor(Math.max(this.tickOf(index), this.elapsed));
    const tail = this.tails[slot] as number;
    this.prev[index] = tail;
    this.next[index] = NONE;
    this.slotOf[index] = slot;
    this.tails[slot] = index;
    if (tail !== NONE) {
      this.next[tail] = index;
      return;
    }
    this.heads[slot] = index;
    if (slot < BEYOND) this.occupied[slot >>> 5] = (this.occupied[slot >>> 5] as number) | (1 << (slot & 31));
  }

  private slotFor(tick: number): number {
    if (Math.floor(tick / SPAN_TICKS) !== Math.floor(this.elapsed / SPAN_TICKS)) return BEYOND;
    const low = (tick % SPAN_TICKS) >>> 0;
    const differing = (low ^ (this.elapsed % SPAN_TICKS)) >>> 0;
    let level = 0;
    while (level < LEVELS - 1 && differing >= 2 ** (SHIFTS[level + 1] as number)) level += 1;
    return (FIRST_SLOT[level] as number) + ((low >>> (SHIFTS[level] as number)) & ((SLOTS[level] as number) - 1));
  }

  /** The earliest slot that is not empty, or `NONE`; sets `firstTick`. */
  private first(): number {
    const span = Math.floor(this.elapsed / SPAN_TICKS) * SPAN_TICKS;
    const low = (this.elapsed - span) >>> 0;
    for (let level = 0; level < LEVELS; level += 1) {
      const shift = SHIFTS[level] as number;
      const slots = SLOTS[level] as number;
      const base = FIRST_SLOT[level] as number;
      const slot = this.firstOccupied(base + ((low >>> shift) & (slots - 1)), base + slots);
      if (slot === NONE) continue;
      const coarser = 2 ** shift * slots;
      this.firstTick = span + Math.floor(low / coarser) * coarser + (slot - base) * 2 ** shift;
      // The slot of the present tick takes what is added for a tick that has begun.
      if (this.firstTick < this.elapsed) this.firstTick = this.elapsed;
      return slot;
    }
    if (this.heads[BEYOND] === NONE) return NONE;
    this.firstTick = span + SPAN_TICKS;
    return BEYOND;
  }

  private firstOccupied(from: number, to: number): number {
    let bits = (this.occupied[from >>> 5] as number) & (-1 << (from & 31));
    for (let word = from >>> 5; ;) {
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
      word += 1;
      if (word * 32 >= to) return NONE;
      bits = this.occupied[word] as number;
    }
  }

  private unlink(index: number): void {
    const slot = this.slotOf[index] as number;
    const before = this.prev[index] as number;
    const after = this.next[index] as number;
    if (before === NONE) this.heads[slot] = after;
    else this.next[before] = after;
    if (after === NONE) this.tails[slot] = before;
    else this.prev[after] = before;
    if (this.heads[slot] === NONE) this.clear(slot);
  }

  private clear(slot: number): void {
    this.heads[slot] = NONE;
    this.tails[slot] = NONE;
    if (slot < BEYOND) this.occupied[slot >>> 5] = (this.occupied[slot >>> 5] as number) & ~(1 << (slot & 31));
  }

  /** Slots keep the order of adding, but what moved down from a coarser level comes after what was added to a finer one. */
  private sort(due: number[]): void {
    const { at, order } = this;
    const compare = (a: number, b: number): number =>
      (at[a] as number) - (at[b] as number) || (order[a] as number) - (order[b] as number);
    for (let n = 1; n < due.length; n += 1) {
      if (compare(due[n - 1] as number, due[n] as number) > 0) {
        due.sort(compare);
        return;
      }
    }
  }

  private allocate(): number {
    if (this.free !== NONE) {
      const index = this.free;
      this.free = this.next[index] as number;
      return index;
    }
    if (this.used === this.at.length) this.resize(this.used * 2);
    this.used += 1;
    return this.used - 1;
  }

  private release(index: number): void {
    this.keys[index] = undefined;
    this.slotOf[index] = NONE;
    this.next[index] = this.free;
    this.free = index;
    this.count -= 1;
  }

  private shrinkIfEmpty(): void {
    if (this.count === 0 && this.at.length > KEPT_WHEN_EMPTY) this.reset();
  }

  /** Makes the arrays larger and keeps what is in them, or makes them smaller and empty. */
  private resize(entries: number): void {
    const kept = entries > this.at.length ? this.at.length : 0;
    const copy = <A extends Float64Array | Int32Array | Int16Array>(to: A, from: A): A => {
      to.set(from.subarray(0, kept));
      return to;
    };
    this.at = copy(new Float64Array(entries), this.at);
    this.order = copy(new Float64Array(entries), this.order);
    this.next = copy(new Int32Array(entries), this.next);
    this.prev = copy(new Int32Array(entries), this.prev);
    this.slotOf = copy(new Int16Array(entries).fill(NONE), this.slotOf);
    if (kept === 0) this.keys = [];
  }
}

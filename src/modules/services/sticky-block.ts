/** A block as checkpoints and moves have it: four 32-bit words (little-endian) a recipient, in base64. */
export interface StickyBlockText {
  readonly slots: string;
}

/** Recipients of one block. It is split when it is full. */
export const MAX_BLOCK_SLOTS = 512;

const FIRST_SLOTS = 8;
const WORDS = 4;
const OCTETS = WORDS * 4;

/** What is kept of one recipient. */
export interface StickySlot {
  readonly high: number;
  readonly low: number;
  /** The hash of the sender's address. */
  readonly sender: number;
  /** When it was used last, in days since 1970. */
  readonly day: number;
}

/**
 * Recipients and their senders, sorted by the recipient's key, 16 octets each. The order
 * makes the text of a block a function of its content, and a split one cut.
 */
export class StickyBlock {
  /** The key of the block in its table. */
  readonly key: string;
  /** How many leading bits of their keys its recipients have in common. */
  readonly depth: number;
  private words = new Uint32Array(FIRST_SLOTS * WORDS);
  private used = 0;

  constructor(key: string, depth: number) {
    this.key = key;
    this.depth = depth;
  }

  static from(key: string, depth: number, { slots }: StickyBlockText): StickyBlock {
    const block = new StickyBlock(key, depth);
    const octets = Buffer.from(slots, "base64");
    block.used = Math.min(Math.floor(octets.length / OCTETS), MAX_BLOCK_SLOTS);
    block.words = new Uint32Array(Math.max(block.used, FIRST_SLOTS) * WORDS);
    Buffer.from(block.words.buffer).set(octets.subarray(0, block.used * OCTETS));
    return block;
  }

  get count(): number {
    return this.used;
  }

  toJSON(): StickyBlockText {
    return { slots: Buffer.from(this.words.buffer, 0, this.used * OCTETS).toString("base64") };
  }

  /** The slot of a recipient, or `-1 - at` where it would be inserted at `at`. */
  find(high: number, low: number): number {
    const { words } = this;
    let from = 0;
    let until = this.used;
    while (from < until) {
      const middle = (from + until) >>> 1;
      const at = middle * WORDS;
      const order = (words[at] ?? 0) - high || (words[at + 1] ?? 0) - low;
      if (order === 0) return middle;
      if (order < 0) from = middle + 1;
      else until = middle;
    }
    return -1 - from;
  }

  sender(slot: number): number {
    return this.words[slot * WORDS + 2] ?? 0;
  }

  day(slot: number): number {
    return this.words[slot * WORDS + 3] ?? 0;
  }

  set(slot: number, sender: number, day: number): void {
    this.words[slot * WORDS + 2] = sender;
    this.words[slot * WORDS + 3] = day;
  }

  /** Adds a recipient that is not there. There must be room. */
  insert({ high, low, sender, day }: StickySlot): void {
    if (this.used * WORDS === this.words.length) this.grow();
    const at = (-1 - this.find(high, low)) * WORDS;
    this.words.copyWithin(at + WORDS, at, this.used * WORDS);
    this.words[at] = high;
    this.words[at + 1] = low;
    this.used += 1;
    this.set(at / WORDS, sender, day);
  }

  private grow(): void {
    const words = new Uint32Array(Math.min(this.words.length * 2, MAX_BLOCK_SLOTS * WORDS));
    words.set(this.words);
    this.words = words;
  }

  /** Forgets recipients that were not used since `day`. Returns how many. */
  dropBefore(day: number): number {
    let kept = 0;
    for (let slot = 0; slot < this.used; slot += 1) {
      if (this.day(slot) < day) continue;
      if (kept !== slot) this.words.copyWithin(kept * WORDS, slot * WORDS, (slot + 1) * WORDS);
      kept += 1;
    }
    const dropped = this.used - kept;
    this.used = kept;
    return dropped;
  }

  /** Forgets the recipient that was not used for the longest time. Returns whether there was one. */
  dropOldest(): boolean {
    if (this.used === 0) return false;
    let oldest = 0;
    for (let slot = 1; slot < this.used; slot += 1) if (this.day(slot) < this.day(oldest)) oldest = slot;
    this.words.copyWithin(oldest * WORDS, (oldest + 1) * WORDS, this.used * WORDS);
    this.used -= 1;
    return true;
  }

  /** Two blocks with the recipients of this one, by the next bit of their keys. */
  split(): [StickyBlock, StickyBlock] {
    const mask = 0x80000000 >>> this.depth;
    let cut = 0;
    while (cut < this.used && ((this.words[cut * WORDS] ?? 0) & mask) === 0) cut += 1;
    return [this.part("0", 0, cut), this.part("1", cut, this.used)];
  }

  private part(bit: string, from: number, until: number): StickyBlock {
    const part = new StickyBlock(this.key + bit, this.depth + 1);
    part.used = until - from;
    part.words = new Uint32Array(Math.max(part.used, FIRST_SLOTS) * WORDS);
    part.words.set(this.words.subarray(from * WORDS, until * WORDS));
    return part;
  }
}

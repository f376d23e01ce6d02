import { assert } from "../../../kernel/assert.ts";

const MIN_SLOTS = 8;
/** Linear probing stays short up to here. */
const MAX_LOAD = 0.8;
const OCTETS = 8;

/** A page as it stands in a checkpoint: its hashes, eight octets each, in base64. */
export interface PackedPage {
  readonly h: string;
}

/**
 * A set of 64-bit hashes by open addressing with linear probing: ten octets each when full,
 * twenty when just grown. Becomes a {@link PackedPage} in JSON.
 */
export class PairPage {
  private slots: Uint32Array;
  private mask: number;
  private held = 0;

  constructor(expected = 0) {
    let slots = MIN_SLOTS;
    while (slots * MAX_LOAD < expected) slots *= 2;
    this.slots = new Uint32Array(slots * 2);
    this.mask = slots - 1;
  }

  get size(): number {
    return this.held;
  }

  /** Octets of its slots. */
  get octets(): number {
    return this.slots.byteLength;
  }

  has(high: number, low: number): boolean {
    const { slots, mask } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const a = slots[slot * 2];
      const b = slots[slot * 2 + 1];
      if (a === high && b === low) return true;
      if (a === 0 && b === 0) return false;
    }
  }

  /** False where it was there. */
  add(high: number, low: number): boolean {
    if (this.has(high, low)) return false;
    if (this.held + 1 > (this.mask + 1) * MAX_LOAD) this.grow();
    this.place(high, low);
    return true;
  }

  private place(high: number, low: number): void {
    const { slots, mask } = this;
    let slot = low & mask;
    while (slots[slot * 2] !== 0 || slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
    slots[slot * 2] = high;
    slots[slot * 2 + 1] = low;
    this.held += 1;
  }

  private grow(): void {
    const grown = new PairPage(this.held * 2);
    for (const [high, low] of this) grown.place(high, low);
    this.slots = grown.slots;
    this.mask = grown.mask;
  }

  /** False where it was not there. What follows moves up, so that no searching passes over a gap. */
  delete(high: number, low: number): boolean {
    const { slots, mask } = this;
    let slot = low & mask;
    while (slots[slot * 2] !== high || slots[slot * 2 + 1] !== low) {
      if (slots[slot * 2] === 0 && slots[slot * 2 + 1] === 0) return false;
      slot = (slot + 1) & mask;
    }
    let next = slot;
    for (;;) {
      next = (next + 1) & mask;
      const nextHigh = slots[next * 2] ?? 0;
      const nextLow = slots[next * 2 + 1] ?? 0;
      if (nextHigh === 0 && nextLow === 0) break;
      const home = nextLow & mask;
      // It may move into the gap unless its home lies between the gap and where it is.
      const stays = slot <= next ? slot < home && home <= next : slot < home || home <= next;
      if (stays) continue;
      slots[slot * 2] = nextHigh;
      slots[slot * 2 + 1] = nextLow;
      slot = next;
    }
    slots[slot * 2] = 0;
    slots[slot * 2 + 1] = 0;
    this.held -= 1;
    return true;
  }

  *[Symbol.iterator](): IterableIterator<readonly [high: number, low: number]> {
    const { slots } = this;
    for (let at = 0; at < slots.length; at += 2) {
      const high = slots[at] ?? 0;
      const low = slots[at + 1] ?? 0;
      if (high !== 0 || low !== 0) yield [high, low];
    }
  }

  toJSON(): PackedPage {
    const packed = Buffer.allocUnsafe(this.held * OCTETS);
    let at = 0;
    for (const [high, low] of this) {
      packed.writeUInt32LE(high, at);
      packed.writeUInt32LE(low, at + 4);
      at += OCTETS;
    }
    return { h: packed.toString("base64") };
  }

  static unpack({ h }: PackedPage): PairPage {
    const packed = Buffer.from(h, "base64");
    assert(packed.length % OCTETS === 0, "a page of consents holds whole hashes");
    const page = new PairPage(packed.length / OCTETS);
    for (let at = 0; at < packed.length; at += OCTETS) page.place(packed.readUInt32LE(at), packed.readUInt32LE(at + 4));
    return page;
  }
}

/**
 * Longest prefix match over digits. A trie laid flat: every prefix is a number in base 11
 * (each digit plus one, filled up with zeros to 15 places), so that the order of the
 * numbers is that of the trie; each prefix knows the next shorter one that contains it.
 * The first places are looked up in an index, the rest is a search in a stretch of
 * neighbouring memory.
 */
import { Ints, type Doubles } from "./chunked-list.ts";
import type { Slices } from "./slices.ts";

/** ITU-T E.164 §6: a number has 15 digits at most. */
export const MAX_DIGITS = 15;

const BASE = 11;
/** How many of the first places are looked up: more than there are prefixes to tell apart cost memory for nothing. */
const INDEX_DIGITS = { few: 3, many: 5 };
const FEW = 20_000;
const ZERO = 0x30;
const SPANS = Float64Array.from({ length: MAX_DIGITS + 1 }, (_, length) => BASE ** (MAX_DIGITS - length));

/** The key of a prefix or number: its digits from `start` on. At most 15 of them count, and none after what is no digit. */
export function keyOf(text: string, start: number): number {
  const end = Math.min(text.length, start + MAX_DIGITS);
  let key = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    key = key * BASE + digit + 1;
  }
  return key * (SPANS[at - start] as number);
}

/** How many digits the prefix of a key has. */
export function lengthOf(key: number): number {
  let length = MAX_DIGITS;
  for (let rest = key; length > 0 && rest % BASE === 0; rest /= BASE) length -= 1;
  return length;
}

/** The digits of a key. */
export function digitsOf(key: number): string {
  let digits = "";
  for (let rest = key; rest > 0; rest = Math.floor(rest / BASE)) {
    const place = rest % BASE;
    if (place > 0) digits = `${place - 1}${digits}`;
  }
  return digits;
}

/** Where keys stand, and what contains them. */
export class PrefixIndex {
  /** Ascending, without repeats. */
  readonly keys: Doubles;
  readonly lengths: Uint8Array;
  /** The longest prefix that is shorter and contains it, or -1. */
  readonly parents: Ints;
  /** For the first digits of a number: how many keys come before those that begin so. */
  private readonly index: Int32Array;
  /** How many keys share a place of the index. */
  private readonly span: number;

  private constructor(keys: Doubles, parents: Ints) {
    this.keys = keys;
    this.lengths = new Uint8Array(keys.length);
    this.parents = parents;
    const digits = keys.length < FEW ? INDEX_DIGITS.few : INDEX_DIGITS.many;
    this.index = new Int32Array(BASE ** digits + 1);
    this.span = BASE ** (MAX_DIGITS - digits);
  }

  /** Builds the index over ascending keys, in slices. */
  static async build(keys: Doubles, slices: Slices): Promise<PrefixIndex> {
    const built = new PrefixIndex(keys, await Ints.make(keys.length, slices));
    const { lengths, parents, index, span } = built;
    let filled = 0;
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys.at(at);
      lengths[at] = lengthOf(key);
      parents.set(at, built.climb(at - 1, key));
      const slot = Math.floor(key / span);
      const passed = slot - filled;
      for (; filled < slot; filled += 1) index[filled + 1] = at;
      if (slices.due(4 + passed)) await slices.rest();
    }
    for (; filled < index.length - 1; filled += 1) index[filled + 1] = keys.length;
    return built;
  }

  /** The position of the longest prefix of a number by its key, or -1. */
  find(key: number): number {
    const slot = Math.floor(key / this.span);
    let low = this.index[slot] as number;
    let high = this.index[slot + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys.at(middle) <= key) low = middle + 1;
      else high = middle;
    }
    // What lies between a number and its longest prefix is inside that prefix too, so climbing finds it.
    return this.climb(low - 1, key);
  }

  private climb(from: number, key: number): number {
    let at = from;
    while (at >= 0 && key - this.keys.at(at) >= (SPANS[this.lengths[at] as number] as number)) {
      at = this.parents.at(at);
    }
    return at;
  }
}

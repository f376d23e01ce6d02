import { assert } from "./assert.ts";

/** The numbers that a hint can carry: 12 bits. 0 is no cell. */
export const HINT_VALUES = 4_096;

/** The octets of key that {@link CellHints} needs. */
export const HINT_KEY_OCTETS = 16;

const ROUNDS = 10;
const HALF_VALUES = 64;
const HALF_MASK = HALF_VALUES - 1;
const SID_LENGTH = 34;
const VERSION_AT = 14;
const VARIANT_AT = 18;
const HINT_AT = 22;
const HINT_DIGITS = 3;
const TWEAK_AT = 25;
const TWEAK_DIGITS = 7;

/**
 * Where a cell's number stands, hidden, in the SIDs that it mints: digits 21 to 23 of
 * the 32 are the hint, and the seven random ones after them its tweak, so that two
 * SIDs of one cell do not look alike. The last octet takes no part: the messages of a
 * `submit_multi` share a SID but for it.
 *
 * The permutation is a Feistel network of ten rounds over halves of six bits. Its round
 * functions are tables made of one half of the key, and their inputs are shifted by
 * HalfSipHash-1-3 (Aumasson, Bernstein: "SipHash", 2012, in its form for words of 32
 * bits) of the tweak under the other half. It hides how the system is divided from
 * people who look at SIDs; it proves nothing: anybody can make up a SID.
 */
export class CellHints {
  readonly #key0: number;
  readonly #key1: number;
  /** The round functions, {@link HALF_VALUES} entries each. */
  readonly #tables: Uint8Array;

  /** Throws where `key` is shorter than {@link HINT_KEY_OCTETS}. Every process of a system needs the same key. */
  constructor(key: Uint8Array) {
    assert(key.length >= HINT_KEY_OCTETS, `a key of ${key.length} octets for cell hints`);
    const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#key0 = words.getInt32(0, true);
    this.#key1 = words.getInt32(4, true);
    this.#tables = roundTables(words.getInt32(8, true), words.getInt32(12, true));
  }

  /** What stands for the cell of `cellNumber` (0 to 4,095) beside the 28 bits of `tweak`: 0 to 4,095. */
  hint(cellNumber: number, tweak: number): number {
    halfSipHash(this.#key0, this.#key1, tweak);
    let shifts = hashLow;
    let left = cellNumber >>> 6;
    let right = cellNumber & HALF_MASK;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round === ROUNDS / 2) shifts = hashHigh;
      const shifted = (right ^ shifts) & HALF_MASK;
      const next = left ^ (this.#tables[round * HALF_VALUES + shifted] ?? 0);
      left = right;
      right = next;
      shifts >>>= 6;
    }
    return (left << 6) | right;
  }

  /** The number that {@link hint} was made of. */
  reveal(hint: number, tweak: number): number {
    halfSipHash(this.#key0, this.#key1, tweak);
    let left = hint >>> 6;
    let right = hint & HALF_MASK;
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      const half = ROUNDS / 2;
      const shifts = round < half ? hashLow >>> (6 * round) : hashHigh >>> (6 * (round - half));
      const shifted = (left ^ shifts) & HALF_MASK;
      const before = right ^ (this.#tables[round * HALF_VALUES + shifted] ?? 0);
      right = left;
      left = before;
    }
    return (left << 6) | right;
  }

  /**
   * The number of the cell that minted a SID: 1 to 4,095, or `undefined` for what is no
   * SID with a UUIDv7 in it. A SID that was minted without a hint gives some number too,
   * so it has to be taken as a guess: the cell itself says whether it is right.
   */
  cellOf(sid: string): number | undefined {
    if (sid.length !== SID_LENGTH || sid.charCodeAt(VERSION_AT) !== 0x37) return undefined;
    const variant = digitOf(sid.charCodeAt(VARIANT_AT));
    const hint = readDigits(sid, HINT_AT, HINT_DIGITS);
    const tweak = readDigits(sid, TWEAK_AT, TWEAK_DIGITS);
    if (variant >> 2 !== 2 || hint < 0 || tweak < 0) return undefined;
    const number = this.reveal(hint, tweak);
    return number === 0 ? undefined : number;
  }
}

/** The value of hexadecimal digits in lower case, or -1 where one is none. At most seven. */
function readDigits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** The last hash, as two words: results in variables of the module cost no allocation. */
let hashLow = 0;
let hashHigh = 0;

/** HalfSipHash-1-3 with 64 bits of result over one word of four octets, into `hashLow` and `hashHigh`. */
function halfSipHash(key0: number, key1: number, word: number): void {
  let v0 = key0;
  let v1 = key1 ^ 0xee;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  // One block of four octets, and the last one, which holds the length alone.
  for (let step = 0; step < 8; step += 1) {
    if (step === 0) v3 ^= word;
    else if (step === 1) {
      v0 ^= word;
      v3 ^= 0x04000000;
    } else if (step === 2) {
      v0 ^= 0x04000000;
      v2 ^= 0xee;
    } else if (step === 5) {
      hashLow = (v1 ^ v3) >>> 0;
      v1 ^= 0xdd;
    }
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  hashHigh = (v1 ^ v3) >>> 0;
}

function roundTables(key0: number, key1: number): Uint8Array {
  const tables = new Uint8Array(ROUNDS * HALF_VALUES);
  for (let at = 0; at < tables.length; at += 1) {
    halfSipHash(key0, key1, at);
    tables[at] = hashLow & HALF_MASK;
  }
  return tables;
}

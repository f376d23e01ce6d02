import { assert } from "../../kernel/assert.ts";
import { halfSipHash53 } from "./half-sip-hash.ts";

/** Characters of a code. */
export const CODE_CHARACTERS = 10;
/** Octets of key that {@link LinkCodes} needs. */
export const CODE_KEY_OCTETS = 64;
/** The cells that a code can name: 12 bits, as in SIDs. */
export const CODE_CELLS = 4_096;

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = ALPHABET.length;
const HALF_CHARACTERS = CODE_CHARACTERS / 2;
/** Values of one half: 62^5, a little less than 2^30. */
const HALF = BASE ** HALF_CHARACTERS;
/** The upper parts of sequences that fit beside the cell's number into the left half. */
const HIGHS = Math.floor(HALF / CODE_CELLS);
const ROUNDS = 8;

/** Sequences that each cell has codes for: about 2 × 10^14. */
export const CODE_SEQUENCES = HIGHS * HALF;

/** What a code stands for. */
export interface CodePlace {
  /** 0 to 4,095. */
  readonly cellNumber: number;
  /** Below {@link CODE_SEQUENCES}. */
  readonly sequence: number;
}

/**
 * Codes of short links: ten letters and digits that stand for a cell and a number that the
 * cell counts up. Who knows the key reads both from a code without any look-up; to others
 * it looks random, and the next one cannot be told from it.
 *
 * Cell and sequence are written as two numbers below 62^5, and these go through a Feistel
 * network of eight rounds, `(L, R) → (R, (L + F(R)) mod 62^5)`, over all of 62^10. Each round
 * can be taken back, whatever F is: `(L', R') → ((R' − F(L')) mod 62^5, L')`. So the whole is
 * a permutation, and two places never share a code. F is HalfSipHash-2-4 with a key of its
 * own for each round (Luby and Rackoff, 1988: four rounds of a pseudo-random function make a
 * strong pseudo-random permutation; eight leave room for F being none).
 *
 * Of 62^10 codes 992 × 62^5 stand for no cell; and of those that do, nearly all stand for
 * sequences that were never given out, which is how guesses are told without a look-up.
 */
export class LinkCodes {
  readonly #keys: Int32Array;

  /** Throws where `key` is shorter than {@link CODE_KEY_OCTETS}. Every process of a system needs the same key, for ever. */
  constructor(key: Uint8Array) {
    assert(key.length >= CODE_KEY_OCTETS, `a key of ${key.length} octets for link codes`);
    const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#keys = new Int32Array(2 * ROUNDS);
    for (let at = 0; at < 2 * ROUNDS; at += 1) this.#keys[at] = words.getInt32(4 * at, true);
  }

  /** The code of a place. */
  code({ cellNumber, sequence }: CodePlace): string {
    assert(Number.isInteger(cellNumber) && cellNumber >= 0 && cellNumber < CODE_CELLS, `cell number ${cellNumber}`);
    assert(Number.isInteger(sequence) && sequence >= 0 && sequence < CODE_SEQUENCES, `link number ${sequence}`);
    let left = cellNumber * HIGHS + Math.floor(sequence / HALF);
    let right = sequence % HALF;
    for (let round = 0; round < ROUNDS; round += 1) {
      const next = (left + this.#mix(round, right)) % HALF;
      left = right;
      right = next;
    }
    return digits(left) + digits(right);
  }

  /** What a code stands for; `undefined` for what is no code. The cell need not have given it out. */
  place(code: string): CodePlace | undefined {
    if (code.length !== CODE_CHARACTERS) return undefined;
    let left = valueOf(code, 0);
    let right = valueOf(code, HALF_CHARACTERS);
    if (left < 0 || right < 0) return undefined;
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      const before = (right - this.#mix(round, left) + HALF) % HALF;
      right = left;
      left = before;
    }
    const cellNumber = Math.floor(left / HIGHS);
    if (cellNumber >= CODE_CELLS) return undefined;
    return { cellNumber, sequence: (left % HIGHS) * HALF + right };
  }

  /** The round function: below 62^5. Of 53 bits the remainder is as good as even. */
  #mix(round: number, half: number): number {
    return halfSipHash53(this.#keys[2 * round] ?? 0, this.#keys[2 * round + 1] ?? 0, half) % HALF;
  }
}

/** Whether a text has the form of a code. Custom slugs never have it, so the two cannot be taken for each other. */
export function looksLikeCode(text: string): boolean {
  if (text.length !== CODE_CHARACTERS) return false;
  return valueOf(text, 0) >= 0 && valueOf(text, HALF_CHARACTERS) >= 0;
}

function digits(half: number): string {
  let rest = half;
  let text = "";
  for (let at = 0; at < HALF_CHARACTERS; at += 1) {
    text = (ALPHABET[rest % BASE] ?? "") + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
}

/** The value of five characters, or -1 where one is no letter or digit. */
function valueOf(code: string, from: number): number {
  let value = 0;
  for (let at = from; at < from + HALF_CHARACTERS; at += 1) {
    const digit = digitOf(code.charCodeAt(at));
    if (digit < 0) return -1;
    value = value * BASE + digit;
  }
  return value;
}

function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x37;
  return unit >= 0x61 && unit <= 0x7a ? unit - 0x3d : -1;
}

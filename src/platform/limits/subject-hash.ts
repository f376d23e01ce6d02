import { hkdfSync } from "node:crypto";

/** Characters that have a coefficient of their own; a longer text begins again with the first one. */
const COEFFICIENTS = 128;
const COEFFICIENT_OCTETS = 4;

/**
 * 64 bits that stand for a text, the same in every process that has the same key. What it
 * gives is read from `low` and `high` after each call, so that nothing is allocated.
 *
 * Two sums of characters times secret random coefficients (the multilinear family of Carter and
 * Wegman). Of two different texts of up to 128 characters that were chosen without the key, the
 * sums are the same with a probability of 2⁻³⁴ at most, and 2⁻⁵² where they are ASCII. Without the
 * key nobody can choose texts that meet, and nobody finds the text of a hash.
 */
export class SubjectHash {
  low = 0;
  high = 0;
  private readonly lows: Int32Array;
  private readonly highs: Int32Array;

  /** `key` is the secret of this use; every process whose counters are to meet needs the same one. */
  constructor(key: Uint8Array) {
    const octets = (COEFFICIENTS + 1) * COEFFICIENT_OCTETS;
    const expand = (half: string): Int32Array =>
      new Int32Array(hkdfSync("sha256", key, new Uint8Array(0), `trunkline/limits/${half}`, octets));
    this.lows = expand("low");
    this.highs = expand("high");
  }

  /** Sets `low` and `high` to the hash of a text. */
  of(text: string): void {
    const { lows, highs } = this;
    const { length } = text;
    let low = Math.imul(lows[0] as number, length + 1);
    let high = Math.imul(highs[0] as number, length + 1);
    for (let from = 0; from < length; from += COEFFICIENTS) {
      if (from > 0) {
        low = mix(low);
        high = mix(high);
      }
      const count = Math.min(COEFFICIENTS, length - from);
      for (let at = 0; at < count; at += 1) {
        const character = text.charCodeAt(from + at);
        low = (low + Math.imul(lows[at + 1] as number, character)) | 0;
        high = (high + Math.imul(highs[at + 1] as number, character)) | 0;
      }
    }
    this.low = mix(low);
    this.high = mix(high);
  }
}

/** Spreads what differs in a few bits over all 32 of them, and keeps different numbers different (the finalizer of MurmurHash3). */
export function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

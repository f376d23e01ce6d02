/** A keyed hash of short texts: HalfSipHash-2-4 with 64 bits (Aumasson, Bernstein, reference C code `halfsiphash.c`). */

/** The key: 64 bits, as two whole numbers of 32 bits. */
export interface HashKey {
  readonly low: number;
  readonly high: number;
}

/**
 * Hashes texts whose characters are all below 256, such as phone numbers; of others only the lower
 * octet of each character counts. Without the key nobody can find the text by trying all.
 * The result is in `high` and `low` until the next call: nothing is allocated.
 */
export class KeyedHash {
  high = 0;
  low = 0;
  private readonly key: HashKey;

  constructor(key: HashKey) {
    this.key = key;
  }

  run(text: string): void {
    const { low: k0, high: k1 } = this.key;
    let v0 = k0;
    let v1 = k1 ^ 0xee;
    let v2 = 0x6c796765 ^ k0;
    let v3 = 0x74656462 ^ k1;
    const { length } = text;
    const whole = length & ~3;
    // One word of the text a turn, then its rest with the length, then the two endings of four rounds.
    for (let at = 0; at <= whole + 8; at += 4) {
      let word = 0;
      let rounds = 2;
      if (at < whole) {
        word =
          (text.charCodeAt(at) & 255) |
          ((text.charCodeAt(at + 1) & 255) << 8) |
          ((text.charCodeAt(at + 2) & 255) << 16) |
          (text.charCodeAt(at + 3) << 24);
      } else if (at === whole) {
        word = length << 24;
        for (let left = whole; left < length; left += 1) word |= (text.charCodeAt(left) & 255) << ((left - whole) * 8);
      } else {
        rounds = 4;
        if (at === whole + 4) v2 ^= 0xee;
        else {
          this.low = (v1 ^ v3) >>> 0;
          v1 ^= 0xdd;
        }
      }
      v3 ^= word;
      for (let round = 0; round < rounds; round += 1) {
        v0 = (v0 + v1) | 0;
        v1 = (v1 << 5) | (v1 >>> 27);
        v1 ^= v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = (v3 << 8) | (v3 >>> 24);
        v3 ^= v2;
        v0 = (v0 + v3) | 0;
        v3 = (v3 << 7) | (v3 >>> 25);
        v3 ^= v0;
        v2 = (v2 + v1) | 0;
        v1 = (v1 << 13) | (v1 >>> 19);
        v1 ^= v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    this.high = (v1 ^ v3) >>> 0;
  }
}

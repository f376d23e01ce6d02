/** The words of the last hash: results in variables of the module cost no allocation. */
let low = 0;
let high = 0;

/**
 * HalfSipHash-2-4 with 64 bits of result over one word of four octets (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF", 2012, in its form for words of 32 bits),
 * cut to 53 bits: a whole number below 2^53. `key0` and `key1` are the key's words, least
 * significant octet first.
 */
export function halfSipHash53(key0: number, key1: number, word: number): number {
  hash(key0, key1, word);
  return (high & 0x1f_ffff) * 0x1_0000_0000 + low;
}

/** The same, whole: its first and second 32 bits. For tests against the reference's vectors. */
export function halfSipHash64(key0: number, key1: number, word: number): readonly [first: number, second: number] {
  hash(key0, key1, word);
  return [low, high];
}

/** Rounds: two for the word, two for the block with the length, four before each half of the result. */
const STEPS = 12;

function hash(key0: number, key1: number, word: number): void {
  let v0 = key0 | 0;
  let v1 = key1 ^ 0xee;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  for (let step = 0; step < STEPS; step += 1) {
    if (step === 0) v3 ^= word;
    else if (step === 2) {
      v0 ^= word;
      v3 ^= 0x04000000;
    } else if (step === 4) {
      v0 ^= 0x04000000;
      v2 ^= 0xee;
    } else if (step === 8) {
      low = (v1 ^ v3) >>> 0;
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
  high = (v1 ^ v3) >>> 0;
}

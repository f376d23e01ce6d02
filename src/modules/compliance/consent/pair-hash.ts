import { keyedHash } from "../../../platform/secrets/index.ts";

const M1 = 0x9e3779b1;
const M2 = 0x85ebca77;
const M3 = 0xc2b2ae3d;

/**
 * A keyed hash of 64 bits over two texts, for tables in memory: who does not know the key cannot
 * make two pairs meet. With 10 million pairs, a pair that is not among them is taken for one of
 * them with a probability of 5 in 10^13.
 *
 * The result is in `high` and `low` until the next call, because this runs several times for
 * every message and an object each would cost more than the hash.
 */
export class PairHash {
  high = 0;
  low = 0;
  private readonly seed1: number;
  private readonly seed2: number;

  constructor(key: string, purpose: string) {
    const seeds = Buffer.from(keyedHash({ algorithm: "sha256", key, content: purpose, encoding: "hex" }), "hex");
    this.seed1 = seeds.readInt32LE(0);
    this.seed2 = seeds.readInt32LE(4);
  }

  /** Hashes two texts; the border between them counts. */
  take(first: string, second: string): void {
    let a = this.seed1;
    let b = this.seed2;
    for (let index = 0; index < first.length; index += 1) {
      const code = first.charCodeAt(index);
      a = Math.imul(a ^ code, M1);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ code, M2);
      b = (b << 15) | (b >>> 17);
    }
    a ^= first.length << 16;
    b ^= first.length;
    for (let index = 0; index < second.length; index += 1) {
      const code = second.charCodeAt(index);
      a = Math.imul(a ^ code, M1);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ code, M2);
      b = (b << 15) | (b >>> 17);
    }
    a ^= second.length;
    a = Math.imul(a ^ (b >>> 16), M2);
    b = Math.imul(b ^ (a >>> 15), M3);
    a = Math.imul(a ^ (b >>> 13), M1);
    b ^= b >>> 16;
    this.high = (a ^ (a >>> 16)) >>> 0;
    this.low = b >>> 0;
    // Zero marks an empty slot.
    if (this.high === 0 && this.low === 0) this.low = 1;
  }
}

/** 32 hexadecimal digits that name a pair of an account for ever: the same pair has the same ones. */
export class PairNames {
  private readonly left: PairHash;
  private readonly right: PairHash;

  constructor(key: string) {
    this.left = new PairHash(key, "consent-name-left");
    this.right = new PairHash(key, "consent-name-right");
  }

  nameOf(accountSid: string, scope: string, recipient: string): string {
    const pair = `${scope}|${recipient}`;
    this.left.take(accountSid, pair);
    this.right.take(accountSid, pair);
    return hex(this.left.high) + hex(this.left.low) + hex(this.right.high) + hex(this.right.low);
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");

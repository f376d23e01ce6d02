import { assert } from "./assert.ts";

/** Two capital letters and 32 hexadecimal digits, for example `SM0192…`. */
export type Sid = string;

const SID_PATTERN = /^[A-Z]{2}[0-9a-f]{32}$/;

/** True for two capital letters followed by 32 lower-case hexadecimal digits, with `prefix` if one is given. */
export function isSid(text: string, prefix?: string): boolean {
  return SID_PATTERN.test(text) && (prefix === undefined || text.startsWith(prefix));
}

/**
 * Mints SIDs: a two-letter prefix and a UUIDv7 in hex (RFC 9562 §5.7), strictly
 * increasing within one minter, so that indexes and paging follow time.
 *
 * `rand_a` (12 bits) and the top 14 bits of `rand_b` are a counter within the
 * millisecond (RFC 9562 §6.2 method 1); the rest is random.
 */
export class SidMinter {
  private readonly nowMs: () => number;
  private readonly randomBytes: (count: number) => Uint8Array;
  private lastMs = 0;
  private counter = 0;
  private pool: Uint8Array = new Uint8Array(0);
  private poolAt = 0;

  constructor(nowMs: () => number, randomBytes: (count: number) => Uint8Array) {
    this.nowMs = nowMs;
    this.randomBytes = randomBytes;
  }

  /** Mints the next SID, for example `mint("SM")`. */
  mint(prefix: string): Sid {
    assert(/^[A-Z]{2}$/.test(prefix), `SID prefix ${prefix}`);
    const now = this.nowMs();
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = 0;
    } else {
      this.counter += 1;
      if (this.counter > 0x3ffffff) {
        this.lastMs += 1;
        this.counter = 0;
      }
    }
    const random = this.takeRandom();
    const time = this.lastMs.toString(16).padStart(12, "0");
    const high = (this.counter >>> 14).toString(16).padStart(3, "0");
    const low = (0x8000 | (this.counter & 0x3fff)).toString(16);
    return `${prefix}${time}7${high}${low}${random}`;
  }

  private takeRandom(): string {
    if (this.poolAt + 6 > this.pool.length) {
      this.pool = this.randomBytes(6 * 256);
      this.poolAt = 0;
    }
    let hex = "";
    for (let i = 0; i < 6; i += 1) hex += HEX[this.pool[this.poolAt + i] ?? 0];
    this.poolAt += 6;
    return hex;
  }
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** The millisecond at which a SID was minted, or `undefined` for one that is no UUIDv7. */
export function sidTimeMs(sid: Sid): number | undefined {
  if (!isSid(sid) || sid[14] !== "7") return undefined;
  return Number.parseInt(sid.slice(2, 14), 16);
}

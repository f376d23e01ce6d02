import { assert } from "./assert.ts";
import { HINT_VALUES, type CellHints } from "./cell-hints.ts";

/** Two capital letters and 32 hexadecimal digits, for example `SM0192…`. */
export type Sid = string;

const SID_PATTERN = /^[A-Z]{2}[0-9a-f]{32}$/;

/** True for two capital letters followed by 32 lower-case hexadecimal digits, with `prefix` if one is given. */
export function isSid(text: string, prefix?: string): boolean {
  return SID_PATTERN.test(text) && (prefix === undefined || text.startsWith(prefix));
}

/** The cell that mints, whose number its SIDs carry. */
export interface MintingCell {
  /** 1 to 4,095. */
  readonly cellNumber: number;
  readonly hints: CellHints;
}

/**
 * Mints SIDs: a two-letter prefix and a UUIDv7 in hex (RFC 9562 §5.7), strictly
 * increasing within one minter, so that indexes and paging follow time.
 *
 * `rand_a` (12 bits) and the top 14 bits of `rand_b` are a counter within the
 * millisecond (RFC 9562 §6.2 method 1); the rest is random. With a cell, the first
 * 12 of these 48 bits are its {@link CellHints}.
 */
export class SidMinter {
  private readonly nowMs: () => number;
  private readonly randomBytes: (count: number) => Uint8Array;
  private readonly cell: MintingCell | undefined;
  private lastMs = 0;
  private counter = 0;
  private time = "";
  private pool: Uint8Array = new Uint8Array(0);
  private poolAt = 0;

  constructor(nowMs: () => number, randomBytes: (count: number) => Uint8Array, cell?: MintingCell) {
    assert(cell === undefined || isCellNumber(cell.cellNumber), `cell number ${cell?.cellNumber}`);
    this.nowMs = nowMs;
    this.randomBytes = randomBytes;
    this.cell = cell;
  }

  /** Mints the next SID, for example `mint("SM")`. */
  mint(prefix: string): Sid {
    assert(isPrefix(prefix), `SID prefix ${prefix}`);
    const now = this.nowMs();
    if (now > this.lastMs) this.turnTo(now);
    else if (this.counter < MAX_COUNTER) this.counter += 1;
    else this.turnTo(this.lastMs + 1);
    const { counter } = this;
    const high = HEX[counter >>> 18] ?? "";
    const middle = DIGITS[(counter >>> 14) & 15] ?? "";
    const low = (HEX[0x80 | ((counter >>> 8) & 0x3f)] ?? "") + (HEX[counter & 0xff] ?? "");
    return prefix + this.time + high + middle + low + this.takeRandom();
  }

  private turnTo(ms: number): void {
    this.lastMs = ms;
    this.counter = 0;
    this.time = `${ms.toString(16).padStart(12, "0")}7`;
  }

  private takeRandom(): string {
    if (this.poolAt + RANDOM_OCTETS > this.pool.length) {
      this.pool = this.randomBytes(RANDOM_OCTETS * 256);
      this.poolAt = 0;
    }
    const { pool, poolAt: at, cell } = this;
    this.poolAt += RANDOM_OCTETS;
    let first = pool[at] ?? 0;
    let second = pool[at + 1] ?? 0;
    const third = pool[at + 2] ?? 0;
    const fourth = pool[at + 3] ?? 0;
    const fifth = pool[at + 4] ?? 0;
    if (cell !== undefined) {
      const tweak = ((second & 15) << 24) | (third << 16) | (fourth << 8) | fifth;
      const hint = cell.hints.hint(cell.cellNumber, tweak);
      first = hint >>> 4;
      second = ((hint & 15) << 4) | (second & 15);
    }
    const last = pool[at + 5] ?? 0;
    const start = (HEX[first] ?? "") + (HEX[second] ?? "") + (HEX[third] ?? "");
    return start + (HEX[fourth] ?? "") + (HEX[fifth] ?? "") + (HEX[last] ?? "");
  }
}

const MAX_COUNTER = 0x3ffffff;
const RANDOM_OCTETS = 6;
const DIGITS = Array.from({ length: 16 }, (_, value) => value.toString(16));
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

function isCellNumber(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < HINT_VALUES;
}

function isPrefix(prefix: string): boolean {
  const first = prefix.charCodeAt(0);
  const second = prefix.charCodeAt(1);
  return prefix.length === 2 && first >= 65 && first <= 90 && second >= 65 && second <= 90;
}

/** The millisecond at which a SID was minted, or `undefined` for one that is no UUIDv7. */
export function sidTimeMs(sid: Sid): number | undefined {
  if (!isSid(sid) || sid[14] !== "7") return undefined;
  return Number.parseInt(sid.slice(2, 14), 16);
}

import type { PduField } from "./timeline-data.ts";

const ROW_OCTETS = 16;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** One octet as the hex view shows it. */
export interface HexOctet {
  readonly index: number;
  readonly hex: string;
  readonly character: string;
}

/** One line of a hex view. */
export interface HexRow {
  /** Where it begins, as four hexadecimal digits. */
  readonly offset: string;
  readonly octets: readonly HexOctet[];
}

/** Octets in hexadecimal, cut into lines of sixteen. At most `max` octets. */
export function hexRows(hex: string, max: number): HexRow[] {
  const count = Math.min(Math.floor(hex.length / 2), max);
  const rows: HexRow[] = [];
  for (let start = 0; start < count; start += ROW_OCTETS) {
    const octets: HexOctet[] = [];
    for (let index = start; index < Math.min(count, start + ROW_OCTETS); index += 1) {
      const pair = hex.slice(index * 2, index * 2 + 2);
      const value = Number.parseInt(pair, 16);
      const isPrintable = value >= FIRST_PRINTABLE && value <= LAST_PRINTABLE;
      octets.push({ index, hex: pair, character: isPrintable ? String.fromCharCode(value) : "·" });
    }
    rows.push({ offset: start.toString(16).padStart(4, "0"), octets });
  }
  return rows;
}

/** The field that an octet belongs to; the narrowest where they lie in each other. */
export function fieldAt(fields: readonly PduField[], index: number): number | undefined {
  let found: number | undefined;
  let least = Infinity;
  for (const [at, { offset, length }] of fields.entries()) {
    if (offset === null || length === null || index < offset || index >= offset + length) continue;
    if (length >= least) continue;
    least = length;
    found = at;
  }
  return found;
}

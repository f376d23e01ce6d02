/**
 * Ids of lines. They are made while a record is applied, and again whenever the log is
 * replayed, so they depend on the record alone: a UUIDv7 (RFC 9562 §5.7) with the record's
 * time, whose 74 free bits hold, from the top, 46 bits of the place in the log and 28 of the
 * cell's name. Within a cell they are in order of the log.
 */

/** Places between two octets of the log: a record of n octets has 16 n of them for its lines. */
const PLACES = 16;
const MAX_PLACE = 2 ** 46;
const HEX16: readonly string[] = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, "0"));
/** RFC 9562 §4.1: the variant's bits 10, and two of ours. */
const VARIANTS = "89ab";

/** Where a line comes from. */
export interface LineOrigin {
  readonly atMs: number;
  /** Of its record in the log. */
  readonly offset: number;
  /** The how-manieth line of its record. */
  readonly index: number;
}

/** What makes the ids of a cell. */
export function lineIds(cell: string): (origin: LineOrigin) => string {
  const tail = (nameHash(cell) % 2 ** 28).toString(16).padStart(7, "0");
  let lastMs = -1;
  let time = "";
  return ({ atMs, offset, index }) => {
    if (atMs !== lastMs) {
      const digits = atMs.toString(16).padStart(12, "0");
      time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
      lastMs = atMs;
    }
    const place = (offset * PLACES + index) % MAX_PLACE;
    const top = Math.floor(place / 2 ** 32);
    const low = place % 2 ** 32;
    const high16 = HEX16[Math.floor(low / 65_536)] ?? "";
    const low16 = HEX16[low % 65_536] ?? "";
    // 12 bits, the variant's nibble with 2 more, and 32: 8-4-4-4-12 digits.
    const head = `${time}${(HEX16[top >> 2] ?? "").slice(1)}-${VARIANTS[top & 3]}${high16.slice(0, 3)}-`;
    return head + high16.slice(3) + low16 + tail;
  };
}

/** The least id of a moment: what is older has a smaller one. */
export function firstLineIdAt(ms: number): string {
  const held = Math.min(Math.max(0, Math.floor(ms)), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, "0");
  return `${held.slice(0, 8)}-${held.slice(8)}-0000-0000-000000000000`;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function nameHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** How message ids are written: in which base, and whether with leading zeros. */
export type IdBase = "decimal" | "hex" | "padded-decimal" | "padded-hex";

/** Characters of an id with leading zeros. */
const PADDED_CHARACTERS = 20;

/** In which base a carrier writes ids in its responses and in its receipts; real ones differ. */
export interface IdBases {
  readonly response: IdBase;
  readonly receipt: IdBase;
}

const IDS_PER_MS = 1_000;

/**
 * Message ids that are unique across restarts without being stored: they count up
 * from the time at which the carrier started, in thousandths of a millisecond.
 */
export class MessageIds {
  private last: number;

  constructor(nowMs: number) {
    this.last = nowMs * IDS_PER_MS;
  }

  /** The next id, in decimal. */
  next(): string {
    this.last += 1;
    return String(this.last);
  }
}

/** An id of {@link MessageIds} in the given base. */
export function showId(id: string, base: IdBase): string {
  const digits = isDecimal(base) ? id : Number(id).toString(16).toUpperCase();
  return base.startsWith("padded") ? digits.padStart(PADDED_CHARACTERS, "0") : digits;
}

function isDecimal(base: IdBase): boolean {
  return base === "decimal" || base === "padded-decimal";
}

/** The decimal id behind one that an application names, or `undefined` for none of ours. */
export function readId(shown: string, base: IdBase): string | undefined {
  const digits = base.startsWith("padded") ? shown.replace(/^0+/, "") : shown;
  if (shown.length > PADDED_CHARACTERS) return undefined;
  if (isDecimal(base)) return /^\d{1,16}$/.test(digits) ? digits : undefined;
  return /^[0-9a-fA-F]{1,14}$/.test(digits) ? String(Number.parseInt(digits, 16)) : undefined;
}

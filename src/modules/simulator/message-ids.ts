/** The base in which message ids are written. */
export type IdBase = "decimal" | "hex";

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
  return base === "decimal" ? id : Number(id).toString(16).toUpperCase();
}

/** The decimal id behind one that an application names, or `undefined` for none of ours. */
export function readId(shown: string, base: IdBase): string | undefined {
  if (base === "decimal") return /^\d{1,16}$/.test(shown) ? shown : undefined;
  return /^[0-9a-fA-F]{1,14}$/.test(shown) ? String(Number.parseInt(shown, 16)) : undefined;
}

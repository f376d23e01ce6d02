import { keyOfRow, type PriceRow } from "./document.ts";

/** A row whose price is another one. */
export interface ChangedRow {
  readonly before: PriceRow;
  readonly after: PriceRow;
}

/** What became of one table in another. The lists hold the first ones; the counts are of all. */
export interface PriceComparison {
  readonly addedCount: number;
  readonly removedCount: number;
  readonly changedCount: number;
  readonly sameCount: number;
  readonly added: readonly PriceRow[];
  readonly removed: readonly PriceRow[];
  readonly changed: readonly ChangedRow[];
}

/** Rows of each kind that a comparison lists. */
export const MAX_LISTED = 1_000;
const SLICE_ROWS = 5_000;

/** Compares two tables row by row, whatever their order. */
export async function comparePrices(
  before: AsyncIterable<PriceRow>,
  after: AsyncIterable<PriceRow>,
  pause: () => Promise<void>,
): Promise<PriceComparison> {
  const left = new Map<string, PriceRow>();
  let seen = 0;
  const breathe = async (): Promise<void> => {
    seen += 1;
    if (seen % SLICE_ROWS === 0) await pause();
  };
  for await (const row of before) {
    left.set(keyOfRow(row), row);
    await breathe();
  }
  const added: PriceRow[] = [];
  const changed: ChangedRow[] = [];
  const counts = { added: 0, changed: 0, same: 0 };
  for await (const row of after) {
    const key = keyOfRow(row);
    const old = left.get(key);
    left.delete(key);
    if (old === undefined) {
      counts.added += 1;
      if (added.length < MAX_LISTED) added.push(row);
    } else if (old.priceMicros !== row.priceMicros || old.name !== row.name) {
      counts.changed += 1;
      if (changed.length < MAX_LISTED) changed.push({ before: old, after: row });
    } else {
      counts.same += 1;
    }
    await breathe();
  }
  return {
    addedCount: counts.added,
    removedCount: left.size,
    changedCount: counts.changed,
    sameCount: counts.same,
    added,
    removed: [...left.values()].slice(0, MAX_LISTED),
    changed,
  };
}

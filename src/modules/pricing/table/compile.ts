import { csvOfRow } from "./csv.ts";
import { Destinations } from "./destinations.ts";
import { keyOfRow, PRICE_LIMITS, type PriceHead, type PriceRow } from "./document.ts";
import { refusePrice } from "./read-row.ts";

/** Adds up a content hash; the entry makes it of SHA-256. */
export interface ContentHash {
  update(text: string): void;
  /** 64 hexadecimal digits. */
  digest(): string;
}

/** Fees by the name of our carrier, `*` for all others. */
export type Fees = Readonly<Record<string, number>>;

/** What a channel and direction costs, by destination. */
export interface MessagePrices {
  readonly unit: Destinations<number>;
  readonly fees: Destinations<Fees>;
  readonly attempt: Destinations<number>;
  readonly failed: Destinations<number>;
}

/** A table as quotes are made of it. It never changes. */
export interface CompiledPrices {
  readonly version: number;
  readonly hash: string;
  readonly head: PriceHead;
  readonly rowCount: number;
  /** `sms outbound` … */
  readonly messages: Readonly<Record<string, MessagePrices>>;
  readonly categories: ReadonlyMap<string, number>;
  readonly numbers: Destinations<number>;
  /** What the APIs show of a country: every row that names it, in the table's order. */
  readonly byCountry: ReadonlyMap<string, readonly PriceRow[]>;
}

/** A few milliseconds' work. */
const SLICE_ROWS = 500;

/** What is needed to compile a table beside its rows. */
export interface CompileOptions {
  readonly version: number;
  readonly head: PriceHead;
  readonly hash: ContentHash;
  /** Lets everything else run; called every few milliseconds. */
  readonly pause: () => Promise<void>;
}

/** A row, and where it stands for whoever wrote it. */
export interface PlacedRow {
  readonly row: PriceRow;
  readonly path: string;
}

/** Compiles rows into a table. Throws `tableInvalid` where a row repeats, or there are too many. */
export async function compilePrices(
  rows: Iterable<PlacedRow> | AsyncIterable<PlacedRow>,
  { version, head, hash, pause }: CompileOptions,
): Promise<CompiledPrices> {
  const places = new Map<string, string>();
  const building = {
    messages: {
      "sms outbound": newMessagePrices(),
      "sms inbound": newMessagePrices(),
      "mms outbound": newMessagePrices(),
      "mms inbound": newMessagePrices(),
    } as Record<string, MessagePrices>,
    categories: new Map<string, number>(),
    numbers: new Destinations<number>(),
    byCountry: new Map<string, PriceRow[]>(),
  };
  const rates = Object.entries(head.rates).toSorted(([a], [b]) => (a < b ? -1 : 1));
  hash.update(`${JSON.stringify([head.list, head.currency, rates])}\n`);
  let count = 0;
  for await (const { row, path } of rows) {
    const key = keyOfRow(row);
    const earlier = places.get(key);
    if (earlier !== undefined) refusePrice(path, `${earlier} has a price for the same`);
    if (count >= PRICE_LIMITS.rows) refusePrice(path, `there are more than ${PRICE_LIMITS.rows} rows`);
    places.set(key, path);
    // CSV says the same of the same row, however it was written, and is made quickly.
    hash.update(csvOfRow(row));
    addRow(building, row);
    count += 1;
    if (count % SLICE_ROWS === 0) await pause();
  }
  return { version, head, hash: hash.digest(), rowCount: count, ...building };
}

function newMessagePrices(): MessagePrices {
  return {
    unit: new Destinations(),
    fees: new Destinations(),
    attempt: new Destinations(),
    failed: new Destinations(),
  };
}

interface Building {
  readonly messages: Record<string, MessagePrices>;
  readonly categories: Map<string, number>;
  readonly numbers: Destinations<number>;
  readonly byCountry: Map<string, PriceRow[]>;
}

function addRow(building: Building, row: PriceRow): void {
  const { country, priceMicros } = row;
  if (country !== undefined) {
    const known = building.byCountry.get(country);
    if (known === undefined) building.byCountry.set(country, [row]);
    else known.push(row);
  }
  const prices = building.messages[`${row.channel} ${row.direction}`];
  switch (row.item) {
    case "message":
      return prices?.unit.set(row, priceMicros);
    case "attempt":
      return prices?.attempt.set(row, priceMicros);
    case "failed":
      return prices?.failed.set(row, priceMicros);
    case "carrier-fee":
      return prices?.fees.change(row, (fees = {}) => ({ ...fees, [row.via ?? "*"]: priceMicros }));
    case "number":
      return building.numbers.set(row, priceMicros);
    case "category":
      building.categories.set(row.category ?? "", priceMicros);
      return;
    default:
      // Calls are looked up by country and prefix when somebody asks; nothing is charged for them yet.
      return;
  }
}

/** Price tables as data: reading, writing, comparing and compiling them. */
export { comparePrices, type PriceComparison } from "./compare.ts";
export { compilePrices, type CompiledPrices, type ContentHash, type Fees, type PlacedRow } from "./compile.ts";
export { CSV_HEAD, csvOfRow, readCsv } from "./csv.ts";
export { DEFAULT_HEAD, defaultRows } from "./default-prices.ts";
export type { Place } from "./destinations.ts";
export {
  keyOfRow,
  PRICE_LIMITS,
  SENDERS,
  STANDARD_LIST,
  type PricedSender,
  type PriceHead,
  type PriceRow,
} from "./document.ts";
export { jsonOfRow, readHead, readRow, refusePrice, valuesOfJson } from "./read-row.ts";

/** What countries let be sent to them: a table with sources, and the operator's changes. */
export { CountryBook, type CountryOverride, type ReadyCountry } from "./country-book.ts";
export type * from "./country-rule.ts";
export { COUNTRY_TABLE } from "./country-table.ts";
export { nextAllowed } from "./next-allowed.ts";

import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import { microsToDecimal } from "../../kernel/money.ts";
import { BAD_PAGE_TOKEN, cutPage, type JsonObject, type Page, type Slice } from "../../platform/http/index.ts";
import type { PricingDeps } from "./deps.ts";
import type { PriceLayer, PricePlan } from "./price-plan.ts";
import { keyOfRow, type PricedSender, type PriceRow } from "./table/index.ts";

/** The kinds of numbers as the pricing APIs call them. */
export const NUMBER_TYPES: Readonly<Record<PricedSender, string>> = {
  local: "local",
  mobile: "mobile",
  tollfree: "toll free",
  shortcode: "shortcode",
  alphanumeric: "alphanumeric",
};

const NAMES = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** The English name of a country; `undefined` for what is none. */
export function countryName(code: string): string | undefined {
  return /^[A-Z]{2}$/.test(code) ? NAMES.of(code) : undefined;
}

/** What the caller pays by. */
export function planOfCall(
  { prices, currencyOf }: PricingDeps,
  { accountSid }: { readonly accountSid: string },
): PricePlan {
  return prices.planOf(accountSid, currencyOf(accountSid));
}

/** The rows of a country that are wanted: those of the account's own list first. */
export function rowsOfCountry(plan: PricePlan, country: string, isWanted: (row: PriceRow) => boolean): PriceRow[] {
  return plan.layers.flatMap(({ table }) => (table.byCountry.get(country) ?? []).filter(isWanted));
}

/** Finds the prices of a country's rows again by what they are prices of, without looking through them each time. */
export function pricesOfRows(
  plan: PricePlan,
  country: string,
  isWanted: (row: PriceRow) => boolean,
): (row: PriceRow) => { readonly base_price: string; readonly current_price: string } {
  const known = new Map<PriceLayer, ReadonlyMap<string, number>>();
  const pricesIn = (layer: PriceLayer): ReadonlyMap<string, number> => {
    let prices = known.get(layer);
    if (prices === undefined) {
      const rows = (layer.table.byCountry.get(country) ?? []).filter(isWanted);
      prices = new Map(rows.map((row) => [keyOfRow(row), layer.charge(row.priceMicros)]));
      known.set(layer, prices);
    }
    return prices;
  };
  return (row) => {
    const key = keyOfRow(row);
    const price = viewPrice(plan, (layer) => pricesIn(layer).get(key));
    assert(price !== undefined, `the row ${key} has a price`);
    return price;
  };
}

/** A list price and what the caller pays, as the APIs write them; `undefined` where it has no price. */
export function viewPrice(
  plan: PricePlan,
  priceOf: (layer: PriceLayer) => number | undefined,
): { readonly base_price: string; readonly current_price: string } | undefined {
  let current: number | undefined;
  for (const layer of plan.layers) {
    current = priceOf(layer);
    if (current !== undefined) break;
  }
  if (current === undefined) return undefined;
  const base = plan.listed === undefined ? undefined : priceOf(plan.listed);
  return { base_price: microsToDecimal(base ?? current), current_price: microsToDecimal(current) };
}

/** The countries of which some row is wanted, by their code. */
export function countriesOf(plan: PricePlan, isWanted: (row: PriceRow) => boolean): string[] {
  const found = new Set<string>();
  for (const { table } of plan.layers) {
    for (const [country, rows] of table.byCountry) {
      if (!found.has(country) && countryName(country) !== undefined && rows.some(isWanted)) found.add(country);
    }
  }
  return [...found].toSorted();
}

/** A page of countries; the cursor is a country's code. */
export function pageOfCountries(countries: readonly string[], asked: Slice): Page<string> {
  const { limit, cursor, direction } = asked;
  if (cursor !== undefined && !/^[A-Z]{2}$/.test(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  if (direction === "next") {
    const after = cursor === undefined ? countries : countries.filter((country) => country > cursor);
    return cutPage(after.slice(0, limit + 1), asked, (country) => country);
  }
  const before = countries.filter((country) => country < (cursor ?? ""));
  return cutPage(before.slice(-limit - 1), asked, (country) => country);
}

/** A country in a list. */
export function viewCountry(country: string, call: { readonly baseUrl: string }, path: string): JsonObject {
  return { country: countryName(country) ?? country, iso_country: country, url: `${call.baseUrl}${path}/${country}` };
}

import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { FACT_COLUMNS, readFacts } from "./number-facts.ts";
import { FREE, openTo } from "./number.store.ts";
import type { InventoryNumber, PhoneNumberKind } from "./phone-number.ts";

/** A circle on the earth. */
export interface Circle {
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusMiles: number;
}

/** What a search of free numbers is asked for. */
export interface NumberSearch {
  readonly country: string;
  readonly kind: PhoneNumberKind;
  /** `LIKE` patterns over the number; all must match. */
  readonly patterns: readonly string[];
  /** What the number ends with, digit by digit. */
  readonly ending?: string | undefined;
  readonly region?: string | undefined;
  readonly locality?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly rateCenter?: string | undefined;
  readonly lata?: string | undefined;
  readonly near?: Circle | undefined;
  readonly sms?: boolean | undefined;
  readonly mms?: boolean | undefined;
  readonly voice?: boolean | undefined;
  readonly fax?: boolean | undefined;
  readonly beta?: boolean | undefined;
  /** Needs that a number must not have. */
  readonly withoutAddress: readonly ("any" | "local" | "foreign")[];
}

/** A search put into SQL: conditions over the columns of facts, and the values of their parameters. */
export interface SearchSql {
  readonly conditions: string[];
  readonly values: unknown[];
}

const MILES_PER_DEGREE = 69;
const EARTH_RADIUS_MILES = 3_959;
/** Near the poles all meridians meet. */
const MIN_COSINE = 0.01;

/** The conditions of a search, whose parameters begin after `values`. */
export function searchSql(search: NumberSearch, values: readonly unknown[]): SearchSql {
  const sql: SearchSql = { conditions: [], values: [...values] };
  const param = (value: unknown): string => `$${sql.values.push(value)}`;
  const add = (condition: string, value: unknown): void => {
    if (value !== undefined) sql.conditions.push(`${condition} ${param(value)}`);
  };
  add("country =", search.country);
  add("kind =", search.kind);
  for (const pattern of search.patterns) add("number like", pattern);
  if (search.ending !== undefined) add("reverse(number) like", `${Array.from(search.ending).toReversed().join("")}%`);
  add("region =", search.region);
  add("lower(locality) =", search.locality?.toLowerCase());
  add("postal_code =", search.postalCode?.toUpperCase());
  add("upper(rate_center) =", search.rateCenter?.toUpperCase());
  add("lata =", search.lata);
  for (const trait of ["sms", "mms", "voice", "fax", "beta"] as const) add(`${trait} =`, search[trait]);
  if (search.withoutAddress.length > 0) {
    sql.conditions.push(`address_requirements <> all (${param(search.withoutAddress)}::text[])`);
  }
  if (search.near !== undefined) addCircle(sql, search.near, param);
  return sql;
}

/** First a box, which an index finds, and of that what lies within the circle (haversine). */
function addCircle(sql: SearchSql, { latitude, longitude, radiusMiles }: Circle, param: (value: unknown) => string) {
  const high = radiusMiles / MILES_PER_DEGREE;
  const wide = high / Math.max(Math.cos((latitude * Math.PI) / 180), MIN_COSINE);
  const [lat, lng] = [`${param(latitude)}::float8`, `${param(longitude)}::float8`];
  sql.conditions.push(
    `latitude between ${param(latitude - high)} and ${param(latitude + high)}`,
    `longitude between ${param(longitude - wide)} and ${param(longitude + wide)}`,
    `2 * ${EARTH_RADIUS_MILES} * asin(sqrt(least(1, power(sin(radians(latitude - ${lat}) / 2), 2)
       + cos(radians(${lat})) * cos(radians(latitude)) * power(sin(radians(longitude - ${lng}) / 2), 2))))
       <= ${param(radiusMiles)}`,
  );
}

/**
 * Free numbers of this cell that match and that the account may have, at most `limit`, in
 * the order of the numbers. The numbers alone are found in an index first, so that a
 * pattern that few match reads no rows of those that do not.
 */
export async function searchNumbers(
  database: DatabaseSession,
  search: NumberSearch,
  asked: { readonly accountSid: string; readonly atMs: number; readonly limit: number },
): Promise<InventoryNumber[]> {
  const { conditions, values } = searchSql(search, [asked.limit, new Date(asked.atMs), asked.accountSid]);
  const rows = await database.query<Row>(
    `with found as materialized (
       select number from phone_numbers where ${FREE} and ${conditions.join(" and ")} and ${openTo("$3", "$2")}
       order by number limit $1)
     select ${FACT_COLUMNS} from phone_numbers join found using (number) order by number`,
    values,
  );
  return rows.map(readFacts);
}

/** A country that the inventory has numbers of, sold or not. */
export interface InventoryCountry {
  readonly country: string;
  readonly kinds: readonly PhoneNumberKind[];
  /** All of its numbers are new to the platform. */
  readonly beta: boolean;
}

/**
 * The countries and kinds of an inventory, or of the country asked for. Jumps from one
 * country and kind to the next in the index: a million numbers are as quick as ten.
 */
export async function listKinds(
  database: DatabaseSession,
  table: "phone_numbers" | "number_pool",
  country?: string,
): Promise<{ readonly country: string; readonly kind: PhoneNumberKind }[]> {
  const counted = table === "phone_numbers" ? "configured and kind <> 'shortcode'" : "cell is null";
  return database.query<{ country: string; kind: PhoneNumberKind }>(
    `with recursive jumps as (
       (select country, kind from ${table} where ${counted} and country >= coalesce($1, '')
        order by country, kind limit 1)
       union all
       select next.country, next.kind from jumps cross join lateral
         (select country, kind from ${table} where ${counted} and (country, kind) > (jumps.country, jumps.kind)
          order by country, kind limit 1) as next)
     select country, kind from jumps where $1::text is null or country = $1 order by country, kind`,
    [country ?? null],
  );
}

/** The countries of lists of kinds, in the order of their codes. */
export function countriesOf(
  kinds: readonly { readonly country: string; readonly kind: PhoneNumberKind }[],
): InventoryCountry[] {
  const found = new Map<string, Set<PhoneNumberKind>>();
  for (const { country, kind } of kinds) found.set(country, (found.get(country) ?? new Set()).add(kind));
  return [...found]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([country, of]) => ({ country, kinds: [...of].toSorted(), beta: false }));
}

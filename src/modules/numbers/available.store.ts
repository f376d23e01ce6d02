import type { Database } from "../../platform/ports.ts";
import type { InventoryNumber, PhoneNumberKind } from "./phone-number.ts";

/** What a search of free numbers is asked for. */
export interface NumberSearch {
  readonly country: string;
  readonly kind: PhoneNumberKind;
  /** `LIKE` patterns over the number; all must match. */
  readonly patterns: readonly string[];
  readonly region: string | undefined;
  readonly sms: boolean | undefined;
  readonly mms: boolean | undefined;
  readonly voice: boolean | undefined;
}

/** Free numbers that match, at most `limit`, in the order of the numbers. */
export function searchNumbers(database: Database, search: NumberSearch, limit: number): Promise<InventoryNumber[]> {
  const values: unknown[] = [search.country, search.kind, limit];
  const conditions = ["account_sid is null", "configured", "country = $1", "kind = $2"];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  };
  for (const pattern of search.patterns) add("number like", pattern);
  if (search.region !== undefined) add("region =", search.region);
  if (search.sms !== undefined) add("sms =", search.sms);
  if (search.mms !== undefined) add("mms =", search.mms);
  if (search.voice !== undefined) add("voice =", search.voice);
  return database.query<InventoryNumber & Record<string, unknown>>(
    `select number, country, region, kind, sms, mms, voice from phone_numbers
     where ${conditions.join(" and ")} order by number limit $3`,
    values,
  );
}

/** A country that the inventory has numbers of, sold or not. */
export interface InventoryCountry {
  readonly country: string;
  readonly kinds: readonly PhoneNumberKind[];
}

/** The countries of the inventory, or the one asked for, in the order of their codes. Short codes do not count. */
export function listCountries(database: Database, country?: string): Promise<InventoryCountry[]> {
  return database.query<InventoryCountry & Record<string, unknown>>(
    `select country, array_agg(distinct kind order by kind) as kinds from phone_numbers
     where configured and country is not null and kind <> 'shortcode' and ($1::text is null or country = $1)
     group by country order by country`,
    [country ?? null],
  );
}

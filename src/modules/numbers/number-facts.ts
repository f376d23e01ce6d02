import type { Row } from "../../platform/ports.ts";
import type { InventoryNumber } from "./phone-number.ts";

/**
 * What is known of a number whoever has it, as tables keep it: `phone_numbers` of a cell
 * and `number_pool` of the control plane have these columns alike.
 */
const FACTS = [
  ["number", "text", "number"],
  ["country", "text", "country"],
  ["region", "text", "region"],
  ["kind", "text", "kind"],
  ["sms", "bool", "sms"],
  ["mms", "bool", "mms"],
  ["voice", "bool", "voice"],
  ["fax", "bool", "fax"],
  ["beta", "bool", "beta"],
  ["locality", "text", "locality"],
  ["postal_code", "text", "postalCode"],
  ["rate_center", "text", "rateCenter"],
  ["lata", "text", "lata"],
  ["latitude", "float8", "latitude"],
  ["longitude", "float8", "longitude"],
  ["address_requirements", "text", "addressRequirements"],
  ["bundle_required", "bool", "bundleRequired"],
] as const satisfies readonly (readonly [column: string, type: string, key: keyof InventoryNumber])[];

/** The columns, for `select` and `insert`. */
export const FACT_COLUMNS = FACTS.map(([column]) => column).join(", ");

/** How many parameters {@link factArrays} takes. */
export const FACT_COUNT = FACTS.length;

/** Rows of many numbers for `from`, as arrays from the parameter `$1` on; further columns of the given types follow. */
export function factRows(...more: readonly string[]): string {
  const types = [...FACTS.map(([, type]) => type as string), ...more];
  return `unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")})`;
}

/** `column = excluded.column` for all but the number. */
export const FACT_UPDATES = FACTS.slice(1)
  .map(([column]) => `${column} = excluded.${column}`)
  .join(", ");

/** `t.a, t.b …`, for comparing. */
export function factsOf(alias: string): string {
  return FACTS.map(([column]) => `${alias}.${column}`).join(", ");
}

/** The first parameters of {@link factRows}. */
export function factArrays(numbers: readonly InventoryNumber[]): unknown[] {
  return FACTS.map(([, , key]) => numbers.map((number) => number[key]));
}

/** The facts that stand in a row. */
export function readFacts(row: Row): InventoryNumber {
  return Object.fromEntries(FACTS.map(([column, , key]) => [key, row[column]])) as unknown as InventoryNumber;
}

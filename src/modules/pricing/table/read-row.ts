import { AppError } from "../../../kernel/errors.ts";
import { microsToDecimal } from "../../../kernel/money.ts";
import { countryOf } from "../../../protocols/e164/index.ts";
import { pricingErrors } from "../errors.ts";
import {
  CHANNELS,
  COLUMNS,
  DIRECTIONS,
  ITEMS,
  PRICE_LIMITS,
  SENDERS,
  type PricedItem,
  type PriceHead,
  type PriceRow,
} from "./document.ts";

type Column = (typeof COLUMNS)[number];
/** The values of a row as they were given, all text; what is absent or empty counts as not given. */
export type RowValues = Readonly<Partial<Record<Column, string>>>;

const MAX_SHOWN_CHARACTERS = 60;

/** Throws the error for a place in a table: `rows[3].price`. */
export function refusePrice(path: string, reason: string): never {
  throw new AppError(pricingErrors.tableInvalid, { path, reason });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** What each item needs, may have beside, and nothing else. */
const SHAPES: Readonly<Record<PricedItem, { readonly needs: readonly Column[]; readonly takes: readonly Column[] }>> = {
  message: { needs: ["channel", "direction"], takes: ["country", "network", "prefix", "sender", "name"] },
  "carrier-fee": { needs: ["channel", "direction"], takes: ["country", "network", "prefix", "sender", "via", "name"] },
  attempt: { needs: ["channel", "direction"], takes: ["country", "network", "prefix", "sender", "name"] },
  failed: { needs: ["channel", "direction"], takes: ["country", "network", "prefix", "sender", "name"] },
  number: { needs: ["sender"], takes: ["country", "name"] },
  category: { needs: ["category"], takes: ["name"] },
  call: { needs: ["direction"], takes: ["country", "prefix", "origin", "sender", "name"] },
  trunk: { needs: ["direction"], takes: ["country", "prefix", "origin", "sender", "name"] },
};

const PATTERNS: Readonly<Partial<Record<Column, { readonly pattern: RegExp; readonly expected: string }>>> = {
  country: { pattern: /^[A-Z]{2}$/, expected: "two capital letters" },
  network: { pattern: /^(\d{5,6}|[A-Z]{2}:[^|]{1,60})$/, expected: "MCC and MNC, or a network's code" },
  prefix: { pattern: /^[1-9]\d{0,14}$/, expected: "1 to 15 digits without plus" },
  origin: { pattern: /^[1-9]\d{0,14}$/, expected: "1 to 15 digits without plus" },
  via: { pattern: /^\w[\w.-]{0,63}$/, expected: "a carrier's name" },
  category: { pattern: /^[a-z0-9][a-z0-9-]{0,99}$/, expected: "a usage category" },
  // What a spreadsheet would take for a formula, and a terminal for a command, is kept out.
  name: { pattern: /^(?![=+\-@])[^\p{Cc}|]{1,100}$/u, expected: "a name of at most 100 characters" },
};

const WORDS: Readonly<Partial<Record<Column, readonly string[]>>> = {
  item: ITEMS,
  channel: CHANNELS,
  direction: DIRECTIONS,
  sender: SENDERS,
};

/** Reads and checks one row. `*` says the same as nothing. Throws `tableInvalid` with the place. */
export function readRow(values: RowValues, path: string): PriceRow {
  const row: Record<string, string | number> = {};
  for (const column of COLUMNS) {
    const value = values[column];
    if (value === undefined || value === "" || value === "*" || column === "price") continue;
    row[column] = readValue(column, value, path);
  }
  const item = row["item"] as PricedItem | undefined;
  if (item === undefined) refusePrice(`${path}.item`, `one of ${ITEMS.join(", ")} is expected`);
  checkShape(item, row, path);
  checkPlace(item, row, path);
  row["priceMicros"] = readMicros(values.price, `${path}.price`);
  return row as unknown as PriceRow;
}

function readValue(column: Column, value: string, path: string): string {
  const words = WORDS[column];
  if (words !== undefined && !words.includes(value)) {
    refusePrice(`${path}.${column}`, `one of ${words.join(", ")} is expected, not ${shown(value)}`);
  }
  const form = PATTERNS[column];
  if (form !== undefined && !form.pattern.test(value)) {
    refusePrice(`${path}.${column}`, `${form.expected} is expected, not ${shown(value)}`);
  }
  return value;
}

function checkShape(item: PricedItem, row: Readonly<Record<string, unknown>>, path: string): void {
  const { needs, takes } = SHAPES[item];
  for (const column of needs) if (row[column] === undefined) refusePrice(`${path}.${column}`, `a ${item} needs it`);
  for (const column of Object.keys(row)) {
    if (column !== "item" && !needs.includes(column as Column) && !takes.includes(column as Column)) {
      refusePrice(`${path}.${column}`, `a ${item} has none`);
    }
  }
}

function checkPlace(item: PricedItem, row: Record<string, string | number>, path: string): void {
  const { network, prefix, country, direction, origin } = row;
  if (network !== undefined && prefix !== undefined) refusePrice(`${path}.prefix`, "a network has none");
  if (network !== undefined && country === undefined) refusePrice(`${path}.country`, "a network needs it");
  if (prefix !== undefined) {
    const found = countryOf(`+${prefix}`);
    if (country === undefined && found !== undefined) row["country"] = found;
  }
  if (item !== "call" && item !== "trunk") return;
  if (direction === "outbound" && prefix === undefined) refusePrice(`${path}.prefix`, "an outbound call needs it");
  if (direction === "inbound" && country === undefined) refusePrice(`${path}.country`, "an inbound call needs it");
  if (direction === "inbound" && (prefix !== undefined || origin !== undefined)) {
    refusePrice(`${path}.prefix`, "an inbound call has none");
  }
}

const PRICE = /^(\d{1,7})(?:\.(\d{1,12}))?$/;

/** An exact number of micros from decimal text. */
export function readMicros(text: string | undefined, path: string): number {
  const match = PRICE.exec(text ?? "");
  if (match === null) refusePrice(path, `a price such as 0.0079 is expected, not ${shown(text)}`);
  const [, whole = "0", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(6))) refusePrice(path, `${shown(text)} is finer than a millionth`);
  const micros = Number(whole) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  if (micros > PRICE_LIMITS.priceMicros) refusePrice(path, `${shown(text)} is more than a million`);
  return micros;
}

/** A row of JSON as values of text. Throws `tableInvalid` with the place. */
export function valuesOfJson(value: unknown, path: string): RowValues {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refusePrice(path, `an object is expected, not ${shown(value)}`);
  }
  const values: Partial<Record<Column, string>> = {};
  for (const [name, member] of Object.entries(value)) {
    if (!COLUMNS.includes(name as Column)) refusePrice(path, `it has the unknown member ${shown(name)}`);
    if (member === null) continue;
    // A number of JSON is taken as it is written most shortly, so 0.1 is a tenth.
    const text = typeof member === "number" && name === "price" ? decimalText(member) : member;
    if (typeof text !== "string") refusePrice(`${path}.${name}`, `text is expected, not ${shown(member)}`);
    values[name as Column] = text;
  }
  return values;
}

function decimalText(number: number): string {
  const text = String(number);
  return /e-/.test(text) ? number.toFixed(12) : text;
}

/** A row as the API and the database have it. */
export function jsonOfRow(row: PriceRow): Record<string, string> {
  const json: Record<string, string> = {};
  for (const column of COLUMNS) {
    if (column === "price") json["price"] = microsToDecimal(row.priceMicros);
    else {
      const value = row[column];
      if (value !== undefined) json[column] = value;
    }
  }
  return json;
}

const CURRENCY = /^[A-Z]{3}$/;
const LIST = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Reads and checks what holds for a table as a whole. Throws `tableInvalid`. */
export function readHead(given: {
  readonly list: unknown;
  readonly currency: unknown;
  readonly rates: unknown;
}): PriceHead {
  const { list, currency, rates: givenRates = {} } = given;
  if (typeof list !== "string" || !LIST.test(list)) {
    refusePrice("list", `a name of small letters, digits, dots and dashes is expected, not ${shown(list)}`);
  }
  if (typeof currency !== "string" || !CURRENCY.test(currency)) {
    refusePrice("currency", `three capital letters are expected, not ${shown(currency)}`);
  }
  if (typeof givenRates !== "object" || givenRates === null || Array.isArray(givenRates)) {
    refusePrice("rates", `an object is expected, not ${shown(givenRates)}`);
  }
  const entries = Object.entries(givenRates as Record<string, unknown>);
  if (entries.length > PRICE_LIMITS.rates) refusePrice("rates", `there are more than ${PRICE_LIMITS.rates}`);
  const rates: Record<string, number> = {};
  for (const [name, rate] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!CURRENCY.test(name) || name === currency) refusePrice(`rates.${shown(name)}`, "another currency is expected");
    const text = typeof rate === "number" ? decimalText(rate) : rate;
    const micros = readMicros(typeof text === "string" ? text : undefined, `rates.${name}`);
    if (micros === 0) refusePrice(`rates.${name}`, "it is zero");
    rates[name] = micros;
  }
  return { list, currency, rates };
}

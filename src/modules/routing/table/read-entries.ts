/** Strict reading of the entries of a table: every error names the place. */
import { SENDER_KINDS, TRAFFIC_CLASSES } from "../request.ts";
import { HEALTH_INPUTS, INPUT_NAMES, ROUTE_INPUTS } from "../inputs/index.ts";
import type { CompiledCarrier, CompiledTable } from "./compiled-table.ts";
import { TABLE_FORMAT, TABLE_LIMITS, type OrderKey } from "./document.ts";
import { hashText } from "./hash-text.ts";
import {
  readBoolean,
  readHours,
  readList,
  readMask,
  readMembers,
  readNumber,
  readObject,
  readText,
  refuseTable,
  shown,
  type Members,
} from "./value-reader.ts";

const NAME = { pattern: /^[^\p{C}]{1,64}$/u, expected: `a text of 1 to ${TABLE_LIMITS.nameCharacters} characters` };
const CURRENCY = { pattern: /^[A-Z]{3}$/, expected: "a currency of three capital letters" };
const COUNTRY = { pattern: /^[A-Z]{2}$/, expected: "a country of two capital letters" };
const NETWORK = { pattern: /^(\d{5,6}|[A-Z]{2}:[^\p{C}]{1,61})$/u, expected: "MCC and MNC, or “GB:name”," };
const PREFIX = { pattern: /^[1-9]\d{0,14}$/, expected: "a prefix of 1 to 15 digits" };
const ORDER_KEYS: readonly OrderKey[] = ["specificity", "priority"];
const DEFAULT_WEIGHT = 100;
const MAX_POINTS = 1_000_000;
const MAX_VALUE = 1e9;

/** The members of a table that are no list of entries. */
export const HEAD_MEMBERS = ["format", "currency", "rates", "order", "quantum", "weights", "assumed"];

/** The head of a table, complete. */
export interface ReadHead extends Pick<CompiledTable, "currency" | "order" | "quantum" | "weights" | "assumed"> {
  readonly rates: ReadonlyMap<string, number>;
}

export function readHead(head: Members): ReadHead {
  if (head["format"] !== TABLE_FORMAT) refuseTable("format", `${shown(TABLE_FORMAT)} is expected`);
  const currency = readText(head["currency"], "currency", CURRENCY);
  const assumed = readMembers(head["assumed"] ?? {}, "assumed", ["acceptRatio", "deliveryRatio", "receiptLatencyMs"]);
  const ratio = { min: 0, max: 1 };
  return {
    currency,
    rates: readRates(head["rates"] ?? {}, currency),
    order: readOrder(head["order"]),
    quantum: readNumber(head["quantum"], "quantum", { min: 0.001, max: MAX_POINTS, fallback: 1 }),
    weights: readWeights(head["weights"] ?? {}),
    assumed: {
      acceptRatio: readNumber(assumed["acceptRatio"], "assumed.acceptRatio", { ...ratio, fallback: 1 }),
      deliveryRatio: readNumber(assumed["deliveryRatio"], "assumed.deliveryRatio", { ...ratio, fallback: 0.9 }),
      receiptLatencyMs: readNumber(assumed["receiptLatencyMs"], "assumed.receiptLatencyMs", {
        min: 1,
        max: 86_400_000,
        fallback: 4_096,
      }),
    },
  };
}

function readRates(value: unknown, base: string): ReadonlyMap<string, number> {
  const members = Object.entries(readObject(value, "rates"));
  if (members.length > TABLE_LIMITS.currencies) refuseTable("rates", `there are more than ${TABLE_LIMITS.currencies}`);
  const rates = new Map([[base, 1]]);
  for (const [currency, rate] of members) {
    const path = `rates.${shown(currency)}`;
    readText(currency, path, CURRENCY);
    if (currency === base) refuseTable(path, "it is the table's own currency");
    rates.set(currency, readNumber(rate, path, { min: 1e-9, max: 1e9 }));
  }
  return rates;
}

function readOrder(value: unknown): readonly OrderKey[] {
  const keys = readList(value, "order");
  for (const [index, key] of keys.entries()) {
    if (!ORDER_KEYS.includes(key as OrderKey)) {
      refuseTable(`order[${index}]`, `one of ${ORDER_KEYS.join(", ")} is expected, not ${shown(key)}`);
    }
    if (keys.indexOf(key) !== index) refuseTable(`order[${index}]`, `${shown(key)} is there twice`);
  }
  return keys as readonly OrderKey[];
}

function readWeights(value: unknown): ReadonlyMap<string, number> {
  const members = readMembers(value, "weights", INPUT_NAMES);
  return new Map(
    [...ROUTE_INPUTS, ...HEALTH_INPUTS].map(({ name, defaultWeight }) => {
      const form = { min: 0, max: MAX_POINTS, fallback: defaultWeight };
      return [name, readNumber(members[name], `weights.${name}`, form)];
    }),
  );
}

export function readCarrier(value: unknown, path: string, head: ReadHead): CompiledCarrier {
  const members = readMembers(value, path, ["name", "currency", "features", "capacityPerSecond"]);
  const features = readMembers(members["features"] ?? {}, `${path}.features`, ["concatenation", "ucs2", "receipts"]);
  const feature = (name: string): boolean => readBoolean(features[name], `${path}.features.${name}`, true);
  const name = readText(members["name"], `${path}.name`, NAME);
  const currency = readText(members["currency"] ?? head.currency, `${path}.currency`, CURRENCY);
  const rate = head.rates.get(currency);
  if (rate === undefined) refuseTable(`${path}.currency`, `there is no rate for ${currency}`);
  const { capacityPerSecond } = members;
  return {
    name,
    currency,
    rate,
    concatenation: feature("concatenation"),
    ucs2: feature("ucs2"),
    receipts: feature("receipts"),
    capacityPerSecond:
      capacityPerSecond === undefined
        ? undefined
        : readNumber(capacityPerSecond, `${path}.capacityPerSecond`, { min: 0.001, max: TABLE_LIMITS.weight }),
    nameHash: hashText(name, 0),
  };
}

/** A network without its prefixes. */
export interface ReadNetwork {
  readonly code: string;
  readonly name: string | undefined;
  readonly country: string | undefined;
  readonly prefixes: readonly unknown[];
}

export function readNetwork(value: unknown, path: string): ReadNetwork {
  const members = readMembers(value, path, ["code", "country", "name", "prefixes"]);
  const { country, name } = members;
  const code = readText(members["code"], `${path}.code`, NETWORK);
  return {
    code,
    country: country === undefined ? undefined : readText(country, `${path}.country`, COUNTRY),
    name: name === undefined ? undefined : readText(name, `${path}.name`, NAME),
    prefixes: readList(members["prefixes"], `${path}.prefixes`),
  };
}

export function readPrefix(value: unknown, path: string): string {
  return readText(value, path, PREFIX);
}

/** The terms of a route, and where it leads. */
export interface ReadRoute {
  readonly carrier: number;
  readonly priority: number;
  readonly weight: number;
  readonly priceMicros: number;
  readonly senderKinds: number;
  readonly classes: number;
  readonly hours: number;
  /** Each `undefined` where it is not given. */
  readonly prefixes: readonly unknown[] | undefined;
  readonly networks: readonly unknown[] | undefined;
  readonly countries: readonly unknown[] | undefined;
}

const ROUTE_MEMBERS = [
  "carrier",
  "prefixes",
  "networks",
  "countries",
  "priority",
  "weight",
  "priceMicros",
  "senderKinds",
  "classes",
  "hours",
];

export function readRoute(
  value: unknown,
  path: string,
  known: Pick<CompiledTable, "carriers" | "carrierIndex">,
): ReadRoute {
  const members = readMembers(value, path, ROUTE_MEMBERS);
  const carrier = known.carrierIndex.get(members["carrier"] as string);
  if (carrier === undefined) refuseTable(`${path}.carrier`, `there is no carrier ${shown(members["carrier"])}`);
  const fallback = known.carriers[carrier]?.capacityPerSecond ?? DEFAULT_WEIGHT;
  const list = (name: string): readonly unknown[] | undefined => {
    if (members[name] === undefined) return undefined;
    const items = readList(members[name], `${path}.${name}`);
    if (items.length === 0) refuseTable(`${path}.${name}`, "the list is empty: leave it out for all numbers");
    return items;
  };
  return {
    carrier,
    priority: readNumber(members["priority"], `${path}.priority`, {
      min: 0,
      max: TABLE_LIMITS.priority,
      whole: true,
      fallback: 0,
    }),
    weight: readNumber(members["weight"], `${path}.weight`, { min: 0.001, max: TABLE_LIMITS.weight, fallback }),
    priceMicros: readNumber(members["priceMicros"], `${path}.priceMicros`, {
      min: 0,
      max: TABLE_LIMITS.priceMicros,
      whole: true,
      fallback: 0,
    }),
    senderKinds: readMask(members["senderKinds"], `${path}.senderKinds`, SENDER_KINDS),
    classes: readMask(members["classes"], `${path}.classes`, TRAFFIC_CLASSES),
    hours: readHours(members["hours"], `${path}.hours`),
    prefixes: list("prefixes"),
    networks: list("networks"),
    countries: list("countries"),
  };
}

export function readCountry(value: unknown, path: string): string {
  return readText(value, path, COUNTRY);
}

/** An input without its values. */
export interface ReadInput {
  readonly name: string;
  readonly weight: number;
  readonly classes: number;
  readonly hours: number;
  readonly values: unknown;
  readonly networkValues: Members;
}

export function readInput(value: unknown, path: string): ReadInput {
  const members = readMembers(value, path, ["name", "weight", "values", "networkValues", "classes", "hours"]);
  const name = readText(members["name"], `${path}.name`, NAME);
  if (INPUT_NAMES.includes(name)) refuseTable(`${path}.name`, `${name} is computed; its weight stands in weights`);
  return {
    name,
    weight: readNumber(members["weight"], `${path}.weight`, { min: -MAX_POINTS, max: MAX_POINTS }),
    classes: readMask(members["classes"], `${path}.classes`, TRAFFIC_CLASSES),
    hours: readHours(members["hours"], `${path}.hours`),
    values: members["values"] ?? {},
    networkValues: readObject(members["networkValues"] ?? {}, `${path}.networkValues`),
  };
}

/** A value of an input. */
export function readValue(value: unknown, path: string): number {
  return readNumber(value, path, { min: -MAX_VALUE, max: MAX_VALUE });
}

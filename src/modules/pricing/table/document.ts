/** What a price table is made of. Pure data. */

/** The list that holds for accounts that were given no other, and behind every other list. */
export const STANDARD_LIST = "standard";

export const ITEMS = ["message", "carrier-fee", "attempt", "failed", "number", "category", "call", "trunk"] as const;
/**
 * What a row is a price of: a segment of a message; what a network adds to it; a further
 * attempt; a message that failed before a carrier took it; a number for a month; anything
 * else by its usage category; a minute of a call, of programs or of trunks.
 */
export type PricedItem = (typeof ITEMS)[number];

export const CHANNELS = ["sms", "mms"] as const;
export const DIRECTIONS = ["outbound", "inbound"] as const;
/** In this order in compiled tables. */
export const SENDERS = ["local", "mobile", "tollfree", "shortcode", "alphanumeric"] as const;
export type PricedSender = (typeof SENDERS)[number];

/** One price. What is absent does not matter to it. */
export interface PriceRow {
  readonly item: PricedItem;
  readonly channel?: (typeof CHANNELS)[number];
  readonly direction?: (typeof DIRECTIONS)[number];
  /** ISO 3166-1 alpha-2 of the handset outbound, of the account's number inbound. */
  readonly country?: string;
  /** MCC and MNC, or a network's name in the routing table. */
  readonly network?: string;
  /** The first digits of the number, without plus. */
  readonly prefix?: string;
  /** Of calls: the first digits of the caller's number. */
  readonly origin?: string;
  /** Outbound the kind of the sender, inbound and of numbers the kind of the number. */
  readonly sender?: PricedSender;
  /** Of carrier fees: our carrier that the message left by. */
  readonly via?: string;
  readonly category?: string;
  /** For people: the network, or the zone of calls. */
  readonly name?: string;
  readonly priceMicros: number;
}

/** What holds for a table as a whole. */
export interface PriceHead {
  /** The list that it is a version of. */
  readonly list: string;
  /** ISO 4217. */
  readonly currency: string;
  /** For other currencies: how much of them one unit of `currency` is, in millionths. */
  readonly rates: Readonly<Record<string, number>>;
}

/** Bounds of a table. */
export const PRICE_LIMITS = {
  rows: 500_000,
  rates: 200,
  /** In major units: a million for anything. */
  priceMicros: 1_000_000_000_000,
} as const;

/** What makes two rows prices of the same thing. */
export function keyOfRow(row: PriceRow): string {
  const { item, channel, direction, country, network, prefix, origin, sender, via, category } = row;
  // A prefix or network says its country itself.
  const place = network === undefined && prefix === undefined ? country : "";
  return [item, channel, direction, place, network, prefix, origin, sender, via, category].join("|");
}

/** The columns of a table as CSV, and the members of its rows as JSON. */
export const COLUMNS = [
  "item",
  "channel",
  "direction",
  "country",
  "network",
  "prefix",
  "origin",
  "sender",
  "via",
  "category",
  "name",
  "price",
] as const;

import { KNOWN_CATEGORIES } from "./known-categories.ts";

/** The sum of all prices. */
export const TOTAL_PRICE = "totalprice";

/** Categories that Twilio does not have: what it does not bill by itself. */
const OWN_CATEGORIES: readonly string[] = ["link-shortening", "message-attempts", "webhook-retries"];

/** Every category that can be asked for, by name. */
export const CATEGORIES: readonly string[] = [...new Set([...KNOWN_CATEGORIES, ...OWN_CATEGORIES])].toSorted();

/**
 * What a category sums up, where its name does not say it. A category without an entry is
 * the sum of those whose names begin with its own and a dash. Carrier fees are no part of
 * `sms`: each of them would count its message once more.
 */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  sms: ["sms-inbound", "sms-outbound"],
  mms: ["mms-inbound", "mms-outbound"],
  lookups: ["carrier-lookups", "calleridlookups", "fraud-lookups", "line-status-lookups", "number-format-lookups"],
  channels: ["channels-messaging", "channels-whatsapp"],
};

/** Whether what was used of a category counts for another one: itself, or one that sums it up. */
export function isPartOf(category: string, whole: string): boolean {
  if (category === whole || whole === TOTAL_PRICE) return true;
  const parts = PARTS[whole];
  if (parts !== undefined) return parts.some((part) => isPartOf(category, part));
  return category.startsWith(`${whole}-`);
}

/** What a category's `count` and `usage` are measured in. */
export interface CategoryUnits {
  readonly count: string;
  readonly usage: string;
}

const UNITS: readonly (readonly [pattern: RegExp, units: CategoryUnits])[] = [
  [/^(sms|smsmessages)(-|$)/, { count: "messages", usage: "segments" }],
  [/^(mms|channels|failed-message|usage-rcs|rcs|message-attempts)/, { count: "messages", usage: "messages" }],
  [/lookup/, { count: "lookups", usage: "lookups" }],
  [/^phonenumbers/, { count: "numbers", usage: "numbers" }],
  [/^shortcodes/, { count: "short codes", usage: "short codes" }],
  [/^(calls|pstn|trunking|programmablevoice)/, { count: "calls", usage: "minutes" }],
  [/^webhook-retries/, { count: "requests", usage: "requests" }],
  [/^link-shortening/, { count: "links", usage: "links" }],
  [/^a2p/, { count: "registrations", usage: "registrations" }],
];

/** The units of a category; empty where nobody says. */
export function unitsOf(category: string): CategoryUnits {
  return UNITS.find(([pattern]) => pattern.test(category))?.[1] ?? { count: "", usage: "" };
}

const WORDS: Readonly<Record<string, string>> = {
  sms: "SMS",
  mms: "MMS",
  rcs: "RCS",
  longcode: "Long Code",
  shortcode: "Short Code",
  tollfree: "Toll-Free",
  carrierfees: "Carrier Fees",
  phonenumbers: "Phone Numbers",
  shortcodes: "Short Codes",
  totalprice: "Total Price",
  a2p: "A2P",
  "10dlc": "10DLC",
};

/** A category in words: `sms-inbound-longcode` is `SMS Inbound Long Code`. */
export function describeCategory(category: string): string {
  return category
    .split("-")
    .map((word) => WORDS[word] ?? word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}

import { countryOf, hasCallingCode } from "./numbering-plan.ts";

/** The channels that Twilio writes as a prefix of the address. */
export type ChannelName = "whatsapp" | "messenger" | "rcs";

/** What a To or From turned out to be. */
export type Address =
  | { readonly kind: "e164"; readonly e164: string; readonly country?: string }
  | { readonly kind: "short-code"; readonly code: string }
  | { readonly kind: "alphanumeric"; readonly sender: string }
  | { readonly kind: "channel"; readonly channel: ChannelName; readonly address: string }
  | { readonly kind: "invalid" };

/** No address is longer; anything that is gets refused unread. */
const MAX_ADDRESS_CHARACTERS = 128;

const INVALID: Address = { kind: "invalid" };

/** What people write between digits: white space, dashes, dots, parentheses, and direction marks from contact lists. */
const SEPARATORS = /[\s().\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;
const CHANNEL = /^(whatsapp|messenger|rcs):(.+)$/is;
const PLAIN_E164 = /^\+[1-9]\d{7,14}$/;
const DIGITS = /^\+?\d+$/;
const SHORT_CODE = /^\d{3,6}$/;
const ALPHANUMERIC = /^[A-Za-z0-9 +\-_&]{1,11}$/;
const LETTER = /[A-Za-z]/;
/** Page-scoped user ids, page ids, RCS agent ids. */
const CHANNEL_ACCOUNT = /^[\w.\-@]{1,100}$/;

const E164_MIN_DIGITS = 8;
const E164_MAX_DIGITS = 15;
const NANP_NATIONAL_DIGITS = 10;

/**
 * Reads a To or From as permissively as Twilio does. Spaces, dashes, dots and
 * parentheses are dropped. Ten digits without a plus are a number of the United
 * States; eleven and more are taken with their calling code. `00` is no plus.
 * E.164 means 8 to 15 digits that begin with an assigned calling code, and for
 * +1 exactly ten more with an area code of 2 to 9. Never throws; the work is
 * bounded by a maximum length.
 */
export function parseAddress(text: string): Address {
  if (text.length > MAX_ADDRESS_CHARACTERS) return INVALID;
  if (PLAIN_E164.test(text)) return parseNumber(text);
  const trimmed = text.trim();
  const channel = CHANNEL.exec(trimmed);
  if (channel !== null) return parseChannel((channel[1] ?? "").toLowerCase() as ChannelName, channel[2] ?? "");
  if (LETTER.test(trimmed)) {
    return ALPHANUMERIC.test(trimmed) ? { kind: "alphanumeric", sender: trimmed } : INVALID;
  }
  const compact = trimmed.replace(SEPARATORS, "");
  if (!DIGITS.test(compact)) return INVALID;
  if (SHORT_CODE.test(compact)) return { kind: "short-code", code: compact };
  return parseNumber(compact);
}

/** `compact` is digits with or without a plus. */
function parseNumber(compact: string): Address {
  const digits = internationalDigits(compact);
  if (digits === undefined || !isE164(digits)) return INVALID;
  const e164 = `+${digits}`;
  const country = countryOf(e164);
  return country === undefined ? { kind: "e164", e164 } : { kind: "e164", e164, country };
}

function internationalDigits(compact: string): string | undefined {
  if (compact.startsWith("+")) return compact.slice(1);
  if (compact.length < NANP_NATIONAL_DIGITS) return undefined;
  return compact.length === NANP_NATIONAL_DIGITS ? `1${compact}` : compact;
}

function isE164(digits: string): boolean {
  if (digits.length < E164_MIN_DIGITS || digits.length > E164_MAX_DIGITS || !hasCallingCode(digits)) return false;
  // The exchange is not checked: numbers such as +1 555 123 4567 are what examples and test suites use.
  return !digits.startsWith("1") || (digits.length === NANP_NATIONAL_DIGITS + 1 && (digits[1] ?? "") >= "2");
}

function parseChannel(channel: ChannelName, rest: string): Address {
  const address = rest.trim();
  const compact = address.replace(SEPARATORS, "");
  const number = DIGITS.test(compact) && channel !== "messenger" ? parseNumber(compact) : INVALID;
  if (number.kind === "e164") return { kind: "channel", channel, address: number.e164 };
  if (channel === "whatsapp" || address.startsWith("+")) return INVALID;
  return CHANNEL_ACCOUNT.test(address) ? { kind: "channel", channel, address } : INVALID;
}

/** `address` without a leading plus: the form that SMPP carries numbers in, and in which they compare equal. */
export function bareAddress(address: string): string {
  return address.startsWith("+") ? address.slice(1) : address;
}

/**
 * How one row of the rollups stands in four words of 32 bits: the account, the sender, and two words of bit
 * fields. Every dimension is a field of some word, so that grouping and filtering never look at a text.
 *
 * Word 2: direction (1 bit), status (4), country (10), currency (15).
 * Word 3: phase (3), carrier (12), error code (17).
 */

export const ACCOUNT = 0;
export const SENDER = 1;
export const KIND = 2;
export const REST = 3;

/** Rows of messages: four words of key, count, segments, and the price as a float of 64 bits. */
export const MESSAGE_ROW = { keyWords: 4, stride: 8 } as const;
export const COUNT = 4;
export const SEGMENTS = 5;
/** Of the floats of a row; a row is four floats long. */
export const PRICE_FLOAT = 3;

/** Rows of durations: account, carrier and country, which duration and bucket; then the count. */
export const LATENCY_ROW = { keyWords: 3, stride: 4 } as const;
export const LATENCY_COUNT = 3;
export const COUNTRY_BITS = 10;
export const BUCKET_BITS = 10;
/** From accepted or due to sent, and to delivered. */
export const TO_SENT = 0;
export const TO_DELIVERED = 1;

/** Rows of recipients: account, register; then the rank. */
export const UNIQUES_ROW = { keyWords: 2, stride: 3 } as const;
export const RANK = 2;

/** What was not kept apart, in every dimension. */
export const OTHER = 0;
/** What has no value. Of accounts it stands for all of them in the rows of recipients. */
export const NONE = 1;
export const ALL_ACCOUNTS = 0;

/** A message was taken, or became due. */
export const BEGUN = 1;
/** It left this cell: sent, or it ended without. Texts that came in begin and leave at once. */
export const LEFT = 2;
/** It was delivered within {@link FAST_MS} of being accepted or due. */
export const FAST = 4;
/** What counts as fast. */
export const FAST_MS = 5_000;

/** By their numbers; 0 is any other. */
export const STATUSES = [
  null,
  "scheduled",
  "queued",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "canceled",
  "receiving",
  "received",
  "accepted",
  "read",
  "partially_delivered",
] as const;
const STATUS_NUMBERS = new Map<string, number>(STATUSES.map((status, number) => [status ?? "", number]));
export const SCHEDULED = 1;
export const SENT = 4;
export const DELIVERED = 5;
export const UNDELIVERED = 6;
export const FAILED = 7;
export const CANCELED = 8;
const HAS_LEFT = [SENT, DELIVERED, UNDELIVERED, FAILED, 10, 12, 13];
/** Bit n: a message with status n has left the cell. */
export const LEFT_STATUSES = HAS_LEFT.reduce((bits, status) => bits | (1 << status), 0);

export const INBOUND = 0;
export const OUTBOUND = 1;

export const MAX_CARRIERS = 4_096;
const MAX_ERROR = 0x1ffff;
/** No error code is that large. */
export const OTHER_ERROR = MAX_ERROR;

export function statusNumber(status: string): number {
  return STATUS_NUMBERS.get(status) ?? OTHER;
}

const A = 65;
const LETTERS = 26;
/** After {@link OTHER} and {@link NONE}. */
const FIRST = 2;

/** Two capitals as a number; NONE for none. */
export function countryNumber(country: string | undefined): number {
  if (country === undefined || country === "") return NONE;
  const one = country.charCodeAt(0) - A;
  const two = country.charCodeAt(1) - A;
  return country.length === 2 && isLetter(one) && isLetter(two) ? FIRST + one * LETTERS + two : OTHER;
}

/** Three capitals as a number; NONE for none. */
export function currencyNumber(currency: string | undefined): number {
  if (currency === undefined || currency === "") return NONE;
  if (currency.length !== 3) return OTHER;
  let number = 0;
  for (let at = 0; at < 3; at += 1) {
    const letter = currency.charCodeAt(at) - A;
    if (!isLetter(letter)) return OTHER;
    number = number * LETTERS + letter;
  }
  return FIRST + number;
}

function isLetter(letter: number): boolean {
  return letter >= 0 && letter < LETTERS;
}

export function errorNumber(code: number | undefined): number {
  if (code === undefined) return 0;
  return code > 0 && code < OTHER_ERROR ? code : OTHER_ERROR;
}

/** The text of a country's or currency's number, `letters` long; `null` for others. */
export function lettersOf(number: number, letters: number): string | null {
  if (number === OTHER) return null;
  if (number === NONE) return "";
  let rest = number - FIRST;
  let text = "";
  for (let at = 0; at < letters; at += 1) {
    text = String.fromCharCode(A + (rest % LETTERS)) + text;
    rest = Math.floor(rest / LETTERS);
  }
  return text;
}

/** Where a dimension stands in a row. */
export interface Field {
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
}

const ALL_BITS = 0xffff_ffff;
export const FIELDS = {
  account: { word: ACCOUNT, shift: 0, mask: ALL_BITS },
  sender: { word: SENDER, shift: 0, mask: ALL_BITS },
  direction: { word: KIND, shift: 0, mask: 1 },
  status: { word: KIND, shift: 1, mask: 0xf },
  country: { word: KIND, shift: 5, mask: 0x3ff },
  currency: { word: KIND, shift: 15, mask: 0x7fff },
  carrier: { word: REST, shift: 3, mask: 0xfff },
  error: { word: REST, shift: 15, mask: 0x1ffff },
} as const satisfies Record<string, Field>;

/** The same of rows of durations. */
export const LATENCY_FIELDS = {
  account: FIELDS.account,
  carrier: { word: 1, shift: COUNTRY_BITS, mask: 0xfff },
  country: { word: 1, shift: 0, mask: 0x3ff },
} as const satisfies Record<string, Field>;

/** What a row becomes where nothing but direction, status and phase is kept of it. */
export function barestKind(kind: number): number {
  return kind & 0x1f;
}
export function barestRest(rest: number): number {
  return ((rest & 7) | (OTHER_ERROR << FIELDS.error.shift)) >>> 0;
}

/**
 * Patterns over phone numbers as the API takes them, made into SQL `LIKE`
 * patterns over numbers in E.164. Letters stand for digits as on a keypad.
 */

const KEYPAD = "22233344455566677778889999";
const MIN_CHARACTERS = 2;
const MAX_CHARACTERS = 16;
const MIN_FIXED = 2;
const SEARCH = /^\+?[0-9A-Za-z*%]*\$?$/;
const SEPARATORS = /[\s().-]+/g;
const MAX_FILTER_CHARACTERS = 64;
const FILTER = /^\+?[0-9A-Za-z*]+$/;

/** `undefined` where the text is no pattern. */
export type LikePattern = string | undefined;

/**
 * `Contains` of a search: digits and letters, `*` for one digit, `%` for any
 * number of them, `+` before the beginning of a number, `$` after its end. 2 to
 * 16 characters, at least two of them digits or letters. Matches anywhere in the
 * number unless `+` or `$` say otherwise.
 */
export function searchPattern(text: string): LikePattern {
  const pattern = text.replace(SEPARATORS, "");
  if (pattern.length < MIN_CHARACTERS || pattern.length > MAX_CHARACTERS || !SEARCH.test(pattern)) return undefined;
  if (pattern.replace(/[^0-9A-Za-z]/g, "").length < MIN_FIXED) return undefined;
  const atEnd = pattern.endsWith("$");
  return `${likePattern(atEnd ? pattern.slice(0, -1) : pattern)}${atEnd ? "" : "%"}`;
}

/** `PhoneNumber` or `ShortCode` of a list: part of a number, `*` for any one digit, `+` for its beginning. */
export function filterPattern(text: string): LikePattern {
  if (text.length > MAX_FILTER_CHARACTERS) return undefined;
  const pattern = text.replace(SEPARATORS, "");
  return FILTER.test(pattern) ? `${likePattern(pattern)}%` : undefined;
}

/** With its beginning open unless a `+` stands there; its end is the caller's. */
function likePattern(pattern: string): string {
  const anchored = pattern.startsWith("+");
  const body = (anchored ? pattern.slice(1) : pattern).replaceAll("*", "_").replace(/[A-Za-z]/g, keypadDigit);
  return `${anchored ? "+" : "%"}${body}`;
}

function keypadDigit(letter: string): string {
  return KEYPAD.charAt(letter.toUpperCase().charCodeAt(0) - 65);
}

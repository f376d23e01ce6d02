/**
 * Hashes that stand in the cell's log: they must never change. They keep nothing secret.
 */

/** A recipient as two words of 32 bits. */
export interface RecipientKey {
  readonly high: number;
  readonly low: number;
}

const MAX_E164_DIGITS = 15;
const TWO_TO_32 = 4_294_967_296;
const ZERO = 0x30;
const PLUS = 0x2b;

/** Bits mixed so that each depends on all (the finaliser of MurmurHash3, Appleby 2011). A permutation. */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** 32 bits of a text, unsigned (FNV-1a over its UTF-16 units, mixed). */
export function hashOfText(text: string, seed = 0): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash) >>> 0;
}

/**
 * A recipient's key. E.164 has at most 15 digits, which fit into 50 bits: they are only
 * stirred (three rounds of Feistel, so a permutation of 64 bits), and no two numbers share a key.
 * Other texts get two hashes.
 */
export function recipientKey(recipient: string): RecipientKey {
  const number = digitsOf(recipient);
  if (number < 0) return { high: hashOfText(recipient, 0x5bd1e995), low: hashOfText(recipient, 0x1b873593) };
  let high = Math.floor(number / TWO_TO_32);
  let low = number % TWO_TO_32;
  high = (high ^ mix(low)) >>> 0;
  low = (low ^ mix(high + 0x9e3779b9)) >>> 0;
  high = (high ^ mix(low ^ 0x3c6ef372)) >>> 0;
  return { high, low };
}

/** The digits of an E.164 number as a whole number; -1 for anything else. */
function digitsOf(text: string): number {
  if (text.length < 2 || text.length > MAX_E164_DIGITS + 1 || text.charCodeAt(0) !== PLUS) return -1;
  let number = 0;
  for (let at = 1; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  // A leading zero would make two texts one number; there is no such E.164 number.
  return text.charCodeAt(1) === ZERO ? -1 : number;
}

/** The most octets of one packet: fits an Ethernet frame (1,500) with IPv6 and a tunnel around it, so that nothing is fragmented. */
export const MAX_PACKET_OCTETS = 1_400;

/** The most octets of a key, which is ASCII without spaces. */
export const MAX_KEY_OCTETS = 128;

/** The most octets of a value in UTF-8: one entry with its owner's introduction always fits a packet. */
export const MAX_VALUE_OCTETS = 768;

/** The most keys of one owner, deleted ones that are still remembered included. */
export const MAX_KEYS_PER_OWNER = 4_096;

/** The most members that one knows, dead ones included. */
export const MAX_MEMBERS = 1_024;

/** The most characters of a member's id or region: lower-case letters, digits, `.`, `_` and `-`. */
export const MAX_NAME_LENGTH = 64;

/** Versions, generations and heartbeats are below this, so that they are exact as numbers however they are combined. */
export const MAX_COUNT = 2 ** 48;

const KEY = /^[\x21-\x7e]+$/;
const NAME = /^[A-Za-z0-9._-]+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text can be a key. */
export function isKey(text: string): boolean {
  return text.length <= MAX_KEY_OCTETS && KEY.test(text);
}

/** Whether a text can be the name of a member or of a region. */
export function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text);
}

/** The octets of a value in UTF-8; `undefined` where it is too long, or cannot be written in UTF-8. */
export function valueOctets(value: string): number | undefined {
  if (value.length > MAX_VALUE_OCTETS || LONE_SURROGATE.test(value)) return undefined;
  let octets = 0;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    // A pair of surrogates is four octets: two for each half.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    octets += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
  }
  return octets <= MAX_VALUE_OCTETS ? octets : undefined;
}

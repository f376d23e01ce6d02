import { Buffer } from "node:buffer";

/**
 * Writes the Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as
 * certificates need them.
 */

/** One element: tag, length, content. `tag` includes the class and the constructed bit. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), encodeLength(body.length), body]);
}

/** X.690 §8.1.3: up to 127 in one octet, else a count of octets and the octets. */
function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content);
export const setOf = (...content: readonly Uint8Array[]): Buffer => element(0x31, ...content);
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.from([value ? 0xff : 0]));
export const octetString = (content: Uint8Array): Buffer => element(0x04, content);
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text, "utf8"));

/** A bit string whose last octet has `unusedBits` that do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0): Buffer =>
  element(0x03, Buffer.from([unusedBits]), content);

/** A context-specific tag around elements. */
export const explicit = (tag: number, ...content: readonly Uint8Array[]): Buffer => element(0xa0 | tag, ...content);

/** A context-specific tag in place of a primitive element's own. */
export const implicit = (tag: number, content: Uint8Array): Buffer => element(0x80 | tag, content);

/** A non-negative integer, given as octets, most significant first. */
export function integer(octets: Uint8Array): Buffer {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const shortest = octets.subarray(start);
  return element(0x02, (shortest[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), shortest);
}

/** X.690 §8.19: the first two numbers share an octet, the others are written in base 128. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = [first * 40 + second];
  for (const number of rest) {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(0x80 | (left % 128));
    octets.push(...groups);
  }
  return element(0x06, Buffer.from(octets));
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; whole seconds. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050"
    ? element(0x17, Buffer.from(digits.slice(2), "latin1"))
    : element(0x18, Buffer.from(digits, "latin1"));
}

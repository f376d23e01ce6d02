import { Buffer } from "node:buffer";

/** Values of a signature. */
export const SIGNATURE_VALUES = 32;
const EMPTY = 0xffff;
const SHINGLE = 4;

/**
 * A MinHash signature of a stream's 4-grams, by one permutation (Li, Owen, Zhang 2012): each
 * 4-gram is hashed once, falls into one of 32 bins, and the least of each bin is kept; empty bins
 * take the next full one's (Shrivastava, Li 2014). The share of equal values estimates how much
 * of their 4-grams two texts have in common. Streams of fewer than 4 codes have all values empty.
 */
export function signatureOf(stream: Uint16Array, length: number, into: Uint16Array): void {
  into.fill(EMPTY);
  let window = 0;
  for (let at = 0; at < length; at += 1) {
    window = (window << 8) | ((stream[at] ?? 0) & 0xff);
    if (at < SHINGLE - 1) continue;
    let hash = Math.imul(window ^ (window >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
    const bin = hash >>> 27;
    const value = (hash >>> 8) & EMPTY;
    if (value < (into[bin] ?? EMPTY)) into[bin] = value;
  }
  if (length >= SHINGLE) densify(into);
}

function densify(values: Uint16Array): void {
  let next = EMPTY;
  // Twice around, backwards: each empty bin sees the full one after it.
  for (let at = 2 * SIGNATURE_VALUES - 1; at >= 0; at -= 1) {
    const bin = at % SIGNATURE_VALUES;
    const value = values[bin] ?? EMPTY;
    if (value !== EMPTY) next = value;
    else if (at < SIGNATURE_VALUES) values[bin] = next;
  }
}

/** 64 octets as 88 characters, for rows. */
export function signatureText(values: Uint16Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

/** The reverse of {@link signatureText}; `undefined` for what is none. */
export function readSignature(text: string): Uint16Array | undefined {
  const octets = Buffer.from(text, "base64");
  if (octets.length !== SIGNATURE_VALUES * 2) return undefined;
  return new Uint16Array(Uint8Array.from(octets).buffer);
}

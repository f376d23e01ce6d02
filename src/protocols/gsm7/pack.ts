import { Buffer } from "node:buffer";

const SEPTET_MASK = 0x7f;
const OCTET_BITS = 8;
const SEPTET_BITS = 7;

/**
 * How many padding bits stand between a user data header of `headerOctets`
 * (its length octet included) and the first septet, so that the text starts on
 * a septet boundary (3GPP TS 23.040 §9.2.3.24). 0 to 6.
 */
export function fillBitsAfter(headerOctets: number): number {
  return (SEPTET_BITS - ((headerOctets * OCTET_BITS) % SEPTET_BITS)) % SEPTET_BITS;
}

/**
 * Septets, one an octet, packed without gaps from the least significant bit up
 * (3GPP TS 23.038 §6.1.2.1.1), after `fillBits` zero bits (0 to 7). Unused bits
 * of the last octet are zero. The high bit of an input octet is ignored.
 */
export function pack7(septets: Uint8Array, fillBits = 0): Buffer {
  const octets = Buffer.alloc(Math.ceil((septets.length * SEPTET_BITS + fillBits) / OCTET_BITS));
  let pending = 0;
  let pendingBits = fillBits;
  let position = 0;
  for (let index = 0; index < septets.length; index++) {
    pending |= ((septets[index] ?? 0) & SEPTET_MASK) << pendingBits;
    pendingBits += SEPTET_BITS;
    if (pendingBits >= OCTET_BITS) {
      octets[position++] = pending & 0xff;
      pending >>>= OCTET_BITS;
      pendingBits -= OCTET_BITS;
    }
  }
  if (position < octets.length) octets[position] = pending & 0xff;
  return octets;
}

/**
 * The reverse of {@link pack7}: at most `septetCount` septets, one an octet.
 * Data that ends early yields as many whole septets as it holds.
 */
export function unpack7(octets: Uint8Array, septetCount: number, fillBits = 0): Buffer {
  const available = septetsIn(octets.length, fillBits);
  const count = Math.max(0, Math.min(septetCount, available));
  const septets = Buffer.allocUnsafe(count);
  let bit = fillBits;
  for (let index = 0; index < count; index++) {
    const position = bit >>> 3;
    const pair = (octets[position] ?? 0) | ((octets[position + 1] ?? 0) << OCTET_BITS);
    septets[index] = (pair >>> (bit & 7)) & SEPTET_MASK;
    bit += SEPTET_BITS;
  }
  return septets;
}

/** How many whole septets fit in `octetCount` octets after `fillBits`. */
export function septetsIn(octetCount: number, fillBits = 0): number {
  return Math.max(0, Math.floor((octetCount * OCTET_BITS - fillBits) / SEPTET_BITS));
}

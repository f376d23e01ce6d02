/** SHA-256 (FIPS 180-4) of some octets: 32 octets. Given by the platform, because this layer has no packages. */
export type Sha256 = (octets: Uint8Array) => Uint8Array;

/** How long every hash is, in octets. */
export const HASH_OCTETS = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** The hash of an entry (RFC 6962 §2.1): told apart from that of two subtrees by its first octet. */
export function hashLeaf(sha256: Sha256, entry: Uint8Array): Uint8Array {
  const octets = new Uint8Array(1 + entry.length);
  octets[0] = LEAF_PREFIX;
  octets.set(entry, 1);
  return sha256(octets);
}

/** The hash of two neighbouring subtrees (RFC 6962 §2.1). */
export function hashNode(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const octets = new Uint8Array(1 + 2 * HASH_OCTETS);
  octets[0] = NODE_PREFIX;
  octets.set(left, 1);
  octets.set(right, 1 + HASH_OCTETS);
  return sha256(octets);
}

/** The root of a log without entries (RFC 6962 §2.1). */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Bits of a number mixed so that each depends on all (the finaliser of MurmurHash3, Appleby 2011). */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * 32 bits of a text as a signed number, the same in every process (FNV-1a over its
 * UTF-16 units, mixed). Not for secrets: with a `seed` that strangers do not know they
 * cannot choose names that all fall to one owner.
 */
export function hashOfKey(key: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** Hashes for shares among equals: fast, even, and the same on every machine; not against anybody's will. */

const PRIME = 0x01000193;
const START = 0x811c9dc5;

/** A 32-bit hash of text (FNV-1a over UTF-16 units) that goes on from another one; 0 starts. */
export function hashText(text: string, from: number): number {
  let hash = from ^ START;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash >>> 0;
}

/** Stirs two hashes into one whose every bit depends on all of theirs (the finish of MurmurHash3). */
export function stir(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

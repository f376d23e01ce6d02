import { hashNode, HASH_OCTETS, type Sha256 } from "./hash.ts";

/** The root of a log and how many entries it has. */
interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether a path shows that the entry with this hash is in the log (RFC 9162 §2.1.3.2). Any octets may be given. */
export function isIncluded(
  sha256: Sha256,
  head: Head,
  { leaf, index, path }: { readonly leaf: Uint8Array; readonly index: number; readonly path: readonly Uint8Array[] },
): boolean {
  if (!isCount(index) || !isCount(head.size) || index >= head.size || !areHashes(path)) return false;
  let node = index;
  let last = head.size - 1;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      root = hashNode(sha256, sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = hashNode(sha256, root, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && isSame(root, head.root);
}

/**
 * Whether a proof shows that the first log is the beginning of the second (RFC 9162
 * §2.1.4.2). Any octets may be given.
 */
export function isConsistent(sha256: Sha256, first: Head, second: Head, proof: readonly Uint8Array[]): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size > second.size || !areHashes(proof)) return false;
  if (first.size === second.size) return proof.length === 0 && isSame(first.root, second.root);
  // Everything begins with nothing.
  if (first.size === 0) return proof.length === 0;
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : [...proof];
  const start = path.shift();
  if (start === undefined) return false;
  let node = first.size - 1;
  let last = second.size - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  let firstRoot = start;
  let secondRoot = start;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      firstRoot = hashNode(sha256, sibling, firstRoot);
      secondRoot = hashNode(sha256, sibling, secondRoot);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      secondRoot = hashNode(sha256, secondRoot, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && isSame(firstRoot, first.root) && isSame(secondRoot, second.root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function areHashes(list: readonly Uint8Array[]): boolean {
  return list.every(({ length }) => length === HASH_OCTETS);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

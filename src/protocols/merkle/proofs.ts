import { assert } from "../../kernel/assert.ts";
import { emptyRoot, hashNode, type Sha256 } from "./hash.ts";

/** Finds the hashes of complete subtrees: `level` 0 is a leaf, `index` counts from the left. In the order asked for. */
export type NodeReader = (
  nodes: readonly { readonly level: number; readonly index: number }[],
) => Promise<readonly Uint8Array[]>;

/** A stretch of entries, `from` inclusive and `to` exclusive. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The root that a log had when it was `size` entries long. */
export async function rootAt(sha256: Sha256, read: NodeReader, size: number): Promise<Uint8Array> {
  if (size === 0) return emptyRoot(sha256);
  const [root] = await hashes(sha256, read, [{ from: 0, to: size }]);
  assert(root !== undefined, "one stretch, one hash");
  return root;
}

/**
 * The path that shows that entry `index` is in the log of `size` entries (RFC 6962
 * §2.1.1), from the leaf up. `index` must be less than `size`.
 */
export async function inclusionProof(
  sha256: Sha256,
  read: NodeReader,
  { index, size }: { readonly index: number; readonly size: number },
): Promise<readonly Uint8Array[]> {
  assert(index >= 0 && index < size, "an entry of the log");
  const path: Stretch[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + leftSize(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return hashes(sha256, read, path.toReversed());
}

/**
 * What shows that the log of `first` entries is the beginning of that of `second` (RFC 6962
 * §2.1.2). Empty where the two are as long, or `first` is 0.
 */
export async function consistencyProof(
  sha256: Sha256,
  read: NodeReader,
  { first, second }: { readonly first: number; readonly second: number },
): Promise<readonly Uint8Array[]> {
  assert(first >= 0 && first <= second, "an earlier log");
  if (first === 0 || first === second) return [];
  const stretches: Stretch[] = [];
  let from = 0;
  let to = second;
  // Whether the part of the first log that is looked at is a whole log of its own, whose root the verifier has.
  let isWhole = true;
  while (first !== to) {
    const middle = from + leftSize(to - from);
    if (first <= middle) {
      stretches.push({ from: middle, to });
      to = middle;
    } else {
      stretches.push({ from, to: middle });
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) stretches.push({ from, to });
  return hashes(sha256, read, stretches.toReversed());
}

/** The hashes of stretches, each of which is a (sub)tree of the log. */
async function hashes(sha256: Sha256, read: NodeReader, stretches: readonly Stretch[]): Promise<Uint8Array[]> {
  const parts = stretches.map(completeSubtrees);
  const nodes = await read(parts.flat());
  let at = 0;
  return parts.map(({ length }) => {
    const own = nodes.slice(at, at + length);
    at += length;
    return own.reduceRight((right, left) => hashNode(sha256, left, right));
  });
}

/** The complete subtrees that a stretch consists of, the leftmost and largest first. */
function completeSubtrees({ from, to }: Stretch): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** The largest power of two that is less than `size`. */
function leftSize(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

import { assert } from "../../kernel/assert.ts";
import { emptyRoot, hashNode, type Sha256 } from "./hash.ts";

/** What a {@link CompactTree} is rebuilt from. */
export interface CompactTreeState {
  /** Entries so far. */
  readonly size: number;
  /** The roots of the complete subtrees that the log consists of, the largest first. */
  readonly roots: readonly Uint8Array[];
}

/**
 * The right edge of a Merkle tree: enough to append entries and to know the root, in
 * memory that grows with the logarithm of the log.
 */
export class CompactTree {
  private readonly sha256: Sha256;
  private readonly roots: Uint8Array[];
  private entries: number;

  constructor(sha256: Sha256, state: CompactTreeState = { size: 0, roots: [] }) {
    assert(state.roots.length === countOnes(state.size), "a root for each complete subtree");
    this.sha256 = sha256;
    this.roots = [...state.roots];
    this.entries = state.size;
  }

  /** Entries so far. */
  get size(): number {
    return this.entries;
  }

  /** What {@link constructor} takes. */
  get state(): CompactTreeState {
    return { size: this.entries, roots: [...this.roots] };
  }

  /**
   * Appends the hash of an entry. Tells of every complete subtree that this makes, the leaf
   * itself first: `level` 0 is a leaf, `index` counts the subtrees of a level from the left.
   */
  append(leaf: Uint8Array, onNode?: (level: number, index: number, hash: Uint8Array) => void): void {
    let hash = leaf;
    let index = this.entries;
    let level = 0;
    onNode?.(level, index, hash);
    // Each set bit of the size is a complete subtree that the new one joins.
    while (index % 2 === 1) {
      const left = this.roots.pop();
      assert(left !== undefined, "a complete subtree to the left");
      hash = hashNode(this.sha256, left, hash);
      index = (index - 1) / 2;
      level += 1;
      onNode?.(level, index, hash);
    }
    this.roots.push(hash);
    this.entries += 1;
  }

  /** The root of the whole log (RFC 6962 §2.1, `MTH`). */
  root(): Uint8Array {
    let root = this.roots.at(-1);
    if (root === undefined) return emptyRoot(this.sha256);
    for (let at = this.roots.length - 2; at >= 0; at -= 1) {
      root = hashNode(this.sha256, this.roots[at] as Uint8Array, root);
    }
    return root;
  }
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

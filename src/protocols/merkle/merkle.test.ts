import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  CompactTree,
  consistencyProof,
  emptyRoot,
  hashLeaf,
  hashNode,
  inclusionProof,
  isConsistent,
  isIncluded,
  rootAt,
  type NodeReader,
} from "./index.ts";

const sha256 = (octets: Uint8Array): Uint8Array => createHash("sha256").update(octets).digest();
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

/** A log that keeps all of its subtrees. */
class Log {
  readonly tree = new CompactTree(sha256);
  readonly leaves: Uint8Array[] = [];
  readonly nodes = new Map<string, Uint8Array>();
  readonly read: NodeReader = (wanted) =>
    Promise.resolve(wanted.map(({ level, index }) => this.nodes.get(`${level}/${index}`) as Uint8Array));

  append(entry: Uint8Array): void {
    const leaf = hashLeaf(sha256, entry);
    this.leaves.push(leaf);
    this.tree.append(leaf, (level, index, hash) => this.nodes.set(`${level}/${index}`, hash));
  }
}

/** RFC 6962 §2.1, word by word. */
function merkleTreeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot(sha256);
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(sha256, merkleTreeHash(leaves.slice(0, k)), merkleTreeHash(leaves.slice(k)));
}

test("roots are those that other implementations of RFC 6962 compute", () => {
  const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const roots = new Map([
    [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
    [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
  ]);
  const log = new Log();
  const seen = new Map([[0, hex(log.tree.root())]]);
  for (const entry of entries) {
    log.append(Buffer.from(entry, "hex"));
    seen.set(log.tree.size, hex(log.tree.root()));
  }
  for (const [size, root] of roots) assert.equal(seen.get(size), root, `of ${size} entries`);
});

test("every entry of every log up to 40 entries is proven, and every log to begin the later ones", async () => {
  const log = new Log();
  const roots: Uint8Array[] = [log.tree.root()];
  for (let n = 0; n < 40; n += 1) {
    log.append(Buffer.from(`entry ${n}`));
    roots.push(log.tree.root());
    assert.equal(hex(log.tree.root()), hex(merkleTreeHash(log.leaves)));
  }
  for (let size = 1; size <= 40; size += 1) {
    const head = { size, root: roots[size] as Uint8Array };
    assert.equal(hex(await rootAt(sha256, log.read, size)), hex(head.root));
    for (let index = 0; index < size; index += 1) {
      const path = await inclusionProof(sha256, log.read, { index, size });
      const leaf = log.leaves[index] as Uint8Array;
      assert.ok(isIncluded(sha256, head, { leaf, index, path }), `${index} of ${size}`);
      assert.ok(!isIncluded(sha256, head, { leaf: sha256(leaf), index, path }), "another entry");
      assert.ok(!isIncluded(sha256, head, { leaf, index: index + 1, path }), "another place");
      assert.ok(!isIncluded(sha256, head, { leaf, index, path: [...path, leaf] }), "a longer path");
      if (path.length > 0) assert.ok(!isIncluded(sha256, head, { leaf, index, path: path.slice(1) }), "a shorter path");
    }
    for (let first = 0; first <= size; first += 1) {
      const proof = await consistencyProof(sha256, log.read, { first, second: size });
      const earlier = { size: first, root: roots[first] as Uint8Array };
      assert.ok(isConsistent(sha256, earlier, head, proof), `${first} begins ${size}`);
      const forged = { size: first, root: sha256(earlier.root) };
      assert.ok(first === 0 || !isConsistent(sha256, forged, head, proof), "another beginning");
      const other = { size, root: sha256(head.root) };
      assert.ok(first === 0 || !isConsistent(sha256, earlier, other, proof), "another end");
    }
  }
});

test("a tree goes on from its state", () => {
  const whole = new CompactTree(sha256);
  let resumed = new CompactTree(sha256);
  for (let n = 0; n < 100; n += 1) {
    const leaf = hashLeaf(sha256, Buffer.from(String(n)));
    whole.append(leaf);
    resumed = new CompactTree(sha256, resumed.state);
    resumed.append(leaf);
  }
  assert.equal(hex(resumed.root()), hex(whole.root()));
});

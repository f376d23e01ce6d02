import assert from "node:assert/strict";
import { test } from "node:test";
import { seedOf } from "../../../test/kit/memory-log.ts";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { sha256 } from "../../platform/audit/index.ts";
import { CompactTree, hashLeaf } from "../../protocols/merkle/index.ts";

const SEED = seedOf(Date.now() % 1_000_000);
const MUTATIONS = 10_000;
const ENTRIES = 40;

function rootOf(entries: readonly Uint8Array[]): string {
  const tree = new CompactTree(sha256);
  for (const entry of entries) tree.append(hashLeaf(sha256, entry));
  return Buffer.from(tree.root()).toString("hex");
}

test(`a flipped bit, an entry taken out, put in, moved or cut off changes the root, ${MUTATIONS} times, seed ${SEED}`, () => {
  const next = seededRandom(SEED);
  const below = (bound: number): number => Math.floor(next() * bound);
  const log: readonly Uint8Array[] = Array.from({ length: ENTRIES }, (_, n) =>
    Buffer.from(JSON.stringify({ n, event: "thing.updated" })),
  );
  const honest = rootOf(log);
  const changes: readonly ((at: number) => Uint8Array[])[] = [
    (at) => {
      const flipped = Uint8Array.from(log[at] ?? []);
      const octet = below(flipped.length);
      flipped[octet] = (flipped[octet] ?? 0) ^ (1 << below(8));
      return log.with(at, flipped);
    },
    (at) => log.toSpliced(at, 1),
    (at) => log.toSpliced(at, 0, log[below(ENTRIES)] as Uint8Array),
    (at) => {
      const other = (at + 1 + below(ENTRIES - 1)) % ENTRIES;
      return log.with(at, log[other] as Uint8Array).with(other, log[at] as Uint8Array);
    },
    (at) => log.slice(0, at),
  ];
  for (let n = 0; n < MUTATIONS; n += 1) {
    const change = changes[n % changes.length];
    assert.notEqual(rootOf(change?.(below(ENTRIES)) ?? []), honest, `change ${n}`);
  }
});

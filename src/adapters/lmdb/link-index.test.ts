import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openLinkIndex } from "./index.ts";

const key = (n: number): Buffer => {
  const octets = Buffer.alloc(9, 1);
  octets.writeUInt32BE(n, 5);
  return octets;
};

describe("the index of links", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-link-index-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("keeps what was written over a restart, and what it is a copy of", async () => {
    const path = join(folder, "restart");
    const index = await openLinkIndex(path);
    assert.equal(index.identity, undefined);
    await index.write([
      [key(1), "one"],
      [key(2), "zwei äöü 😀"],
      [Buffer.from("\u0002go.example.com/sale", "latin1"), "slug"],
    ]);
    await index.begin("database-1");
    assert.equal(index.get(key(2)), "zwei äöü 😀");
    assert.equal(index.size, 3);
    await index.close();
    const again = await openLinkIndex(path);
    assert.equal(again.identity, "database-1");
    assert.equal(again.get(key(1)), "one");
    assert.equal(again.get(Buffer.from("\u0002go.example.com/sale", "latin1")), "slug");
    assert.equal(again.get(key(3)), undefined);
    await again.close();
  });

  it("writes many at once, over what was there, removes, and forgets everything", async () => {
    const index = await openLinkIndex(join(folder, "many"));
    await index.write(Array.from({ length: 12_000 }, (_, n) => [key(n), `v${n}`] as const));
    assert.equal(index.size, 12_000);
    await index.write([
      [key(5), "other"],
      [key(6), undefined],
      [key(99_999), undefined],
    ]);
    assert.equal(index.get(key(5)), "other");
    assert.equal(index.get(key(6)), undefined);
    assert.equal(index.get(key(11_999)), "v11999");
    await index.begin("x");
    await index.clear();
    assert.equal(index.identity, undefined);
    assert.equal(index.size, 0);
    await index.close();
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { openBlobFolder } from "../../src/adapters/files/index.ts";
import { MemoryBlobStore } from "../../src/adapters/memory/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import type { BlobStore } from "../../src/platform/ports.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const adapters: Record<string, (t: TestContext) => Promise<BlobStore>> = {
  memory: async () => new MemoryBlobStore(),
  files: async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-blobs-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return openBlobFolder(folder);
  },
};

for (const [name, open] of Object.entries(adapters)) {
  describe(`a blob store: ${name}`, () => {
    it("returns what was put, with its type", async (t) => {
      const store = await open(t);
      await store.put("media/AC1/ME1.jpg", bytes("picture"), "image/jpeg");
      const found = await store.get("media/AC1/ME1.jpg");
      assert.deepEqual(found?.info, { contentType: "image/jpeg", octets: 7 });
      assert.deepEqual(Uint8Array.from(found.content), bytes("picture"));
    });

    it("answers undefined for a key without an object, also below or above one with an object", async (t) => {
      const store = await open(t);
      await store.put("a/b", bytes("x"), "text/plain");
      for (const key of ["nothing", "a", "a/b/c", "a/c"]) assert.equal(await store.get(key), undefined, key);
    });

    it("keeps an object and the objects below its name apart", async (t) => {
      const store = await open(t);
      await store.put("a", bytes("1"), "text/plain");
      await store.put("a/b", bytes("2"), "text/plain");
      assert.equal((await store.get("a"))?.content[0], 0x31);
      assert.equal((await store.get("a/b"))?.content[0], 0x32);
    });

    it("replaces content and type together", async (t) => {
      const store = await open(t);
      await store.put("k", bytes("a long first version"), "text/plain");
      await store.put("k", bytes("2"), "text/html; charset=utf-8");
      assert.deepEqual((await store.get("k"))?.info, { contentType: "text/html; charset=utf-8", octets: 1 });
    });

    it("stores an empty object and a megabyte of every octet", async (t) => {
      const store = await open(t);
      const large = Uint8Array.from({ length: 1 << 20 }, (_, at) => at & 0xff);
      await store.put("empty", new Uint8Array(0), "application/octet-stream");
      await store.put("large", large, "application/octet-stream");
      assert.equal((await store.get("empty"))?.info.octets, 0);
      assert.deepEqual(Uint8Array.from((await store.get("large"))?.content ?? []), large);
    });

    it("forgets what is removed, and removes what is not there without complaint", async (t) => {
      const store = await open(t);
      await store.put("k", bytes("x"), "text/plain");
      await store.remove("k");
      await store.remove("k");
      await store.remove("never/was");
      assert.equal(await store.get("k"), undefined);
    });

    it("is not changed by writing into the buffer that was put", async (t) => {
      const store = await open(t);
      const content = bytes("before");
      await store.put("k", content, "text/plain");
      content.fill(0);
      assert.equal(new TextDecoder().decode((await store.get("k"))?.content), "before");
    });

    it("ends with one whole version when many writers race for a key", async (t) => {
      const store = await open(t);
      const versions = Array.from({ length: 16 }, (_, n) => String(n).repeat(1000));
      await Promise.all(versions.map((text) => store.put("k", bytes(text), "text/plain")));
      const text = new TextDecoder().decode((await store.get("k"))?.content);
      assert.ok(versions.includes(text));
    });

    it("refuses keys that leave the folder or are not in the alphabet", async (t) => {
      const store = await open(t);
      const bad = [
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../x",
        "a/./x",
        "a//b",
        "a/",
        "a\\b",
        "a\0b",
        "ä",
        "a b",
        "a~",
        "k\n",
      ];
      for (const key of [...bad, "x".repeat(513), "x".repeat(201), Array(17).fill("x").join("/")]) {
        await assert.rejects(() => store.put(key, bytes("x"), "text/plain"), AppError, JSON.stringify(key));
        await assert.rejects(() => store.get(key), AppError, JSON.stringify(key));
        await assert.rejects(() => store.remove(key), AppError, JSON.stringify(key));
      }
    });
  });
}

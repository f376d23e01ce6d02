import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_KEY_CHARS, S3FifoCache } from "./s3-fifo.ts";
import { seeded, zipf } from "./seeded-fixture.ts";

describe("S3FifoCache", () => {
  it("gives what was set, and nothing of what was deleted or cleared", () => {
    const cache = new S3FifoCache<number>({ maxEntries: 4 });
    cache.set("a", 1);
    cache.set("b", 2);
    cache.set("a", 3);
    assert.equal(cache.get("a"), 3);
    assert.equal(cache.peek("b"), 2);
    assert.deepEqual(
      [...cache.entries()],
      [
        ["a", 3],
        ["b", 2],
      ],
    );
    assert.equal(cache.delete("a"), true);
    assert.equal(cache.delete("a"), false);
    assert.equal(cache.get("a"), undefined);
    assert.equal(cache.size, 1);
    cache.clear();
    assert.equal(cache.get("b"), undefined);
    assert.equal(cache.size, 0);
  });

  it("agrees with a map on whatever it still holds, and never holds too much", () => {
    for (const maxEntries of [1, 2, 3, 10, 50, 500]) {
      const random = seeded(maxEntries);
      const cache = new S3FifoCache<number>({ maxEntries });
      const truth = new Map<string, number>();
      for (let step = 0; step < 20_000; step += 1) {
        const key = `k${Math.floor(random() ** 2 * maxEntries * 4)}`;
        const found = random() < 0.5 ? cache.get(key) : cache.peek(key);
        if (found !== undefined) assert.equal(found, truth.get(key), `${key} at step ${step} of ${maxEntries}`);
        const choice = random();
        if (choice < 0.4) {
          cache.set(key, step);
          truth.set(key, step);
          assert.equal(cache.peek(key), step, "what was just set is there");
        } else if (choice < 0.5) {
          assert.equal(cache.delete(key), found !== undefined);
          truth.delete(key);
        } else if (choice < 0.5005) {
          cache.clear();
        }
        assert.ok(cache.size <= maxEntries);
      }
      const held = [...cache.entries()];
      assert.equal(held.length, cache.size);
      for (const [key, value] of held) assert.equal(value, truth.get(key));
    }
  });

  it("keeps what is used when names that come once pass through", () => {
    const cache = new S3FifoCache<number>({ maxEntries: 100 });
    const used = Array.from({ length: 50 }, (_, at) => `used ${at}`);
    for (const key of used) {
      cache.set(key, 1);
      cache.get(key);
    }
    for (let at = 0; at < 100_000; at += 1) {
      cache.set(`once ${at}`, 0);
      if (at % 20 === 0) for (const key of used.slice(at % 50, (at % 50) + 10)) cache.get(key);
    }
    assert.ok(used.every((key) => cache.peek(key) === 1));
  });

  it("lets no uses that were counted make one call long", () => {
    const maxEntries = 5_000;
    const cache = new S3FifoCache<number>({ maxEntries });
    for (let at = 0; at < maxEntries; at += 1) cache.set(`k${at}`, at);
    for (let round = 0; round < 3; round += 1) for (let at = 0; at < maxEntries; at += 1) cache.get(`k${at}`);
    cache.set("new", 1);
    assert.equal(cache.peek("new"), 1);
    assert.equal(cache.size, maxEntries);
  });

  it("does not keep a key that is too long", () => {
    const cache = new S3FifoCache<number>({ maxEntries: 10 });
    cache.set("x".repeat(MAX_KEY_CHARS), 1);
    cache.set("x".repeat(MAX_KEY_CHARS + 1), 1);
    assert.equal(cache.size, 1);
  });

  it("hits as often as it did when its figures were chosen", () => {
    const seed = 7;
    const next = zipf(10_000, 0.9, seeded(seed));
    const cache = new S3FifoCache<number>({ maxEntries: 1_000 });
    let hits = 0;
    for (let at = 0; at < 100_000; at += 1) {
      const key = String(next());
      if (cache.get(key) === undefined) cache.set(key, at);
      else hits += 1;
    }
    // An LRU cache has 51.4 % here.
    assert.ok(hits > 57_500, `seed ${seed}: ${hits} hits`);
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { Lease } from "./lease.ts";
import { LoadGate } from "./load-gate.ts";
import { LoadingCache } from "./loading-cache.ts";
import type { LoadingCacheOptions } from "./loading-options.ts";
import type { RaceResult } from "./races-fixture-child.ts";
import { seeded } from "./seeded-fixture.ts";

interface Loading {
  readonly key: string;
  readonly lease: Lease;
  readonly answer: (value: number | undefined) => void;
  readonly fail: () => void;
}

/** A cache whose loads are answered by hand. */
function sample(options: Partial<LoadingCacheOptions<number>> = {}) {
  const clock = new ManualClock();
  const loadings: Loading[] = [];
  const told: string[] = [];
  const cache = new LoadingCache<number>({
    clock,
    maxEntries: 100,
    freshMs: 1_000,
    staleMs: 3_000,
    absentMs: 500,
    jitter: 0,
    load: (key, lease) =>
      new Promise((resolve, reject) => {
        loadings.push({ key, lease, answer: resolve, fail: () => reject(new Error("unreachable")) });
      }),
    onStale: ({ key, cause }) => void told.push(`stale ${key}: ${(cause as Error).message}`),
    onFresh: () => void told.push("fresh"),
    ...options,
  });
  const next = (): Loading => {
    const loading = loadings.shift();
    assert.ok(loading !== undefined, "something is loaded");
    return loading;
  };
  const settle = (): Promise<void> => clock.advanceSettling(0);
  const know = async (key: string, value: number | undefined): Promise<void> => {
    const found = cache.get(key);
    next().answer(value);
    assert.equal(await found, value);
  };
  return { clock, cache, loadings, told, next, settle, know };
}

describe("LoadingCache", () => {
  it("loads a key once for a thousand who ask at one time, and then answers at once", async () => {
    const { cache, loadings, next } = sample();
    const asked = Array.from({ length: 1_000 }, () => cache.get("a"));
    assert.equal(loadings.length, 1);
    next().answer(1);
    assert.deepEqual(new Set(await Promise.all(asked.map((found) => Promise.resolve(found)))), new Set([1]));
    assert.equal(cache.get("a"), 1);
    assert.equal(cache.counts.loads, 1);
  });

  it("uses a stale value while it is read again, and waits for one that is too old", async () => {
    const { cache, clock, loadings, next, know, settle } = sample();
    await know("a", 1);
    clock.advance(999);
    assert.equal(cache.get("a"), 1);
    assert.equal(loadings.length, 0);
    clock.advance(1);
    assert.equal(cache.get("a"), 1);
    assert.equal(cache.get("a"), 1);
    assert.equal(loadings.length, 1);
    next().answer(2);
    await settle();
    assert.equal(cache.get("a"), 2);
    clock.advance(3_000);
    assert.equal(cache.peek("a"), undefined);
    const found = cache.get("a");
    assert.ok(found instanceof Promise);
    next().answer(3);
    assert.equal(await found, 3);
  });

  it("reads values again at different times", async () => {
    const { cache, clock, know, loadings } = sample({ jitter: 0.5, random: seeded(3) });
    for (let at = 0; at < 50; at += 1) await know(`k${at}`, at);
    clock.advance(750);
    for (let at = 0; at < 50; at += 1) void cache.get(`k${at}`);
    assert.ok(loadings.length > 10 && loadings.length < 40, `${loadings.length} of 50 at half the time`);
  });

  it("remembers for a while that there is nothing, apart from what there is", async () => {
    const { cache, clock, know, next } = sample({ maxEntries: 10, maxAbsent: 5 });
    await know("there", 1);
    for (let at = 0; at < 100; at += 1) await know(`nobody ${at}`, undefined);
    assert.equal(cache.get("there"), 1);
    assert.equal(cache.get("nobody 99"), undefined);
    clock.advance(500);
    const again = cache.get("nobody 99");
    next().answer(5);
    assert.equal(await again, 5);
    assert.equal(cache.get("nobody 99"), 5);
  });

  it("fails where a value expires, and tries again for the next who asks", async () => {
    const { cache, clock, know, next } = sample();
    await know("a", 1);
    clock.advance(3_000);
    const found = cache.get("a");
    next().fail();
    await assert.rejects(Promise.resolve(found), /unreachable/);
    await know("a", 2);
  });

  it("goes on with the old value where it never expires, and says so", async () => {
    const { cache, clock, know, next, told, settle, loadings } = sample({ expiry: "never" });
    await know("a", 1);
    clock.advance(3_000);
    const found = cache.get("a");
    next().fail();
    assert.equal(await found, 1);
    assert.equal(cache.isStale, true);
    assert.equal(cache.get("a"), 1, "nobody waits while loads fail");
    assert.equal(loadings.length, 0);
    clock.advance(5_000);
    assert.equal(cache.get("a"), 1);
    next().answer(2);
    await settle();
    assert.equal(cache.get("a"), 2);
    assert.deepEqual(told, ["stale a: unreachable", "fresh"]);
  });

  it("waits no longer than its patience for what it has an old value of, and keeps what comes later", async () => {
    const { cache, clock, know, next, settle, loadings } = sample({ expiry: "never" });
    await know("a", 1);
    clock.advance(3_000);
    const asked = Array.from({ length: 100 }, () => cache.get("a"));
    assert.equal(loadings.length, 1);
    assert.equal(clock.pendingTimers, 2);
    await clock.advanceSettling(1_000);
    assert.deepEqual(new Set(await Promise.all(asked.map((found) => Promise.resolve(found)))), new Set([1]));
    next().answer(2);
    await settle();
    assert.equal(cache.peek("a"), 2);
    assert.equal(clock.pendingTimers, 0);
  });

  it("gives up on a load that takes too long, and tells it", async () => {
    const { cache, clock, next } = sample({ loadTimeoutMs: 200 });
    const found = Promise.resolve(cache.get("a"));
    const refused = assert.rejects(found, { status: 503, code: 20503 });
    const { lease, answer } = next();
    assert.equal(lease.signal.aborted, false);
    await clock.advanceSettling(200);
    await refused;
    assert.equal(lease.signal.aborted, true);
    answer(1);
    await clock.advanceSettling(0);
    assert.equal(cache.peek("a"), undefined);
  });

  it("keeps nothing that began to load before the key was invalidated, or in an older epoch", async () => {
    const changes: ((cache: LoadingCache<number>) => void)[] = [
      (cache) => cache.invalidate("a"),
      (cache) => cache.invalidateWhere(() => false),
      (cache) => cache.bumpEpoch(),
    ];
    for (const change of changes) {
      const { cache, next, settle } = sample();
      const before = cache.get("a");
      change(cache);
      const after = cache.get("a");
      const old = next();
      next().answer(2);
      assert.equal(await after, 2);
      old.answer(1);
      assert.equal(await before, 1);
      await settle();
      assert.equal(cache.get("a"), 2);
      assert.equal(cache.counts.lost, 1);
    }
  });

  it("distrusts everything of an older epoch, but does not forget it where it never expires", async () => {
    const { cache, know, next } = sample({ expiry: "never" });
    await know("a", 1);
    await know("nobody", undefined);
    cache.bumpEpoch();
    assert.equal(cache.epoch, 1);
    assert.equal(cache.peek("a"), undefined);
    assert.ok(cache.get("nobody") instanceof Promise);
    next().answer(7);
    const found = cache.get("a");
    next().fail();
    assert.equal(await found, 1);
    cache.invalidate("a");
    const gone = cache.get("a");
    next().fail();
    await assert.rejects(Promise.resolve(gone), /unreachable/);
  });

  it("reads again on demand, but not what it has just read", async () => {
    const { cache, clock, know, next } = sample();
    await know("a", 1);
    clock.advance(99);
    assert.equal(cache.getCurrent("a", 100), 1);
    clock.advance(1);
    const current = cache.getCurrent("a", 100);
    next().answer(2);
    assert.equal(await current, 2);
    assert.equal(cache.ageMs("a"), 0);
  });

  it("takes what the caller knows, over what is being loaded", async () => {
    const { cache, next } = sample();
    const found = cache.get("a");
    cache.set("a", 5);
    next().answer(1);
    assert.equal(await found, 1);
    assert.equal(cache.get("a"), 5);
    cache.set("a", undefined);
    assert.equal(cache.get("a"), undefined);
    assert.deepEqual([...cache.entries()], []);
  });

  it("loads no more at once than its gate lets through, and refreshes only when nobody has to wait for it", async () => {
    const clock = new ManualClock();
    const gate = new LoadGate({ clock, maxRunning: 2, maxWaiting: 2 });
    const { cache, loadings, next, know, settle } = sample({ clock, gate });
    await know("a", 1);
    await settle();
    clock.advance(1_000);
    const asked = ["b", "c", "d", "e"].map((key) => cache.get(key));
    const refused = cache.get("f");
    await assert.rejects(Promise.resolve(refused), { status: 503 });
    assert.equal(loadings.length, 2);
    assert.equal(cache.get("a"), 1);
    assert.equal(loadings.length, 2);
    cache.invalidate("d");
    assert.equal(cache.get("d"), asked[2], "a load that has not begun yet is as good as a new one");
    for (let at = 0; at < 4; at += 1) {
      next().answer(at);
      await settle();
    }
    assert.deepEqual(await Promise.all(asked.map((found) => Promise.resolve(found))), [0, 1, 2, 3]);
    assert.equal(clock.pendingTimers, 0);
  });

  it("never gives a value from before an invalidation to who asks after it, in 100,000 seeded races", async () => {
    // A process of its own: under the test runner a promise costs many times as much.
    const script = fileURLToPath(new URL("./races-fixture-child.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, "11", "100000"]);
    const { races, lost, broken, kept } = JSON.parse(stdout) as RaceResult;
    assert.deepEqual([broken, kept], [[], []], "seed 11");
    assert.ok(races >= 100_000 && lost > 10_000);
  });
});

describe("LoadGate", () => {
  it("lets those who wait through in their order, and refuses those who wait too long", async () => {
    const clock = new ManualClock();
    const gate = new LoadGate({ clock, maxRunning: 1, maxWaiting: 200, maxWaitMs: 100 });
    const order: number[] = [];
    const ends: (() => void)[] = [];
    const run = (n: number): Promise<void> =>
      gate.run(() => {
        order.push(n);
        return new Promise((resolve) => {
          ends.push(resolve);
        });
      });
    const first = run(0);
    const late = Array.from({ length: 100 }, (_, at) => assert.rejects(run(at + 1), { status: 503 }));
    await clock.advanceSettling(100);
    await Promise.all(late);
    const rest = [run(200), run(201)];
    for (let at = 0; at < 3; at += 1) {
      ends.shift()?.();
      await clock.advanceSettling(0);
    }
    await Promise.all([first, ...rest]);
    assert.deepEqual(order, [0, 200, 201]);
    assert.equal(gate.running, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});

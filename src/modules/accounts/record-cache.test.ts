import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { Logger } from "../../platform/ports.ts";
import { LookupGate } from "./lookup-gate.ts";
import { RecordCache } from "./record-cache.ts";

interface Reading {
  readonly key: string;
  readonly answer: (value: { n: number } | undefined) => void;
  readonly fail: () => void;
}

/** A cache whose reads are answered by hand. */
function sample() {
  const clock = new ManualClock();
  const readings: Reading[] = [];
  const log: string[] = [];
  const write = (event: string): void => void log.push(event);
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const cache = new RecordCache<{ n: number }>({
    name: "things",
    clock,
    logger,
    gate: new LookupGate(clock),
    maxRecords: 2,
    read: (key) =>
      new Promise((resolve, reject) => {
        readings.push({ key, answer: resolve, fail: () => reject(new Error("unreachable")) });
      }),
  });
  const next = (): Reading => {
    const reading = readings.shift();
    assert.ok(reading !== undefined, "something is read");
    return reading;
  };
  const settle = (): Promise<void> => clock.advanceSettling(0);
  const know = async (key: string, n: number): Promise<void> => {
    const found = cache.find(key);
    await settle();
    next().answer({ n });
    assert.deepEqual(await found, { n });
  };
  return { clock, readings, log, cache, next, settle, know };
}

describe("RecordCache", () => {
  it("reads each key once at a time", async () => {
    const { cache, readings, next, settle } = sample();
    const both = Promise.all([cache.find("a"), cache.find("a")]);
    await settle();
    assert.equal(readings.length, 1);
    next().answer({ n: 1 });
    assert.deepEqual(await both, [{ n: 1 }, { n: 1 }]);
    assert.deepEqual(cache.peek("a"), { n: 1 });
  });

  it("reads again in the background after 30 s, and makes requests wait after 60 s", async () => {
    const { cache, clock, readings, next, settle, know } = sample();
    await know("a", 1);
    clock.advance(29_999);
    cache.peek("a");
    assert.equal(readings.length, 0);
    clock.advance(1);
    assert.deepEqual(cache.peek("a"), { n: 1 });
    assert.deepEqual(cache.peek("a"), { n: 1 });
    assert.equal(readings.length, 1);
    next().answer({ n: 2 });
    await settle();
    assert.deepEqual(cache.peek("a"), { n: 2 });
    clock.advance(60_000);
    assert.equal(cache.peek("a"), undefined);
    const found = cache.find("a");
    next().answer(undefined);
    assert.equal(await found, undefined);
  });

  it("goes on with the old record when reading fails or takes more than a second", async () => {
    const { cache, clock, log, next, settle, know } = sample();
    await know("a", 1);
    clock.advance(60_000);
    const failing = cache.find("a");
    next().fail();
    assert.deepEqual(await failing, { n: 1 });
    clock.advance(4_999);
    assert.deepEqual(cache.peek("a"), { n: 1 });
    clock.advance(1);
    assert.deepEqual(cache.peek("a"), { n: 1 }, "nobody waits while reads fail");
    next().answer({ n: 2 });
    await settle();
    clock.advance(60_000);
    const slow = cache.find("a");
    await clock.advanceSettling(1_000);
    assert.deepEqual(await slow, { n: 2 });
    assert.deepEqual(log, ["accounts.stale", "accounts.fresh", "accounts.stale"]);
    next().answer({ n: 3 });
    await settle();
    assert.deepEqual(cache.peek("a"), { n: 3 });
  });

  it("rejects when there is nothing to go on with, and tries again for the next", async () => {
    const { cache, next, settle, know } = sample();
    const found = cache.find("a");
    await settle();
    next().fail();
    await assert.rejects(found, /unreachable/);
    await know("a", 1);
  });

  it("remembers for two seconds that there is nothing", async () => {
    const { cache, clock, readings, next } = sample();
    const found = cache.find("a");
    next().answer(undefined);
    assert.equal(await found, undefined);
    clock.advance(1_999);
    assert.equal(await cache.find("a"), undefined);
    assert.equal(readings.length, 0);
    clock.advance(1);
    const again = cache.find("a");
    next().answer({ n: 1 });
    assert.deepEqual(await again, { n: 1 });
  });

  it("keeps nothing that was being read when the record changed", async () => {
    for (const forget of ["forget", "forgetWhere"] as const) {
      const { cache, next, settle } = sample();
      const before = cache.find("a");
      await settle();
      if (forget === "forget") cache.forget("a");
      else cache.forgetWhere(() => false);
      const after = cache.find("a");
      const old = next();
      next().answer({ n: 2 });
      assert.deepEqual(await after, { n: 2 });
      old.answer({ n: 1 });
      assert.deepEqual(await before, { n: 1 });
      assert.deepEqual(cache.peek("a"), { n: 2 });
    }
  });

  it("reads again on demand, but not what it has just read", async () => {
    const { cache, clock, readings, next, know } = sample();
    await know("a", 1);
    assert.deepEqual(await cache.findCurrent("a", 1_000), { n: 1 });
    assert.equal(readings.length, 0);
    clock.advance(1_000);
    const current = cache.findCurrent("a", 1_000);
    next().answer({ n: 2 });
    assert.deepEqual(await current, { n: 2 });
  });

  it("reads what somebody may have changed anew at once, and then not again for a while", async () => {
    const { cache, clock, readings, next, know } = sample();
    await know("a", 1);
    const anew = cache.findAnew("a", 1_000);
    next().answer({ n: 2 });
    assert.deepEqual(await anew, { n: 2 });
    clock.advance(999);
    assert.deepEqual(await cache.findAnew("a", 1_000), { n: 2 });
    assert.equal(readings.length, 0);
    clock.advance(1);
    const again = cache.findAnew("a", 1_000);
    next().answer({ n: 3 });
    assert.deepEqual(await again, { n: 3 });
  });

  it("holds no more than it may, and keeps what is used", async () => {
    const { cache, know } = sample();
    await know("used", 0);
    for (let i = 0; i < 20; i += 1) {
      await know(`once ${i}`, i);
      assert.deepEqual(cache.peek("used"), { n: 0 });
    }
    const kept = Array.from({ length: 20 }, (_, i) => cache.peek(`once ${i}`)).filter((value) => value !== undefined);
    assert.ok(kept.length <= 4);
  });
});

describe("LookupGate", () => {
  it("runs four at once, the others in turn, and refuses those that wait too long or are too many", async () => {
    const clock = new ManualClock();
    const gate = new LookupGate(clock);
    const open: (() => void)[] = [];
    let running = 0;
    const lookup = async (): Promise<void> => {
      running += 1;
      await new Promise<void>((resolve) => {
        open.push(resolve);
      });
      running -= 1;
    };
    const first = Array.from({ length: 6 }, () => gate.run(lookup));
    await clock.advanceSettling(0);
    assert.equal(running, 4);
    open.shift()?.();
    await clock.advanceSettling(0);
    assert.equal(running, 4);
    await clock.advanceSettling(1_999);
    const late = gate.run(lookup);
    const refused = assert.rejects(first[5] ?? Promise.resolve(), { status: 503 });
    await clock.advanceSettling(1);
    await refused;
    while (open.length > 0) {
      open.shift()?.();
      await clock.advanceSettling(0);
    }
    await Promise.all([...first.slice(0, 5), late]);
    assert.equal(running, 0);
    assert.equal(clock.pendingTimers, 0);
    const many = Array.from({ length: 1_005 }, () => gate.run(lookup));
    await assert.rejects(many.at(-1) ?? Promise.resolve(), { status: 503 });
    await clock.advanceSettling(0);
    const waiting = Promise.allSettled(many);
    await clock.advanceSettling(2_000);
    for (const resolve of open) resolve();
    await waiting;
  });
});

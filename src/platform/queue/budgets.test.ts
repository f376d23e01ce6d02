import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";
import { KeyedBuckets, KeyedRetryBudgets, RetryBudget, TokenBucket } from "./index.ts";

const seed = seedOf(41);

describe("a token bucket", () => {
  it("holds rates below one a second, and a burst of its own", () => {
    const slow = new TokenBucket(0.2, 0);
    slow.take(slow.available(0));
    assert.equal(slow.waitMs(), 5_000);
    assert.equal(slow.available(4_999), 0);
    assert.equal(slow.available(5_000), 1);
    const bursty = new TokenBucket(0.5, 0, 10);
    assert.equal(bursty.available(0), 10);
    bursty.take(10);
    assert.equal(bursty.waitMs(3), 6_000);
    assert.equal(bursty.available(6_000), 3);
    assert.equal(new TokenBucket(0, 0).waitMs(), 0);
  });

  it("lets what costs more than its burst go when it is full, and makes it pay afterwards", () => {
    const bucket = new TokenBucket(1, 0, 2);
    assert.equal(bucket.waitMs(5), 0);
    bucket.take(5);
    assert.equal(bucket.waitMs(5), 5_000);
    bucket.available(5_000);
    assert.equal(bucket.waitMs(5), 0);
  });
});

describe("buckets by key", () => {
  it(`allow what a bucket for each key would, though they forget the full ones, seed ${seed}`, () => {
    const random = seeded(seed);
    const rateOf = (key: string): { perSecond: number; burst: number } => ({
      perSecond: 0.2 + Number(key) / 100,
      burst: 1 + (Number(key) % 3),
    });
    const keyed = new KeyedBuckets({ rateOf });
    const model = new Map<string, TokenBucket>();
    let nowMs = 0;
    let smallest = Infinity;
    for (let step = 0; step < 20_000; step += 1) {
      nowMs += Math.floor(random() * 20);
      // Keys come in waves, so that those of the last wave become idle.
      const key = String(Math.floor(step / 2_000) * 100 + Math.floor(random() * 100));
      const { perSecond, burst } = rateOf(key);
      const bucket = model.get(key) ?? new TokenBucket(perSecond, nowMs, burst);
      model.set(key, bucket);
      bucket.available(nowMs);
      const waitMs = keyed.waitMs(key, 2, nowMs);
      assert.ok(Math.abs(waitMs - bucket.waitMs(2)) <= 1);
      if (waitMs > 1 || bucket.waitMs(2) > 0) continue;
      bucket.take(2);
      keyed.take(key, 2, nowMs);
      if (step > 10_000) smallest = Math.min(smallest, keyed.size);
    }
    assert.ok(smallest < 500, `${smallest} of ${model.size} are kept`);
  });

  it("are bounded, make no bucket for a key without a rate, and let nothing pass at a rate of 0", () => {
    const keyed = new KeyedBuckets({
      maxKeys: 50,
      rateOf: (key) => (key === "free" ? undefined : { perSecond: key === "never" ? 0 : 1 }),
    });
    for (let n = 0; n < 1_000; n += 1) {
      keyed.take(String(n), 5, 0);
      assert.ok(keyed.size <= 50);
    }
    for (let n = 0; n < 100; n += 1) keyed.take("free", 5, 0);
    assert.equal(keyed.waitMs("free", 1, 0), 0);
    assert.equal(keyed.waitMs("never", 1, 0), Infinity);
    assert.ok(keyed.waitMs("999", 1, 0) > 0);
    keyed.forget("999");
    assert.equal(keyed.waitMs("999", 1, 0), 0);
  });
});

describe("a retry budget", () => {
  it("allows a tenth of the fresh traffic", () => {
    const budget = new RetryBudget({ floorPerSecond: 0 }, 0);
    assert.equal(budget.trySpend(0), true, "and one to begin with");
    let retries = 0;
    for (let n = 0; n < 10_000; n += 1) {
      budget.fresh();
      if (budget.trySpend(n)) retries += 1;
    }
    assert.equal(retries, 1_000);
    assert.equal(budget.waitMs(10_000), Infinity);
  });

  it("allows a quiet system a retry now and then, and saves up no more than its cap", () => {
    const budget = new RetryBudget({ floorPerSecond: 0.5, maxTokens: 20 }, 0);
    assert.equal(budget.trySpend(0), true);
    assert.equal(budget.trySpend(0), false);
    assert.equal(budget.waitMs(0), 2_000);
    assert.equal(budget.trySpend(1_999), false);
    assert.equal(budget.trySpend(2_000), true);
    assert.equal(budget.available(1_000_000), 1, "the floor saves nothing");
    budget.fresh(100_000);
    assert.equal(budget.available(1_000_000), 20);
    budget.trySpend(1_000_000);
    budget.giveBack();
    assert.equal(budget.available(1_000_000), 20);
  });

  it("by key never allows more than a budget for each key would, as long as there is room", () => {
    const random = seeded(seed);
    const keyed = new KeyedRetryBudgets({ maxKeys: 400 });
    const model = new Map<string, RetryBudget>();
    for (let step = 0; step < 30_000; step += 1) {
      const nowMs = step * 20;
      const key = String(Math.floor(step / 6_000) * 100 + Math.floor(random() * 100));
      const budget = model.get(key) ?? new RetryBudget({}, nowMs);
      model.set(key, budget);
      budget.available(nowMs);
      if (random() < 0.8) {
        budget.fresh();
        keyed.fresh(key, nowMs);
      } else {
        const allowed = keyed.trySpend(key, nowMs);
        assert.ok(!allowed || budget.trySpend(nowMs));
      }
    }
    assert.ok(keyed.size <= 400);
    for (let n = 0; n < 2_000; n += 1) keyed.trySpend(`other ${n}`, 600_000);
    assert.ok(keyed.size <= 400);
    assert.equal(keyed.waitMs("unknown", 0), 0);
  });
});

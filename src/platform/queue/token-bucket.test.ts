import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { TokenBucket } from "./index.ts";

describe("a token bucket", () => {
  it("allows a tenth of a second's worth at once, and at least one", () => {
    assert.equal(new TokenBucket(200, 0).available(0), 20);
    assert.equal(new TokenBucket(1, 0).available(0), 1);
    assert.equal(new TokenBucket(200, 0).available(60_000), 20);
  });

  it("says how long to wait, and then there is a token", () => {
    for (const perSecond of [1, 3, 7, 9.5, 100, 333]) {
      const bucket = new TokenBucket(perSecond, 0);
      bucket.take(bucket.available(0) + 5);
      const waitMs = bucket.waitMs();
      assert.equal(bucket.available(waitMs - 2), 0, `${perSecond}/s, too early`);
      assert.equal(bucket.available(waitMs), 1, `${perSecond}/s`);
      assert.equal(bucket.waitMs(), 0);
    }
  });

  it("never gives more than its rate and its burst over any time, and no less than its rate, seed 3", () => {
    const random = seeded(3);
    const bucket = new TokenBucket(50, 0);
    let nowMs = 0;
    let taken = 0;
    while (nowMs < 100_000) {
      nowMs += Math.floor(random() * 40);
      const count = bucket.available(nowMs);
      bucket.take(count);
      taken += count;
      assert.ok(taken <= 5 + (50 * nowMs) / 1_000 + 1e-6);
    }
    assert.ok(taken >= (50 * nowMs) / 1_000 - 5);
  });

  it("stands still while the clock is set back", () => {
    const bucket = new TokenBucket(10, 10_000);
    bucket.take(1);
    assert.equal(bucket.available(5_000), 0);
    assert.equal(bucket.available(5_100), 1);
  });
});

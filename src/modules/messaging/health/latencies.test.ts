import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Latencies } from "./latencies.ts";

describe("latencies", () => {
  it("give quantiles that are 5 % off at most", () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.add(ms, 0);
    for (const share of [0.5, 0.95, 0.99]) {
      const told = latencies.quantile(share, 0) ?? 0;
      assert.ok(Math.abs(told / (share * 1_000) - 1) < 0.05, `${told} for ${share}`);
    }
  });

  it("are forgotten after two minutes", () => {
    const latencies = new Latencies();
    assert.equal(latencies.quantile(0.5, 0), undefined);
    latencies.add(10, 0);
    assert.ok(latencies.quantile(0.5, 60_000) !== undefined);
    assert.equal(latencies.quantile(0.5, 200_000), undefined);
  });
});

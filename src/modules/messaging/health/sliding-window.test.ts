import assert from "node:assert/strict";
import { it } from "node:test";
import { seeded, seedOf } from "../../../../test/kit/memory-log.ts";
import { SlidingWindow } from "./sliding-window.ts";

const seed = seedOf(61);

it(`counts what happened in the last slots and forgets the rest, seed ${seed}`, () => {
  const random = seeded(seed);
  const window = new SlidingWindow({ slotMs: 100, slots: 4 });
  const happened: { atMs: number; latencyMs: number }[] = [];
  let nowMs = 12_345;
  for (let step = 0; step < 3_000; step += 1) {
    nowMs += Math.floor(random() ** 6 * 700);
    const latencyMs = 2 ** Math.floor(random() * 10);
    if (random() < 0.8) {
      window.add("accepted", nowMs);
      window.addLatency(latencyMs, nowMs);
      happened.push({ atMs: nowMs, latencyMs });
    }
    window.forget(nowMs);
    const counted = happened.filter(({ atMs }) => Math.floor(nowMs / 100) - Math.floor(atMs / 100) < 4);
    assert.equal(window.total("accepted"), counted.length);
    assert.equal(window.isEmpty, counted.length === 0);
    const sorted = counted.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
    assert.equal(window.medianLatencyMs(1), sorted[Math.ceil(sorted.length / 2) - 1]);
  }
});

it("rounds latencies up to powers of two, and very long ones down to the longest", () => {
  for (const [latencyMs, told] of [
    [0, 1],
    [1, 1],
    [3, 4],
    [1_024, 1_024],
    [1_025, 2_048],
    [1e12, 2 ** 22],
  ] as const) {
    const window = new SlidingWindow({ slotMs: 100, slots: 4 });
    window.addLatency(latencyMs, 0);
    assert.equal(window.medianLatencyMs(2), undefined);
    assert.equal(window.medianLatencyMs(1), told);
  }
});

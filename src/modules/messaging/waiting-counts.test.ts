import assert from "node:assert/strict";
import { it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { WaitingCounts } from "./waiting-counts.ts";

it("what waits is counted as in a plain map, and keys at zero do not pile up, seed 3", () => {
  const random = seeded(3);
  const counts = new WaitingCounts();
  const model = new Map<string, number>();
  for (let step = 0; step < 50_000; step += 1) {
    const key = String(Math.floor(random() * 20_000));
    const waits = model.get(key) ?? 0;
    const change = waits > 0 && random() < 0.9 ? -1 : 1;
    counts.add(key, change, change * 2);
    model.set(key, waits + change);
  }
  let live = 0;
  for (const [key, waits] of model) {
    assert.deepEqual(counts.of(key), { messages: waits, segments: waits * 2 });
    if (waits > 0) live += 1;
  }
  assert.ok(counts.size <= 2 * live + 1_001, `${counts.size} keys for ${live} that wait`);
});

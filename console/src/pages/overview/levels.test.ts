import assert from "node:assert/strict";
import { test } from "node:test";
import { type Level, mergeLevels, percent, toneOfLevel } from "./levels.ts";

function level(good: number, of: number): Level {
  const windows = [{ name: "5min", good, of, burn_rate: null }];
  return { name: "delivery", objective: 0.95, good, of, budget_left: null, windows };
}

void test("levels of several cells add up, and what follows is computed of the sums", () => {
  const [merged] = mergeLevels([[level(90, 100)], [level(100, 100)]]);
  assert.equal(merged?.good, 190);
  assert.equal(merged?.of, 200);
  assert.ok(Math.abs((merged?.budget_left ?? 1) - 0) < 1e-9);
  assert.ok(Math.abs((merged?.windows[0]?.burn_rate ?? 0) - 1) < 1e-9);
});

void test("without anything to judge there is no verdict", () => {
  const [merged] = mergeLevels([[level(0, 0)]]);
  assert.equal(merged?.budget_left, null);
  assert.equal(merged && toneOfLevel(merged), "neutral");
});

void test("a share below one is never shown as all", () => {
  assert.equal(percent(0.99999), "99.9990 %");
  assert.equal(percent(0.9999999), "99.9999 %");
  assert.equal(percent(1), "100 %");
  assert.equal(percent(0.5), "50.0 %");
});

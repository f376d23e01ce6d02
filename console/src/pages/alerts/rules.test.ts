import assert from "node:assert/strict";
import { test } from "node:test";
import { kindsOf, shownValue, toneOfState } from "./rules.ts";

void test("a metric offers the kinds of rules that fit it", () => {
  const of = (metric: string): string[] => kindsOf(metric).map(({ value }) => value);
  assert.deepEqual(of("within_5s"), ["threshold", "burn-rate"]);
  assert.deepEqual(of("messages"), ["threshold", "absence"]);
  assert.deepEqual(of("delivered_latency"), ["threshold"]);
});

void test("values are shown as what they are", () => {
  assert.equal(shownValue("within_5s", 0.98765), "98.765 %");
  assert.equal(shownValue("delivered_latency", 311.4), "311 ms");
  assert.equal(shownValue("messages", null), "–");
  assert.equal(toneOfState("firing"), "bad");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { breakdownsFor, type LedgerSum, microsOf, spendRows, startOf } from "./ledger.ts";

void test("spend by carrier is offered for the operator's account alone", () => {
  const names = (isOperators: boolean) => breakdownsFor({ isOperators }).map(({ value }) => value);
  assert.deepEqual(names(true), ["category", "country", "carrier", "account"]);
  assert.deepEqual(names(false), ["category", "country", "account"]);
});

void test("decimal amounts become micros exactly", () => {
  assert.equal(microsOf("0.0079"), 7_900);
  assert.equal(microsOf("-12.5"), -12_500_000);
  assert.equal(microsOf("1234567.000001"), 1_234_567_000_001);
  assert.equal(microsOf("-0"), 0);
});

void test("spend is ordered, without credits, each currency measured by its own largest", () => {
  const sum = (carrier: string | null, amount: string, more: Partial<LedgerSum> = {}): LedgerSum => {
    return { kind: "charge", currency: "USD", lines: 1, count: 2, usage: 2, amount, carrier, ...more };
  };
  const sums = [
    sum("north", "-1.5"),
    sum(null, "-3"),
    sum("north", "-8", { kind: "cost" }),
    sum("", "100", { kind: "credit" }),
    sum("north", "-2", { currency: "EUR" }),
  ];
  assert.deepEqual(
    spendRows(sums, "carrier", "charge").map(({ name, micros, share }) => [name, micros, share]),
    [
      ["none", 3_000_000, 1],
      ["north", 2_000_000, 1],
      ["north", 1_500_000, 0.5],
    ],
  );
});

void test("spans begin where they say", () => {
  const nowMs = Date.parse("2026-03-15T12:00:00Z");
  assert.equal(startOf("month", nowMs), "2026-03-01T00:00:00.000Z");
  assert.equal(startOf("day", nowMs), "2026-03-14T12:00:00.000Z");
});

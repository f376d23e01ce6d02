import assert from "node:assert/strict";
import { it } from "node:test";
import { decimalOf, microsOf } from "./amount-text.ts";

it("reads decimal amounts exactly, and refuses what it would have to round", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["12.5", 12_500_000],
    ["0.000001", 1],
    ["-0.0075", -7_500],
    ["+3", 3_000_000],
    ["-0", 0],
    ["0.1", 100_000],
    ["4000000000", 4_000_000_000_000_000],
    ["4000000000.000001", undefined],
    ["0.0000001", undefined],
    ["1e3", undefined],
    ["1,5", undefined],
    ["", undefined],
    [".5", undefined],
    ["NaN", undefined],
  ];
  for (const [text, micros] of cases) assert.equal(microsOf(text), micros, text);
  assert.ok(Object.is(microsOf("-0"), 0));
});

it("writes sums that are beyond exact numbers", () => {
  assert.equal(decimalOf("123456789012345678901234"), "123456789012345678.901234");
  assert.equal(decimalOf("-7500"), "-0.0075");
  assert.equal(decimalOf("0"), "0.00");
  assert.equal(decimalOf("1000000"), "1.00");
});

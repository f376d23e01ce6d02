import assert from "node:assert/strict";
import { it } from "node:test";
import { formatNumber, inventoryNumber, type ConfiguredNumber } from "./phone-number.ts";

const derived = (number: string, more: Partial<ConfiguredNumber> = {}) => {
  const { country, region, kind } = inventoryNumber({ number, sms: true, mms: true, voice: true, ...more });
  return [country, region, kind];
};

it("reads country, region and kind from the number itself where the operator does not say", () => {
  assert.deepEqual(derived("+12125550100"), ["US", "NY", "local"]);
  assert.deepEqual(derived("+14165550100"), ["CA", "ON", "local"]);
  assert.deepEqual(derived("+18005550100", { type: "local" }), ["US", null, "tollfree"]);
  assert.deepEqual(derived("+447700900123", { type: "mobile" }), ["GB", null, "mobile"]);
  assert.deepEqual(derived("+12125550100", { country: "PR", type: "shortcode" }), ["PR", "NY", "local"]);
  assert.deepEqual(derived("55555", { type: "local" }), [null, null, "shortcode"]);
  assert.deepEqual(derived("55555", { country: "US" }), ["US", null, "shortcode"]);
});

it("formats North American numbers as people there write them", () => {
  assert.equal(formatNumber("+15005550100"), "(500) 555-0100");
  assert.equal(formatNumber("+447700900123"), "+447700900123");
  assert.equal(formatNumber("55555"), "55555");
});

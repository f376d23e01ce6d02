import assert from "node:assert/strict";
import test from "node:test";
import { normaliseMessageId } from "./index.ts";

test("the hex id of a response and the decimal id of its receipt meet in either base", () => {
  assert.equal(normaliseMessageId("4D2F", "hex-to-decimal"), "19759");
  assert.equal(normaliseMessageId("0000019759", "decimal"), "19759");
  assert.equal(normaliseMessageId("0000019759", "decimal-to-hex"), "4d2f");
  assert.equal(normaliseMessageId("00004D2F", "hex"), "4d2f");
});

test("ids of any size are converted without loss", () => {
  const hex = "ffeeddccbbaa99887766554433221100";
  const decimal = normaliseMessageId(hex, "hex-to-decimal");
  assert.equal(decimal, "340193404210632335760508365704335069440");
  assert.equal(normaliseMessageId(decimal, "decimal-to-hex"), hex);
});

test("as-is touches nothing", () => {
  assert.equal(normaliseMessageId("00aB", "as-is"), "00aB");
});

test("what is not a number of the base comes back unchanged", () => {
  for (const id of ["", "xyz", "0x12", "-1", " 1", "1e3.", "6f1c-22", "1".repeat(65)]) {
    assert.equal(normaliseMessageId(id, "hex-to-decimal"), id);
    assert.equal(normaliseMessageId(id, "decimal-to-hex"), id);
  }
  assert.equal(normaliseMessageId("1a", "decimal-to-hex"), "1a");
});

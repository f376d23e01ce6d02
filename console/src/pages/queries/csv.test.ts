import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "./csv.ts";

void test("rows become CSV, and no text becomes a formula", () => {
  const rows = [
    ["a,b", 'say "hi"', null],
    ["=1+1", -5, true],
  ] as const;
  assert.equal(csvOf(["x", "y", "z"], rows), 'x,y,z\r\n"a,b","say ""hi""",\r\n\'=1+1,-5,true\r\n');
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { storableText } from "./storable-text.ts";

test("zero characters and lone halves of pairs are replaced, everything else stays", () => {
  assert.equal(storableText("a\0b\ud800c\udc00"), "a\ufffdb\ufffdc\ufffd");
  const fine = "plain \u{1f389} \t\n";
  assert.equal(storableText(fine), fine);
});

import assert from "node:assert/strict";
import { it } from "node:test";
import { isSameSecret, keyedHash } from "./keyed-hash.ts";

it("a keyed hash is that of RFC 4231 §4.3", () => {
  const content = "what do ya want for nothing?";
  const hash = keyedHash({ algorithm: "sha256", key: "Jefe", content, encoding: "hex" });
  assert.equal(hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

it("secrets are compared whole, whatever their length", () => {
  assert.equal(isSameSecret("abc", "abc"), true);
  assert.equal(isSameSecret("abc", "abcd"), false);
  assert.equal(isSameSecret("", "a"), false);
});

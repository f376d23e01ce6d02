import assert from "node:assert/strict";
import { it } from "node:test";
import { WrongCredentials } from "./wrong-credentials.ts";

it("remembers only what was wrong, for five to ten seconds", () => {
  let nowMs = 0;
  const wrong = new WrongCredentials({ monotonicMs: () => nowMs });
  assert.equal(wrong.has({ username: "a", password: "b" }), false);
  wrong.note({ username: "a", password: "b" });
  assert.equal(wrong.has({ username: "a", password: "b" }), true);
  assert.equal(wrong.has({ username: "a", password: "c" }), false);
  assert.equal(wrong.has({ username: "a\0b", password: "" }), false);
  assert.equal(wrong.has({ username: "b", password: "b" }), false);
  nowMs = 5_001;
  assert.equal(wrong.has({ username: "a", password: "b" }), true);
  nowMs = 10_003;
  assert.equal(wrong.has({ username: "a", password: "b" }), false);
});

it("forgets the oldest when more are tried than it keeps", () => {
  const wrong = new WrongCredentials({ monotonicMs: () => 0 });
  for (let count = 0; count < 45_000; count += 1) wrong.note({ username: "a", password: String(count) });
  assert.equal(wrong.has({ username: "a", password: "0" }), false);
  assert.equal(wrong.has({ username: "a", password: "44999" }), true);
});

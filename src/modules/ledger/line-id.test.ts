import assert from "node:assert/strict";
import { it } from "node:test";
import { firstLineIdAt, lineIds } from "./line-id.ts";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("makes a UUIDv7 of where a line stands, in the order of the log", () => {
  const idOf = lineIds("messaging-1");
  const atMs = Date.UTC(2026, 10, 21);
  let before = firstLineIdAt(atMs);
  for (const offset of [0, 1, 300, 65_535, 2 ** 28, 2 ** 32 + 5, 2 ** 41]) {
    for (const index of [0, 1, 15]) {
      const id = idOf({ atMs, offset, index });
      assert.match(id, UUID7);
      assert.ok(id > before, `${id} comes after ${before}`);
      before = id;
    }
  }
  assert.ok(before < firstLineIdAt(atMs + 1));
});

it("makes the same id of the same place, and another one in another cell", () => {
  const origin = { atMs: 1_700_000_000_000, offset: 123_456, index: 3 };
  assert.equal(lineIds("a")(origin), lineIds("a")(origin));
  assert.notEqual(lineIds("a")(origin), lineIds("b")(origin));
});

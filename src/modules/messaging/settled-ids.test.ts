import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_SETTLED_IDS, SettledIds } from "./settled-ids.ts";

describe("the ids whose receipt is settled", () => {
  it("are remembered up to the maximum, the oldest giving way", () => {
    const ids = new SettledIds();
    for (let i = 0; i <= MAX_SETTLED_IDS; i += 1) ids.remember(`north|${i}`);
    assert.equal(ids.table.size, MAX_SETTLED_IDS);
    assert.equal(ids.has("north|0"), false);
    assert.equal(ids.has("north|1"), true);
    assert.equal(ids.has(`north|${MAX_SETTLED_IDS}`), true);
  });

  it("go on after a restart where they were", () => {
    const ids = new SettledIds();
    for (let i = 0; i < MAX_SETTLED_IDS + 10; i += 1) ids.remember(`north|${i}`);
    const restored = new SettledIds();
    for (const [index, value] of [...ids.table.values()].entries()) {
      restored.table.restore([String(index), 0, { ...value }]);
    }
    restored.index();
    restored.remember("north|new");
    assert.equal(restored.has("north|10"), false, "the oldest has given way");
    assert.equal(restored.has("north|11"), true);
    assert.equal(restored.has("north|new"), true);
  });

  it("take one place each, however often they are repeated", () => {
    const ids = new SettledIds();
    for (let i = 0; i < 5; i += 1) ids.remember("north|1");
    assert.equal(ids.table.size, 1);
  });
});

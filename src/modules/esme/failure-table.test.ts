import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { FailureTable } from "./failure-table.ts";

describe("FailureTable", () => {
  it("lets ten failures pass at once and then one in five seconds", () => {
    const clock = new ManualClock();
    const table = new FailureTable(clock, 10);
    for (let n = 0; n < 10; n += 1) {
      assert.ok(table.mayTry("a"));
      table.note("a");
    }
    assert.ok(!table.mayTry("a"));
    assert.ok(table.mayTry("b"));
    clock.advance(4_900);
    assert.ok(!table.mayTry("a"));
    clock.advance(200);
    assert.ok(table.mayTry("a"));
    table.note("a");
    assert.ok(!table.mayTry("a"));
  });

  it("forgets the keys that failed longest ago", () => {
    const table = new FailureTable(new ManualClock(), 2);
    for (let n = 0; n < 10; n += 1) table.note("old");
    table.note("x");
    table.note("y");
    assert.ok(table.mayTry("old"));
  });
});

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

  it("forgets of too many keys those that failed least", () => {
    const table = new FailureTable(new ManualClock(), 2);
    for (let n = 0; n < 10; n += 1) table.note("often");
    for (let n = 0; n < 1_000; n += 1) table.note(`once ${n}`);
    assert.ok(!table.mayTry("often"));
  });

  it("does not make the wait longer by failures during the wait", () => {
    const clock = new ManualClock();
    const table = new FailureTable(clock, 10);
    for (let n = 0; n < 100; n += 1) table.note("a");
    clock.advance(5_000);
    assert.ok(table.mayTry("a"));
  });
});

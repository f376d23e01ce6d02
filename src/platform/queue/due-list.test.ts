import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { seeded } from "../../../test/kit/memory-log.ts";
import { DueList } from "./index.ts";

describe("a due list", () => {
  it("tells each key once, never early and at most a tick late, with one timer for all, seed 11", () => {
    const random = seeded(11);
    const clock = new ManualClock();
    const due = new Map<string, number>();
    const told = new Map<string, number>();
    const list = new DueList(clock, (keys) => {
      for (const key of keys) {
        assert.ok(!told.has(key), `${key} is told once`);
        told.set(key, clock.nowMs());
      }
    });
    for (let n = 0; n < 2_000; n += 1) {
      const atMs = clock.nowMs() + Math.floor(random() * 5_000) - 500;
      due.set(String(n), Math.max(atMs, clock.nowMs()));
      list.add(String(n), atMs);
      assert.ok(clock.pendingTimers <= 1);
      if (random() < 0.3) clock.advance(Math.floor(random() * 50));
    }
    clock.advance(6_000);
    assert.equal(told.size, 2_000);
    for (const [key, atMs] of due) {
      const lateMs = (told.get(key) ?? 0) - atMs;
      assert.ok(lateMs >= 0 && lateMs <= 100, `${key} is ${lateMs} ms late`);
    }
    assert.equal(clock.pendingTimers, 0);
  });

  it("takes keys that are added while others are told", () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const list = new DueList(clock, (keys) => {
      told.push(...keys);
      if (told.length < 5) list.add(`again ${told.length}`, clock.nowMs() + 100);
    });
    list.add("first", clock.nowMs());
    clock.advance(1_000);
    assert.deepEqual(told, ["first", "again 1", "again 2", "again 3", "again 4"]);
  });

  it("tells nothing after it was closed", () => {
    const clock = new ManualClock();
    const list = new DueList(clock, () => assert.fail("it is closed"));
    list.add("a", clock.nowMs() + 50);
    list.close();
    list.add("b", clock.nowMs() + 50);
    clock.advance(1_000);
    assert.equal(clock.pendingTimers, 0);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import type { Clock } from "../../src/platform/ports.ts";

interface Subject {
  readonly clock: Clock;
  /** Lets at least this much time pass. */
  elapse(ms: number): Promise<void>;
}

const adapters: Record<string, () => Subject> = {
  manual: () => {
    const clock = new ManualClock();
    return { clock, elapse: async (ms) => clock.advance(ms) };
  },
  // Real time has to pass; a timer is given room, since it may be late but never early.
  system: () => ({ clock: systemClock, elapse: (ms) => sleep(ms + 15) }),
};

for (const [name, make] of Object.entries(adapters)) {
  describe(`a clock: ${name}`, () => {
    it("fires a timer once, and not before its time", async () => {
      const { clock, elapse } = make();
      const startMs = clock.monotonicMs();
      const firedAtMs: number[] = [];
      clock.after(10, () => firedAtMs.push(clock.monotonicMs() - startMs));
      assert.deepEqual(firedAtMs, []);
      await elapse(10);
      await elapse(10);
      assert.equal(firedAtMs.length, 1);
      // Node counts timers in whole milliseconds of its own loop time.
      assert.ok((firedAtMs[0] ?? 0) >= 9, `fired after ${firedAtMs[0]} ms`);
    });

    it("fires timers in order of their due time", async () => {
      const { clock, elapse } = make();
      const fired: string[] = [];
      clock.after(12, () => fired.push("third"));
      clock.after(1, () => fired.push("first"));
      clock.after(6, () => fired.push("second"));
      await elapse(12);
      assert.deepEqual(fired, ["first", "second", "third"]);
    });

    it("does not fire what was cancelled, and takes a late or second cancel calmly", async () => {
      const { clock, elapse } = make();
      let fired = 0;
      const cancelled = clock.after(2, () => (fired += 1));
      const kept = clock.after(2, () => (fired += 1));
      cancelled.cancel();
      cancelled.cancel();
      await elapse(2);
      kept.cancel();
      assert.equal(fired, 1);
    });

    it("treats a delay in the past as no delay, and never fires within the call that arms", async () => {
      const { clock, elapse } = make();
      let fired = false;
      clock.after(-5, () => (fired = true));
      assert.equal(fired, false);
      await elapse(1);
      assert.equal(fired, true);
    });

    it("does not fire a timer of many weeks at once", async () => {
      const { clock, elapse } = make();
      let fired = false;
      const timer = clock.after(60 * 24 * 3_600_000, () => (fired = true));
      await elapse(5);
      timer.cancel();
      assert.equal(fired, false);
    });

    it("moves both of its times forward", async () => {
      const { clock, elapse } = make();
      const [nowMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()];
      await elapse(5);
      assert.ok(clock.nowMs() >= nowMs + 4);
      assert.ok(clock.monotonicMs() >= monotonicMs + 5);
      assert.equal(Number.isInteger(clock.nowMs()), true);
    });
  });
}

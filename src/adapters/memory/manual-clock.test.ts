import assert from "node:assert/strict";
import { it } from "node:test";
import { AssertionError } from "../../kernel/assert.ts";
import { ManualClock } from "./manual-clock.ts";

it("fires timers of one time in the order they were armed, each at exactly its due time", () => {
  const clock = new ManualClock(1_000);
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.nowMs()]);
  clock.after(5, note("a"));
  clock.after(5, note("b"));
  clock.after(3, () => {
    note("c")();
    clock.after(2, note("d"));
    clock.after(100, note("never"));
  });
  clock.advance(10);
  assert.deepEqual(fired, [
    ["c", 1_003],
    ["a", 1_005],
    ["b", 1_005],
    ["d", 1_005],
  ]);
  assert.equal(clock.nowMs(), 1_010);
  assert.equal(clock.pendingTimers, 1);
});

it("keeps order over a thousand timers armed and cancelled at random, seed 7", () => {
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const clock = new ManualClock();
  const fired: number[] = [];
  let cancelled = 0;
  for (let n = 0; n < 1_000; n += 1) {
    const timer = clock.after(random(500), () => fired.push(clock.monotonicMs()));
    if (random(4) === 0) {
      timer.cancel();
      cancelled += 1;
    }
  }
  clock.advance(500);
  assert.equal(fired.length, 1_000 - cancelled);
  assert.deepEqual(
    fired,
    fired.toSorted((a, b) => a - b),
  );
});

it("lets promises settle between timers when asked to", async () => {
  const clock = new ManualClock();
  const wait = (ms: number): Promise<void> => new Promise((done) => clock.after(ms, done));
  let reachedAtMs = 0;
  void (async () => {
    await wait(10);
    await wait(10);
    reachedAtMs = clock.monotonicMs();
  })();
  await clock.advanceSettling(100);
  assert.equal(reachedAtMs, 20);
});

it("stops at timers that arm each other without end", () => {
  const clock = new ManualClock();
  const again = (): void => void clock.after(0, again);
  again();
  assert.throws(() => clock.advance(1), AssertionError);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";
import type { Clock } from "../ports.ts";
import { TimingWheel, type WheelHandle } from "./index.ts";

const DAY_MS = 86_400_000;

/** A clock whose wall time can be set beside its steady time, and that counts its timers. */
class SetClock implements Clock {
  readonly steady = new ManualClock();
  offsetMs = 0;
  armed = 0;

  nowMs(): number {
    return this.steady.nowMs() + this.offsetMs;
  }

  monotonicMs(): number {
    return this.steady.monotonicMs();
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    this.armed += 1;
    return this.steady.after(delayMs, run);
  }
}

describe("a timing wheel", () => {
  const seed = seedOf(21);

  it(`tells as a sorted list does, over all its levels, whatever is added and called off, seed ${seed}`, () => {
    const random = seeded(seed);
    const clock = new ManualClock();
    let model: { key: number; atMs: number; handle: WheelHandle }[] = [];
    const told: number[] = [];
    const wheel = new TimingWheel<number>({
      clock,
      onDue: (keys) => {
        const now = clock.nowMs();
        for (const key of keys) {
          const entry = model.find((one) => one.key === key);
          assert.ok(entry !== undefined, `${key} is told once`);
          assert.ok(now >= entry.atMs, `${key} is not early`);
          told.push(key);
        }
        const due = model.filter((one) => keys.includes(one.key));
        const order = due.toSorted((a, b) => a.atMs - b.atMs || a.key - b.key).map(({ key }) => key);
        assert.deepEqual(keys, order, "in order of time, then of adding");
        model = model.filter((one) => !keys.includes(one.key));
      },
    });
    for (let n = 0; n < 3_000; n += 1) {
      const atMs = clock.nowMs() + Math.floor(10 ** (random() * 9.5)) - 20;
      model.push({ key: n, atMs, handle: wheel.add(n, atMs) });
      if (random() < 0.2) {
        const [gone] = model.splice(Math.floor(random() * model.length), 1);
        assert.equal(wheel.cancel(gone?.handle ?? -1), true);
        assert.equal(wheel.cancel(gone?.handle ?? -1), false);
      }
      if (random() < 0.2) {
        clock.advance(Math.floor(10 ** (random() * 6)));
        const late = model.find(({ atMs }) => clock.nowMs() - atMs >= 10);
        assert.equal(late, undefined, "at most a tick late");
      }
      assert.equal(wheel.size, model.length);
      assert.ok(clock.pendingTimers <= 1);
    }
    clock.advance(60 * DAY_MS);
    assert.equal(wheel.size, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it("keeps what is due in years, and times before its beginning", () => {
    const clock = new ManualClock();
    const told: [string, number][] = [];
    const started = clock.nowMs();
    const wheel = new TimingWheel<string>({
      clock,
      onDue: (keys) => {
        for (const key of keys) told.push([key, Math.round((clock.nowMs() - started) / DAY_MS)]);
      },
    });
    wheel.add("in three years", started + 1_095 * DAY_MS);
    wheel.add("in one year", started + 365 * DAY_MS);
    wheel.add("long ago", -5);
    // Idle wheels are looked at twice a minute, in case that the clock was set.
    clock.advance(200 * DAY_MS);
    assert.deepEqual(told, [["long ago", 0]]);
    for (let n = 0; n < 9; n += 1) clock.advance(100 * DAY_MS);
    assert.deepEqual(told.slice(1), [
      ["in one year", 365],
      ["in three years", 1_095],
    ]);
  });

  it("looks at what is due and not at every tick when the clock is set forward", () => {
    const clock = new SetClock();
    const told: number[] = [];
    const wheel = new TimingWheel<number>({ clock, onDue: (keys) => told.push(...keys) });
    const started = clock.nowMs();
    for (let n = 0; n < 50_000; n += 1) wheel.add(n, started + 30 * DAY_MS + n * 1_000);
    for (let n = 0; n < 100; n += 1) wheel.add(-n, started + n * 200_000);
    clock.offsetMs = 6 * 3_600_000;
    clock.armed = 0;
    clock.steady.advance(30_000);
    assert.deepEqual(
      told,
      [...Array(100).keys()].map((n) => -n),
    );
    assert.ok(clock.armed < 10, `${clock.armed} timers`);
    assert.equal(wheel.size, 50_000);
  });

  it("loses nothing when the clock is set back, and is in time for what is added then", () => {
    const clock = new SetClock();
    const told: string[] = [];
    const wheel = new TimingWheel<string>({ clock, onDue: (keys) => told.push(...keys) });
    wheel.add("passed", clock.nowMs());
    wheel.add("old", clock.nowMs() + 5_000);
    clock.steady.advance(1_000);
    clock.offsetMs = -3_600_000;
    wheel.add("new", clock.nowMs() + 2_000);
    clock.steady.advance(1_999);
    assert.deepEqual(told, ["passed"]);
    clock.steady.advance(11);
    assert.deepEqual(told, ["passed", "new"]);
    clock.steady.advance(3_603_000);
    assert.deepEqual(told, ["passed", "new", "old"]);
  });

  it("has no timer when everything was called off, and does not mistake a new key for an old one", () => {
    const clock = new ManualClock();
    const wheel = new TimingWheel<string>({ clock, onDue: () => undefined });
    const first = wheel.add("a", clock.nowMs() + 50);
    assert.equal(wheel.cancel(first), true);
    assert.equal(clock.pendingTimers, 0);
    const second = wheel.add("b", clock.nowMs() + 50);
    assert.notEqual(first, second);
    assert.equal(wheel.cancel(first), false);
    assert.equal(wheel.size, 1);
    wheel.close();
    assert.equal(wheel.add("c", 0), -1);
    assert.equal(wheel.cancel(-1), false);
    clock.advance(1_000);
    assert.equal(clock.pendingTimers, 0);
  });

  it("gives its memory back when it is empty", () => {
    const clock = new ManualClock();
    const wheel = new TimingWheel<number>({ clock, onDue: () => undefined });
    for (let n = 0; n < 20_000; n += 1) wheel.add(n, clock.nowMs() + n);
    clock.advance(30_000);
    const { slots } = wheel as unknown as { slots: { at: Float64Array } };
    assert.ok(slots.at.length < 100);
    wheel.add(1, clock.nowMs() + 5);
    clock.advance(20);
    assert.equal(wheel.size, 0);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../../adapters/memory/index.ts";
import type { Carrier } from "../carriers/carrier.ts";
import { Lane } from "./lane.ts";

const carrier: Carrier = {
  name: "north",
  prefixes: [],
  priority: 1,
  messagesPerSecond: undefined,
  up: true,
  capacity: () => 10,
  countParts: () => 1,
  submit: () => assert.fail("nothing is submitted here"),
  start: () => {},
  status: () => ({ name: "north", type: "test", up: true, binds: [] }),
  close: () => Promise.resolve(),
};

function laneOf(clock: ManualClock, allows: () => "all" | "probe" | "none" = () => "all"): Lane {
  const lane = new Lane({ carrier, clock, gate: () => 0, onReady: () => {}, allows });
  lane.queue.push("SM", { lane: 1, account: "AC", sender: "+15005550100" }, 1);
  return lane;
}

/** A part is given to the carrier and answered. */
function answer(lane: Lane, kind: "accepted" | "throttled" | "other"): void {
  lane.submitted();
  lane.answered(kind, 10);
}

describe("a lane", () => {
  it("pauses when the carrier says too fast, longer each time, and wakes up by itself", () => {
    const clock = new ManualClock();
    const lane = laneOf(clock);
    assert.equal(lane.room(), 10);
    for (const pauseMs of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
      answer(lane, "throttled");
      answer(lane, "throttled");
      assert.equal(lane.room(), 0);
      let woken = 0;
      lane.whenRateAllows(() => (woken += 1));
      clock.advance(pauseMs - 1);
      assert.deepEqual([lane.room(), woken], [0, 0]);
      clock.advance(1);
      assert.deepEqual([lane.room(), woken], [1, 1], "one part goes first, to see");
    }
    answer(lane, "accepted");
    assert.equal(lane.room(), 10);
  });

  it("waits for the answer to the part that tries it", () => {
    const clock = new ManualClock();
    const lane = laneOf(clock);
    answer(lane, "throttled");
    clock.advance(250);
    lane.submitted();
    assert.equal(lane.room(), 0);
    lane.answered("other", 10);
    assert.equal(lane.room(), 1);
  });

  it("does not pause for a few answers among many", () => {
    const lane = laneOf(new ManualClock());
    for (let n = 0; n < 20; n += 1) answer(lane, "accepted");
    for (let n = 0; n < 5; n += 1) {
      assert.equal(lane.room(), 10);
      answer(lane, "throttled");
    }
    assert.equal(lane.room(), 0);
  });

  it("starts with the shortest pause again after the carrier has accepted", () => {
    const clock = new ManualClock();
    const lane = laneOf(clock);
    answer(lane, "throttled");
    // What was on its way already does not count as the carrier being content.
    answer(lane, "accepted");
    clock.advance(250);
    answer(lane, "throttled");
    clock.advance(499);
    assert.equal(lane.room(), 0);
    clock.advance(1);
    answer(lane, "other");
    answer(lane, "accepted");
    answer(lane, "throttled");
    clock.advance(250);
    assert.equal(lane.room(), 1);
  });

  it("lets one message through to try a carrier that is not trusted, and looks again by itself", () => {
    const clock = new ManualClock();
    let allowed: "all" | "probe" | "none" = "none";
    const lane = laneOf(clock, () => allowed);
    assert.equal(lane.room(), 0);
    let woken = 0;
    lane.whenRateAllows(() => (woken += 1));
    clock.advance(250);
    assert.equal(woken, 1);
    allowed = "probe";
    assert.equal(lane.room(), 1);
    allowed = "all";
    assert.equal(lane.room(), 10);
  });
});

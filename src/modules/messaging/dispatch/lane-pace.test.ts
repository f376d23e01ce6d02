import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LanePace, type LaneLoad } from "./lane-pace.ts";

const load = (nowMs: number, waiting: number, more: Partial<LaneLoad> = {}): LaneLoad => ({
  nowMs,
  waiting,
  waitingInAll: waiting,
  window: 10,
  perSecond: undefined,
  ...more,
});

describe("a carrier's pace", () => {
  it("is not guessed at before the carrier has answered", () => {
    assert.equal(new LanePace().notice(load(0, 1_000_000)), undefined);
  });

  it("is what window and latency promise, or its rate, until it can be measured", () => {
    const pace = new LanePace();
    pace.took(100, 0);
    // Ten places at 100 ms are 100 a second.
    assert.equal(pace.notice(load(1_000, 90)), undefined);
    assert.equal(pace.notice(load(1_000, 101)), "all");
    const limited = new LanePace();
    limited.took(100, 0);
    assert.equal(limited.notice(load(1_000, 11, { perSecond: 10 })), "all");
  });

  it("is what it takes, where something waits all the time", () => {
    const pace = new LanePace();
    pace.took(10, 0);
    assert.equal(pace.notice(load(0, 50)), undefined);
    // It promised a thousand a second and takes ten.
    for (let ms = 0; ms < 2_500; ms += 100) pace.took(10, ms);
    assert.equal(pace.notice(load(2_500, 50)), "all");
  });

  it("tells marketing, which goes last, from the rest", () => {
    const pace = new LanePace();
    pace.took(100, 0);
    assert.equal(pace.notice(load(0, 20, { waitingInAll: 500 })), "marketing");
    assert.equal(pace.notice(load(500, 200, { waitingInAll: 500 })), "all");
    assert.equal(pace.notice(load(1_000, 10, { waitingInAll: 10 })), "none");
  });

  it("is relieved when little waits, and says neither too often", () => {
    const pace = new LanePace();
    pace.took(100, 0);
    assert.equal(pace.notice(load(0, 200)), "all");
    assert.equal(pace.notice(load(100, 0)), undefined, "too soon after the last word");
    assert.equal(pace.notice(load(300, 50)), undefined, "half a second's worth is not little");
    assert.equal(pace.notice(load(400, 20)), "none");
  });
});

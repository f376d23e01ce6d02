import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DayClock } from "./day-clock.ts";

const iso = (ms: number): string => new Date(ms).toISOString();
const PACIFIC = "America/Los_Angeles";

describe("the day somewhere", () => {
  it("ends at midnight there", () => {
    const { day, endsMs } = new DayClock().at(PACIFIC, Date.UTC(2025, 0, 31, 7, 59, 59, 500));
    assert.deepEqual([day, iso(endsMs)], ["2025-01-30", "2025-01-31T08:00:00.000Z"]);
    assert.equal(new DayClock().at(PACIFIC, Date.UTC(2025, 0, 31, 8)).day, "2025-01-31");
  });

  it("has 23 or 25 hours when clocks are set", () => {
    const clock = new DayClock();
    assert.equal(iso(clock.at(PACIFIC, Date.UTC(2025, 2, 9, 8, 30)).endsMs), "2025-03-10T07:00:00.000Z");
    assert.equal(iso(clock.at(PACIFIC, Date.UTC(2025, 10, 2, 7, 30)).endsMs), "2025-11-03T08:00:00.000Z");
  });

  it("is that of UTC for a zone that there is not", () => {
    assert.deepEqual(new DayClock().at("Nowhere/Here", Date.UTC(2025, 0, 31, 23)), {
      day: "2025-01-31",
      endsMs: Date.UTC(2025, 1, 1),
      beganMs: Date.UTC(2025, 0, 31, 23),
    });
  });
});

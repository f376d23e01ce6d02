import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MarketingHours } from "./country-rule.ts";
import { isFrenchHoliday } from "./holidays.ts";
import { localTime } from "./local-time.ts";
import { nextAllowed } from "./next-allowed.ts";

const source = { url: "", read: "" };
const daily = (from: number, to: number): MarketingHours => ({
  days: Array.from({ length: 7 }, () => [from * 60, to * 60] as const),
  source,
});

describe("local time", () => {
  it("is right in zones of halves and quarters, and over changes of clocks", () => {
    const at = Date.UTC(2026, 10, 17, 20, 30);
    assert.deepEqual(localTime("Asia/Kathmandu", at).minute, 2 * 60 + 15);
    assert.deepEqual(localTime("Asia/Kathmandu", at).date, "2026-11-18");
    assert.deepEqual(localTime("America/St_Johns", at).minute, 17 * 60);
    assert.equal(localTime("America/New_York", Date.UTC(2026, 2, 8, 6, 59)).minute, 1 * 60 + 59);
    assert.equal(localTime("America/New_York", Date.UTC(2026, 2, 8, 7)).minute, 3 * 60);
  });
});

describe("the next moment that is allowed", () => {
  it("is now where it is allowed now, and in all zones at once", () => {
    const zones = ["America/New_York", "Pacific/Honolulu"];
    const both = Date.UTC(2026, 10, 17, 19);
    assert.equal(nextAllowed(daily(8, 21), zones, both), both);
    assert.equal(nextAllowed(daily(8, 21), zones, Date.UTC(2026, 10, 17, 13)), Date.UTC(2026, 10, 17, 18));
  });

  it("is nowhere where zones have no hour in common", () => {
    assert.equal(nextAllowed(daily(9, 10), ["America/New_York", "Pacific/Honolulu"], Date.UTC(2026, 0, 1)), undefined);
    assert.equal(nextAllowed({ days: [], source }, ["Europe/Paris"], Date.UTC(2026, 0, 1)), undefined);
  });
});

describe("French holidays", () => {
  it("are the eleven of the law", () => {
    const of2026 = Array.from({ length: 365 }, (_, day) =>
      new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
    );
    assert.deepEqual(of2026.filter(isFrenchHoliday), [
      "2026-01-01",
      "2026-04-06",
      "2026-05-01",
      "2026-05-08",
      "2026-05-14",
      "2026-05-25",
      "2026-07-14",
      "2026-08-15",
      "2026-11-01",
      "2026-11-11",
      "2026-12-25",
    ]);
  });
});

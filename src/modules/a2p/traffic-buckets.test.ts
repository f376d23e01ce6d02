import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { TrafficBuckets } from "./traffic-buckets.ts";
import type { TrafficLimit } from "./traffic-limit.ts";
import { zoneDay } from "./zone-day.ts";

const PACIFIC = "America/Los_Angeles";
const NOON = Date.UTC(2026, 5, 15, 19);
const perSecond: TrafficLimit = { key: "number:+1:verizon", segments: 10, per: "second" };
const perMinute: TrafficLimit = { key: "campaign:QE:att", segments: 60, per: "minute" };
const perDay: TrafficLimit = { key: "brand:BN:tmobile", segments: 100, per: "day", zone: PACIFIC };

describe("limits of registered traffic", () => {
  it("takes from all of them or from none", () => {
    const buckets = new TrafficBuckets();
    assert.equal(buckets.take([perMinute, perSecond], 10, NOON), true);
    assert.equal(buckets.take([perMinute, perSecond], 1, NOON), false, "the second is full");
    assert.equal(buckets.used(perMinute, NOON), 10, "and nothing was taken from the minute");
  });

  it("says how long to wait, and has room then, and not before", () => {
    const buckets = new TrafficBuckets();
    assert.equal(buckets.waitMs([perMinute], 60, NOON), 0);
    assert.equal(buckets.take([perMinute], 50, NOON), true);
    assert.equal(buckets.take([perMinute], 10, NOON + 20_000), true);
    const waitMs = buckets.waitMs([perMinute, perSecond], 5, NOON + 20_000);
    assert.equal(waitMs, 41_000, "when the first fifty have left the window");
    assert.equal(buckets.take([perMinute], 5, NOON + 20_000 + waitMs - 1), false);
    assert.equal(buckets.take([perMinute], 5, NOON + 20_000 + waitMs), true);
  });

  it("never lets more through in any minute than the limit, whenever the minute begins", () => {
    const seed = 20_260_615;
    const random = seededRandom(seed);
    const buckets = new TrafficBuckets();
    const taken: { atMs: number; segments: number }[] = [];
    let atMs = NOON;
    for (let i = 0; i < 5_000; i += 1) {
      atMs += Math.floor(random() * 400);
      const segments = 1 + Math.floor(random() * 4);
      if (buckets.take([perMinute], segments, atMs)) taken.push({ atMs, segments });
    }
    const sum = taken.reduce((total, { segments }) => total + segments, 0);
    for (const [index, { atMs: startMs }] of taken.entries()) {
      let within = 0;
      for (let i = index; i < taken.length; i += 1) {
        const each = taken[i];
        if (each === undefined || each.atMs >= startMs + 60_000) break;
        within += each.segments;
      }
      assert.ok(within <= perMinute.segments, `${within} from ${startMs}, seed ${seed}`);
    }
    const minutes = (atMs - NOON) / 60_000;
    assert.ok(sum > minutes * 60 * 0.93, `${sum} in ${minutes} minutes is close to the limit, seed ${seed}`);
  });

  it("lets a message go that is larger than the limit, when nothing else has gone", () => {
    const buckets = new TrafficBuckets();
    assert.equal(buckets.take([perSecond], 12, NOON), true);
    assert.equal(buckets.take([perSecond], 1, NOON + 900), false);
    assert.equal(buckets.take([perSecond], 12, NOON + 1_050), true);
  });

  it("counts a day from midnight in its zone to the next", () => {
    const buckets = new TrafficBuckets();
    assert.equal(buckets.take([perDay], 100, NOON), true);
    const midnight = Date.UTC(2026, 5, 16, 7);
    assert.equal(buckets.waitMs([perDay], 1, NOON), midnight - NOON);
    assert.equal(buckets.take([perDay], 1, midnight - 1), false);
    assert.equal(buckets.take([perDay], 1, midnight), true);
    assert.equal(buckets.used(perDay, midnight), 1);
    assert.equal(buckets.take([perDay], 100, NOON), false, "a clock that was set back begins no day anew");
  });

  it("keeps a day's cap over a restart, and what the last minute held", () => {
    const before = new TrafficBuckets();
    before.take([perDay, perMinute, perSecond], 8, NOON);
    const state = JSON.parse(JSON.stringify(before.export(NOON + 100))) as ReturnType<TrafficBuckets["export"]>;
    const after = new TrafficBuckets();
    after.take([perDay], 90, NOON + 1_000);
    after.restore(state, NOON + 5_000);
    assert.equal(after.used(perDay, NOON + 5_000), 98);
    assert.equal(after.take([perDay], 3, NOON + 5_000), false);
    assert.equal(after.used(perMinute, NOON + 5_000), 8);
    assert.equal(after.used(perSecond, NOON + 5_000), 0, "the second is over");
    const nextDay = new TrafficBuckets();
    nextDay.restore(state, NOON + 86_400_000);
    assert.equal(nextDay.size, 0);
  });

  it("is bounded, and forgets seconds and minutes before days", () => {
    const buckets = new TrafficBuckets({ maxKeys: 10 });
    buckets.take([perDay], 60, NOON);
    for (let i = 0; i < 500; i += 1) buckets.take([{ key: `campaign:${i}`, segments: 5, per: "minute" }], 1, NOON);
    assert.equal(buckets.size, 10);
    assert.equal(buckets.used(perDay, NOON), 60);
  });
});

describe("a day of a zone", () => {
  const hours = ({ startMs, endMs }: { startMs: number; endMs: number }) => (endMs - startMs) / 3_600_000;

  it("is 24 hours long, but when clocks are changed", () => {
    assert.deepEqual(zoneDay(PACIFIC, NOON), { startMs: Date.UTC(2026, 5, 15, 7), endMs: Date.UTC(2026, 5, 16, 7) });
    assert.equal(hours(zoneDay(PACIFIC, Date.UTC(2026, 2, 8, 20))), 23);
    assert.equal(hours(zoneDay(PACIFIC, Date.UTC(2026, 10, 1, 20))), 25);
    assert.equal(hours(zoneDay("UTC", NOON)), 24);
  });

  it("begins when clocks are put forward at midnight", () => {
    const day = zoneDay("America/Asuncion", Date.UTC(2023, 9, 1, 15));
    assert.deepEqual(day, { startMs: Date.UTC(2023, 9, 1, 4), endMs: Date.UTC(2023, 9, 2, 3) });
  });

  it("follows the day before without a gap", () => {
    let at = Date.UTC(2026, 0, 1, 12);
    for (let i = 0; i < 400; i += 1) {
      const { startMs, endMs } = zoneDay(PACIFIC, at);
      assert.ok(startMs <= at && at < endMs);
      assert.equal(zoneDay(PACIFIC, endMs).startMs, endMs);
      assert.equal(zoneDay(PACIFIC, endMs - 1).startMs, startMs);
      at = endMs;
    }
  });
});

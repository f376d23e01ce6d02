import assert from "node:assert/strict";
import test from "node:test";
import { SeededRandom, runSeed } from "../../../test/kit/smpp-pdus.ts";
import { MAX_RELATIVE_TIME_MS, encodeAbsoluteTime, encodeRelativeTime, parseSmppTime, receiptDate } from "./index.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 1, 27, 49, 300);

test("durations are written as relative times", () => {
  assert.equal(encodeRelativeTime(5 * 60_000), "000000000500000R");
  assert.equal(encodeRelativeTime(36_000_000), "000000100000000R");
  assert.equal(encodeRelativeTime(93_784_000), "000001020304000R");
  assert.equal(encodeRelativeTime(MAX_RELATIVE_TIME_MS), "000031235959000R");
});

test("a duration is rounded down to a second but not to nothing", () => {
  assert.equal(encodeRelativeTime(1999), "000000000001000R");
  assert.equal(encodeRelativeTime(1), "000000000001000R");
});

test("a duration that cannot be written is refused", () => {
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, MAX_RELATIVE_TIME_MS + 1000]) {
    assert.throws(() => encodeRelativeTime(ms), RangeError, String(ms));
  }
});

test("a relative time counts from now, by the calendar", () => {
  assert.equal(parseSmppTime("000000000500000R", NOW_MS), NOW_MS + 300_000);
  assert.equal(parseSmppTime("000001020304000R", NOW_MS), NOW_MS + 93_784_000);
  assert.equal(parseSmppTime("010200000000000R", NOW_MS), Date.UTC(2028, 0, 21, 1, 27, 49, 300));
});

test("moments are written as absolute times in UTC and read back to a tenth of a second", () => {
  assert.equal(encodeAbsoluteTime(NOW_MS), "261121012749300+");
  assert.equal(parseSmppTime("261121012749300+", 0), NOW_MS);
  assert.throws(() => encodeAbsoluteTime(Date.UTC(1999, 11, 31)), RangeError);
  assert.throws(() => encodeAbsoluteTime(Number.NaN), RangeError);
});

test("an absolute time is taken back to UTC by its quarters of an hour", () => {
  assert.equal(parseSmppTime("261121032749308+", 0), NOW_MS);
  assert.equal(parseSmppTime("261120202749320-", 0), NOW_MS);
});

test("what is no time is none", () => {
  const none = [
    "",
    "2611210127493",
    "261121012749300Z",
    "26112101274930 +",
    "261321012749300+",
    "260230012749300+",
    "260200012749300+",
    "261121242749300+",
    "261121016049300+",
    "261121012760300+",
    "261121012749349+",
    "261121012749300+\n",
  ];
  for (const text of none) assert.equal(parseSmppTime(text, NOW_MS), undefined, text);
});

test("any duration and moment survive being written and read", (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  for (let i = 0; i < 500; i += 1) {
    const durationMs = random.between(1, MAX_RELATIVE_TIME_MS / 1000) * 1000;
    assert.equal(parseSmppTime(encodeRelativeTime(durationMs), NOW_MS), NOW_MS + durationMs, `seed ${seed}`);
    const momentMs = Date.UTC(2000, 0, 1) + random.next() * 700;
    const tenthMs = Math.floor(momentMs / 100) * 100;
    assert.equal(parseSmppTime(encodeAbsoluteTime(tenthMs), 0), tenthMs, `seed ${seed}`);
  }
});

test("receipt dates are minutes in UTC", () => {
  assert.equal(receiptDate(NOW_MS), "2611210127");
});

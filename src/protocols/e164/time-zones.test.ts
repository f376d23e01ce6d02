import assert from "node:assert/strict";
import { test } from "node:test";
import { callingCodeOf, KNOWN_COUNTRIES, timeZonesOf } from "./index.ts";
import { NANP_AREA_CODES } from "./nanp-area-codes.ts";
import { NANP_AREA_CODE_ZONES, NANP_PLACE_ZONES } from "./nanp-time-zones.ts";

test("numbers tell the time zones that they may be in", () => {
  const places: [string, string[] | undefined][] = [
    ["+12125550199", ["America/New_York"]],
    ["+18505550199", ["America/New_York", "America/Chicago"]],
    ["+19155550199", ["America/Denver"]],
    ["+18085550199", ["Pacific/Honolulu"]],
    ["+17875550199", ["America/Puerto_Rico"]],
    ["+16045550199", ["America/Vancouver"]],
    ["+33612345678", ["Europe/Paris"]],
    ["+919812345678", ["Asia/Kolkata"]],
    ["+79161234567", undefined],
    ["+88216000000", undefined],
  ];
  for (const [e164, zones] of places) assert.deepEqual(timeZonesOf(e164), zones, e164);
  assert.equal(timeZonesOf("+18005550199")?.length, 7, "a toll-free number may be anywhere");
});

test("every area code has zones, and every zone is known", () => {
  for (const [place, codes] of Object.entries(NANP_AREA_CODES)) {
    assert.ok(NANP_PLACE_ZONES[place] !== undefined, place);
    for (const code of codes.split(" ")) assert.ok((timeZonesOf(`+1${code}5550199`) ?? []).length > 0, code);
  }
  const named = [...Object.values(NANP_PLACE_ZONES), ...Object.values(NANP_AREA_CODE_ZONES)];
  for (const zone of new Set(named.flatMap((zones) => zones.split(" ")))) {
    assert.doesNotThrow(() => new Intl.DateTimeFormat("en-US", { timeZone: zone }), zone);
  }
  for (const country of KNOWN_COUNTRIES) {
    for (const zone of timeZonesOf(`+${callingCodeOf(country) ?? ""}5550199123`.slice(0, 14)) ?? []) {
      assert.doesNotThrow(() => new Intl.DateTimeFormat("en-US", { timeZone: zone }), zone);
    }
  }
});

test("countries tell their calling code", () => {
  assert.equal(callingCodeOf("US"), "1");
  assert.equal(callingCodeOf("CA"), "1");
  assert.equal(callingCodeOf("GB"), "44");
  assert.equal(callingCodeOf("JM"), "1658");
  assert.equal(callingCodeOf("KZ"), "76");
  assert.equal(callingCodeOf("ZZ"), undefined);
  assert.ok(KNOWN_COUNTRIES.length > 220);
});

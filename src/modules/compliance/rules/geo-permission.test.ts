import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GeoBook } from "../geo-book.ts";
import { geoPermission } from "./geo-permission.ts";
import { ACCOUNT, codeOf, draft, set, world } from "./sample-world.test.ts";

const toFrance = draft({ to: "+33612345678", country: "FR" });

describe("the rule geo-permission", () => {
  it("permits the home country by default, and refuses others with 21408", () => {
    assert.equal(codeOf(geoPermission.judge(draft(), world())), undefined);
    assert.equal(codeOf(geoPermission.judge(toFrance, world())), 21_408);
  });

  it("goes by the operator's list, the account's own word, and its main account's", () => {
    const listed = new GeoBook({ defaults: { homeCountry: "US", countries: ["FR"] } });
    assert.equal(geoPermission.judge(toFrance, world({ geo: listed })), undefined);
    const all = new GeoBook({ defaults: { homeCountry: "US", countries: "all" } });
    assert.equal(geoPermission.judge(toFrance, world({ geo: all })), undefined);
    set(all, "geo-permission", { place: "FR", enabled: false });
    assert.equal(codeOf(geoPermission.judge(toFrance, world({ geo: all }))), 21_408);
    const main = `AC${"d".repeat(32)}`;
    const geo = new GeoBook({ defaults: { homeCountry: "US", countries: [] }, mainOf: () => main });
    set(geo, "geo-permission", { place: "FR", enabled: true }, main);
    assert.equal(geoPermission.judge(toFrance, world({ geo })), undefined);
    set(geo, "geo-permission", { place: "FR", enabled: false }, ACCOUNT);
    assert.equal(codeOf(geoPermission.judge(toFrance, world({ geo }))), 21_408);
  });

  it("takes the home country of the account where it has one", () => {
    const geo = new GeoBook({ defaults: { homeCountry: "US", countries: [] }, homeCountryOf: () => "FR" });
    assert.equal(geoPermission.judge(toFrance, world({ geo })), undefined);
    assert.equal(codeOf(geoPermission.judge(draft(), world({ geo }))), 21_408);
  });
});

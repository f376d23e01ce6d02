import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { premiumDestination } from "./premium-destination.ts";
import { codeOf, draft, set, world } from "./sample-world.test.ts";

describe("the rule premium-destination", () => {
  it("refuses premium rate, satellite and personal numbers with 21408", () => {
    for (const to of ["+19005551234", "+881612345678", "+882121234567", "+447012345678", "+4490012345678"]) {
      assert.equal(codeOf(premiumDestination.judge(draft({ to }), world())), 21_408, to);
    }
    for (const to of ["+12125550199", "+447700900123", "+33612345678", "+8613800138000"]) {
      assert.equal(premiumDestination.judge(draft({ to }), world()), undefined, to);
    }
  });

  it("lets an account through that the operator permitted the prefix", () => {
    const at = world();
    set(at.geo, "geo-permission", { place: "+881", enabled: true });
    assert.equal(premiumDestination.judge(draft({ to: "+881612345678" }), at), undefined);
    assert.equal(codeOf(premiumDestination.judge(draft({ to: "+882121234567" }), at)), 21_408);
  });
});

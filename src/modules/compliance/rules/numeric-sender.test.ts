import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { numericSender } from "./numeric-sender.ts";
import { codeOf, draft, set, world } from "./sample-world.test.ts";

describe("the rule numeric-sender", () => {
  it("refuses foreign numbers with 21612 in the United Kingdom", () => {
    const toBritain = { to: "+447700900123", country: "GB" } as const;
    assert.equal(codeOf(numericSender.judge(draft(toBritain), world())), 21_612);
    assert.equal(numericSender.judge(draft({ ...toBritain, from: "+447700900456" }), world()), undefined);
    assert.equal(numericSender.judge(draft({ to: "+4915112345678", country: "DE" }), world()), undefined);
  });

  it("lets test numbers send anywhere", () => {
    const test = draft({ from: "+15005550006", to: "+447700900123", country: "GB" });
    assert.equal(numericSender.judge(test, world()), undefined);
  });

  it("refuses short codes with 21659 that are none of the country", () => {
    const cases: [string, string, number | undefined][] = [
      ["GB", "60777", undefined],
      ["GB", "12345", 21_659],
      ["US", "894546", undefined],
      ["US", "123", 21_659],
      ["FR", "36180", undefined],
      ["FR", "60777", 21_659],
    ];
    for (const [country, from, code] of cases) {
      const text = draft({ senderKind: "shortcode", from, country });
      assert.equal(codeOf(numericSender.judge(text, world())), code, `${from} in ${country}`);
    }
  });

  it("puts the operator's sender in the place of foreign numbers where carriers would replace them", () => {
    const at = world();
    const toFrance = draft({ to: "+33612345678", country: "FR" });
    assert.equal(numericSender.judge(toFrance, at), undefined);
    const source = { url: "https://example.com", read: "2026-11-21" };
    set(at.countries, "country-rule", { country: "FR", rule: { rewriteTo: { local: "38123" } }, source }, "");
    assert.deepEqual(numericSender.judge(toFrance, at), { from: "38123" });
    assert.equal(numericSender.judge(draft({ ...toFrance, from: "+33700000001" }), at), undefined);
  });
});

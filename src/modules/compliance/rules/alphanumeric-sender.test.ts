import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COUNTRY_TABLE } from "../countries/index.ts";
import { alphanumericSender } from "./alphanumeric-sender.ts";
import { codeOf, draft, set, world } from "./sample-world.test.ts";

const named = (from: string, country: string) => draft({ from, senderKind: "alphanumeric", country });

describe("the rule alphanumeric-sender", () => {
  it("refuses names with 21612 where carriers know none", () => {
    for (const country of ["US", "CA", "BE", "BR", "MX", "CN", "NZ", "ZA"]) {
      assert.equal(codeOf(alphanumericSender.judge(named("MyCo", country), world())), 21_612, country);
    }
    for (const country of ["DE", "FR", "GB", "SE", "PL"]) {
      assert.equal(alphanumericSender.judge(named("MyCo", country), world()), undefined, country);
    }
  });

  it("refuses names with 30018 that were not registered where they must be, each country for itself", () => {
    const at = world();
    for (const country of ["SG", "AU", "AE", "SA", "TR", "ES", "VN"]) {
      assert.equal(codeOf(alphanumericSender.judge(named("MyCo", country), at)), 30_018, country);
    }
    set(at.senders, "sender-registration", { sender: "MyCo", country: "SG", reference: "SSIR-1" });
    assert.equal(alphanumericSender.judge(named("MyCo", "SG"), at), undefined);
    assert.equal(codeOf(alphanumericSender.judge(named("MyCo", "AU"), at)), 30_018);
    assert.equal(codeOf(alphanumericSender.judge(named("YourCo", "SG"), at)), 30_018);
  });

  it("refuses names with 21657 that name nobody in the United Kingdom, however they are written", () => {
    for (const from of ["INFO", "Verify", "V3RIFY", "v.e.r.i.f.y", "_verify_", "SMS", "A+B"]) {
      assert.equal(codeOf(alphanumericSender.judge(named(from, "GB"), world())), 21_657, from);
    }
    for (const from of ["ACME", "ACME Co", "B&Q", "Verifone", "MyCo-UK"]) {
      assert.equal(alphanumericSender.judge(named(from, "GB"), world()), undefined, from);
    }
    assert.equal(alphanumericSender.judge(named("INFO", "DE"), world()), undefined);
  });

  it("takes the operator's word over the table, and the sender that carriers demand", () => {
    const at = world();
    const rule = { alphanumeric: "rewritten", rewriteTo: { alphanumeric: "60123" } };
    const document = { country: "BE", rule, source: { url: "https://example.com", read: "2026-11-21" } };
    set(at.countries, "country-rule", document, "");
    assert.deepEqual(alphanumericSender.judge(named("MyCo", "BE"), at), { from: "60123" });
  });

  it("knows at least 60 countries, each row with a source and the date it was read", () => {
    assert.ok(COUNTRY_TABLE.size >= 60, String(COUNTRY_TABLE.size));
    for (const { country, sources, version } of COUNTRY_TABLE.values()) {
      assert.ok(sources.length > 0, country);
      assert.match(version, /^\d{4}-\d{2}-\d{2}$/);
      for (const { url, read } of sources) {
        assert.match(url, /^https:\/\//, country);
        assert.match(read, /^\d{4}-\d{2}-\d{2}$/, country);
      }
    }
  });
});

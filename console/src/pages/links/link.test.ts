import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { charactersOf, filledSeries, needOf, previewOf, troubleOfTarget } from "./link.ts";

describe("the preview of a link", () => {
  it("shows the domain and the slug, and dots for a code that is made up", () => {
    assert.equal(previewOf("go.example.com", " sale "), "https://go.example.com/sale");
    assert.equal(previewOf("go.example.com", ""), "https://go.example.com/·······");
    assert.equal(previewOf("", "a/b"), "https://your-domain/a%2Fb");
    assert.equal(charactersOf("https://go.example.com/sale"), 19);
  });
});

describe("a page to lead to", () => {
  it("is http or https without a user name", () => {
    assert.equal(troubleOfTarget("https://shop.example/a?b=c"), undefined);
    assert.equal(troubleOfTarget(""), undefined);
    assert.match(troubleOfTarget("shop.example") ?? "", /https/);
    assert.match(troubleOfTarget("javascript:alert(1)") ?? "", /http and https/);
    assert.match(troubleOfTarget("https://bank.example@evil.example/") ?? "", /deceive/);
  });
});

describe("clicks over a time", () => {
  it("have a zero wherever nobody came", () => {
    const series = filledSeries(
      {
        start_date: "2026-11-19T07:00:00Z",
        end_date: "2026-11-21T15:00:00Z",
        series: [{ date: "2026-11-20T00:00:00Z", clicks: 3, previews: 1, bots: 2 }],
      },
      "day",
    );
    assert.deepEqual(series.clicks, [0, 3, 0]);
    assert.deepEqual(series.bots, [0, 2, 0]);
    assert.equal(series.times[0], Date.parse("2026-11-19T00:00:00Z"));
  });
});

describe("a link domain", () => {
  const nowMs = Date.parse("2026-11-21T12:00:00Z");

  it("says what it needs next", () => {
    assert.equal(needOf({ status: "pending", certificate_expires: null }, nowMs), "proof");
    assert.equal(needOf({ status: "verified", certificate_expires: null }, nowMs), "certificate");
    assert.equal(needOf({ status: "verified", certificate_expires: "2026-11-30T00:00:00Z" }, nowMs), "renewal");
    assert.equal(needOf({ status: "verified", certificate_expires: "2027-02-01T00:00:00Z" }, nowMs), "nothing");
    assert.equal(needOf({ status: "blocked", certificate_expires: null }, nowMs), "operator");
  });
});

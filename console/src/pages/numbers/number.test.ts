import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capabilityNames, inboundOf, kindsOf, priceOf, searchQuery } from "./number.ts";

const US = {
  country: "United States",
  country_code: "US",
  subresource_uris: { toll_free: "/TollFree.json", local: "/Local.json" },
};

describe("kinds of numbers", () => {
  it("are those of the country, the usual first, and none where no country is chosen", () => {
    assert.deepEqual(
      kindsOf(US).map(({ path }) => path),
      ["Local", "TollFree"],
    );
    assert.deepEqual(kindsOf(undefined), []);
  });

  it("have the price of the list, whichever words it has for them", () => {
    const prices = {
      price_unit: "USD",
      phone_number_prices: [
        { number_type: "local", current_price: "1.15" },
        { number_type: "toll free", current_price: "2.15" },
      ],
    };
    const [local, tollFree] = kindsOf(US);
    assert.equal(priceOf(prices, local), "1.15");
    assert.equal(priceOf(prices, tollFree), "2.15");
    assert.equal(priceOf(undefined, local), undefined);
    assert.equal(priceOf({ ...prices, phone_number_prices: [] }, local), undefined);
  });
});

describe("a search for numbers", () => {
  it("sends only what was asked, with what people write between digits taken out", () => {
    const nothing = { areaCode: "", contains: "", needsSms: false, needsMms: false, needsVoice: false };
    assert.deepEqual(
      Object.entries(searchQuery(nothing)).filter(([, value]) => value !== undefined),
      [["PageSize", "50"]],
    );
    const { AreaCode, Contains, SmsEnabled } = searchQuery({
      ...nothing,
      areaCode: "(415)",
      contains: "555-01**",
      needsSms: true,
    });
    assert.deepEqual([AreaCode, Contains, SmsEnabled], ["415", "55501**", "true"]);
  });
});

describe("a number", () => {
  const plain = { sms_url: "", sms_method: "POST", sms_fallback_url: "", sms_fallback_method: "POST" };

  it("names what it can do", () => {
    assert.deepEqual(capabilityNames({ sms: true, mms: false, voice: true }), ["SMS", "Voice"]);
  });

  it("says who is told of a text to it", () => {
    assert.equal(inboundOf(plain, undefined), "nothing");
    assert.equal(inboundOf({ ...plain, sms_url: "https://a.example" }, undefined), "webhook");
    assert.equal(inboundOf({ ...plain, sms_application_sid: "AP1" }, undefined), "application");
    const own = { leavesToNumber: false, hasUrl: true };
    assert.equal(inboundOf({ ...plain, sms_url: "https://a.example" }, own), "service");
    assert.equal(
      inboundOf({ ...plain, sms_url: "https://a.example" }, { leavesToNumber: false, hasUrl: false }),
      "nothing",
    );
    assert.equal(
      inboundOf({ ...plain, sms_url: "https://a.example" }, { leavesToNumber: true, hasUrl: true }),
      "webhook",
    );
  });
});

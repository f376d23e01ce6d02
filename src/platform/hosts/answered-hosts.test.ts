import assert from "node:assert/strict";
import { it } from "node:test";
import { isVendorHost, normalizeHost, productOfHost, VENDOR_DOMAINS } from "./answered-hosts.ts";

it("knows vendors' hosts by their domain, in any case and with a final dot", () => {
  for (const host of [
    "api.twilio.com",
    "API.Dublin.IE1.Twilio.COM",
    "twilio.com",
    "api.segment.io.",
    "test.stytch.com",
  ])
    assert.ok(isVendorHost(host), host);
  for (const host of [
    "nottwilio.com",
    "twilio.com.evil.test",
    "example.com",
    "",
    "twilio.com:443",
    "-x.twilio.com/",
    "a b.twilio.com",
    `${"a".repeat(64)}.twilio.com`,
  ]) {
    assert.ok(!isVendorHost(host), host);
  }
});

it("normalizes names and addresses, and refuses what is neither", () => {
  assert.equal(normalizeHost("LocalHost."), "localhost");
  assert.equal(normalizeHost("[::1]"), "::1");
  assert.equal(normalizeHost("127.0.0.1"), "127.0.0.1");
  assert.equal(normalizeHost("a..b"), undefined);
  assert.equal(normalizeHost("a/b"), undefined);
  assert.equal(normalizeHost("x".repeat(300)), undefined);
});

it("names the product of a vendor's host, with or without edge, region and port", () => {
  assert.equal(productOfHost("api.twilio.com"), "api");
  assert.equal(productOfHost("API.Twilio.com:443"), "api");
  assert.equal(productOfHost("api.dublin.ie1.twilio.com"), "api");
  assert.equal(productOfHost("verify.twilio.com."), "verify");
  assert.equal(productOfHost("flex-api.twilio.com"), "flex-api");
});

it("names none for any other host, nor for a vendor's domain that has none", () => {
  for (const host of [
    "",
    "127.0.0.1:8080",
    "localhost",
    "twilio.com",
    "eviltwilio.com",
    "api.twilio.com.evil.org",
    "[::1]:8080",
    "api.sendgrid.com",
  ]) {
    assert.equal(productOfHost(host), undefined, host);
  }
});

it("has every host with a product among those that are answered", () => {
  for (const domain of VENDOR_DOMAINS) {
    if (productOfHost(`api.${domain}`) !== undefined) assert.ok(isVendorHost(`api.${domain}`), domain);
  }
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import twilio from "twilio";
import { signTwilioRequest } from "./signature.ts";

const authToken = "12345";
const URL_WITH_QUERY = "https://mycompany.com/myapp.php?foo=1&bar=2";
const PARAMS: readonly [string, string][] = [
  ["CallSid", "CA1234567890ABCDE"],
  ["Caller", "+14158675309"],
  ["Digits", "1234"],
  ["From", "+14158675309"],
  ["To", "+18005551212"],
];

/** A form as a web framework hands it over: repeated names become lists. */
function asForm(params: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = {};
  for (const [name, value] of params) {
    const known = form[name];
    form[name] = known === undefined ? value : [known, value].flat();
  }
  return form;
}

function accepts(url: string, params: readonly (readonly [string, string])[], seenUrl = url): boolean {
  const { signature } = signTwilioRequest({ authToken, url, params });
  return twilio.validateRequest(authToken, signature, seenUrl, asForm(params));
}

describe("the webhook signature", () => {
  it("is the documented one for the documented request", () => {
    const signed = signTwilioRequest({ authToken, url: URL_WITH_QUERY, params: PARAMS });
    assert.deepEqual(signed, { url: URL_WITH_QUERY, signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=" });
  });

  it("passes the SDK's validator for forms in any order", () => {
    assert.ok(accepts(URL_WITH_QUERY, PARAMS));
    assert.ok(accepts(URL_WITH_QUERY, PARAMS.toReversed()));
    assert.ok(accepts("http://example.org/", []));
  });

  it("passes the SDK's validator for repeated names and repeated values", () => {
    const params: [string, string][] = [
      ["StatusCallbackEvent", "ringing"],
      ["StatusCallbackEvent", "answered"],
      ["StatusCallbackEvent", "ringing"],
      ["A", ""],
    ];
    assert.ok(accepts("https://example.org/x", params));
  });

  it("passes the SDK's validator for text outside ASCII", () => {
    const params: [string, string][] = [
      ["Body", "Grüße, 世界 👋\r\n& = + %20"],
      ["Ünicode", "é"],
      ["😀", "astral names sort by code units"],
      ["\uFF5E", "after it"],
    ];
    assert.ok(accepts("https://example.org/x?name=J%C3%BCrgen&q=a+b", params));
  });

  it("passes the SDK's validator with ports, standard or not, seen or not", () => {
    assert.ok(accepts("https://example.org:8443/x", PARAMS));
    assert.ok(accepts("http://127.0.0.1:3000/x", PARAMS));
    assert.ok(accepts("https://example.org:443/x", PARAMS, "https://example.org/x"));
    assert.ok(accepts("https://example.org/x", PARAMS, "https://example.org:443/x"));
  });

  it("does not cover the fragment, which is not sent", () => {
    const signed = signTwilioRequest({ authToken, url: `${URL_WITH_QUERY}#rc=2`, params: PARAMS });
    assert.deepEqual(signed, { url: URL_WITH_QUERY, signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=" });
  });

  it("covers only the URL of a GET", () => {
    const url = "https://example.org/x?From=%2B15005550100&Body=hi";
    const { signature } = signTwilioRequest({ authToken, url });
    assert.ok(twilio.validateRequest(authToken, signature, url, {}));
  });

  it("covers a JSON body by its hash in the query", () => {
    const rawBody = '{"property": "value", "boolean": true}';
    const signed = signTwilioRequest({ authToken, url: `${URL_WITH_QUERY}#rc=1`, rawBody });
    assert.equal(signed.signature, "a9nBmqA0ju/hNViExpshrM61xv4=");
    assert.ok(twilio.validateRequestWithBody(authToken, signed.signature, signed.url, rawBody));
    assert.ok(!twilio.validateRequestWithBody(authToken, signed.signature, signed.url, `${rawBody} `));
    const plain = signTwilioRequest({ authToken, url: "https://example.org/x", rawBody: Buffer.from("{}") });
    assert.match(plain.url, /^https:\/\/example\.org\/x\?bodySHA256=[0-9a-f]{64}$/);
    assert.ok(twilio.validateRequestWithBody(authToken, plain.signature, plain.url, "{}"));
  });

  it("is refused when the token or a parameter is another one", () => {
    const { signature } = signTwilioRequest({ authToken, url: URL_WITH_QUERY, params: PARAMS });
    assert.ok(!twilio.validateRequest("54321", signature, URL_WITH_QUERY, asForm(PARAMS)));
    assert.ok(!twilio.validateRequest(authToken, signature, URL_WITH_QUERY, asForm(PARAMS.slice(1))));
  });

  it("is the HMAC of Node for keys and texts of any length and script", () => {
    const keys = ["", "k", "é".repeat(31), "x".repeat(64), "x".repeat(65), "☃".repeat(500), "\ud800"];
    const texts = ["", "a".repeat(55), "a".repeat(64), "naïve ☃ 👋", "\udfff lone \ud800", "é".repeat(5_000)];
    for (const key of keys) {
      for (const text of texts) {
        const expected = createHmac("sha1", key).update(`http://x/?n=${text}`, "utf8").digest("base64");
        assert.equal(signTwilioRequest({ authToken: key, url: `http://x/?n=${text}` }).signature, expected);
      }
    }
  });
});

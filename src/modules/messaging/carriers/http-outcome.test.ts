import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outcomeByStatus } from "./http-outcome.ts";
import { itemsOf, readDocument, valueAt } from "./http-document.ts";
import { readRetryAfter } from "./http-peer.ts";
import { doneDateOf, publicAddress } from "./http-values.ts";
import { receiptOf, refusalOf } from "./twilio-codes.ts";

const path = (...steps: (string | number)[]) => ({ source: steps.join("."), steps });

describe("an HTTP status by itself", () => {
  const meaning = (status: number): string => {
    const outcome = outcomeByStatus(status, "id");
    return outcome.kind === "refused" ? outcome.verdict : outcome.kind;
  };
  it("is a certain refusal only where the request cannot have been acted on", () => {
    assert.deepEqual([200, 201, 202].map(meaning), ["accepted", "accepted", "accepted"]);
    assert.deepEqual([429, 408].map(meaning), ["throttle", "later"]);
    assert.deepEqual(
      [400, 401, 404, 422, 307].map(meaning),
      Array.from({ length: 5 }, () => "other-route"),
    );
    assert.deepEqual(
      [500, 502, 503, 504, 409, 302, 303].map(meaning),
      Array.from({ length: 7 }, () => "unknown"),
    );
  });

  it("is unknown where it accepts without an id", () => {
    assert.equal(outcomeByStatus(200, undefined).kind, "unknown");
    assert.equal(outcomeByStatus(200, "x".repeat(201)).kind, "unknown");
  });
});

describe("a document", () => {
  const json = (text: string) => {
    const document = readDocument("json", Buffer.from(text));
    assert.ok(document);
    return document;
  };

  it("gives texts, numbers and truths, and nothing else", () => {
    const document = json('{"a":[{"b":1}],"t":"x","y":true,"n":null}');
    assert.equal(valueAt(document, path("a", 0, "b")), "1");
    assert.equal(valueAt(document, path("y")), "true");
    for (const none of [
      path("a"),
      path("n"),
      path("t", "length"),
      path("a", "length"),
      path("constructor"),
      path("t", 0),
    ]) {
      assert.equal(valueAt(document, none), undefined, none.source);
    }
  });

  it("keeps ids whole that are too long for a number, and texts as they are", () => {
    const document = json('{"id":12345678901234567890,"t":"\\"12345678901234567890","f":0.1234567890123456}');
    assert.equal(valueAt(document, path("id")), "12345678901234567890");
    assert.equal(valueAt(document, path("t")), '"12345678901234567890');
    assert.equal(valueAt(document, path("f")), "0.1234567890123456");
  });

  it("has items where it is a list, at a path or as a whole, and is one itself otherwise", () => {
    assert.equal(itemsOf(json('{"r":[1,2,3]}'), path("r"))?.length, 3);
    assert.equal(itemsOf(json("[1,2]"), undefined)?.length, 2);
    assert.equal(itemsOf(json('{"a":1}'), undefined)?.length, 1);
    assert.equal(itemsOf(json('{"a":1}'), path("r"))?.length, 0);
    assert.equal(itemsOf(json(`[${"1,".repeat(1_000)}1]`), undefined), undefined);
  });

  it("is read from XML by elements and attributes", () => {
    const text = '<r><m id="7"><to>44</to></m><m id="8"/></r>';
    const document = readDocument("xml", Buffer.from(text));
    assert.ok(document);
    assert.equal(valueAt(document, path("m", 1, "@id")), "8");
    assert.equal(valueAt(document, path("m", "to")), "44");
    assert.equal(itemsOf(document, path("m"))?.length, 2);
    assert.equal(valueAt(document, path("x", "@id")), undefined);
  });

  it("is none where the octets are broken", () => {
    assert.equal(readDocument("json", Buffer.from("{")), undefined);
    assert.equal(readDocument("json", Buffer.from([0x22, 0xff, 0x22])), undefined);
    assert.equal(readDocument("xml", Buffer.from("<a>")), undefined);
    assert.equal(readDocument("form", Buffer.from("a=%zz")), undefined);
  });
});

describe("what carriers write", () => {
  it("becomes a date as receipts have it", () => {
    assert.equal(doneDateOf("2025-01-01T10:20:30.000+0000"), "2501011020");
    assert.equal(doneDateOf("2025-01-01T12:20:30+02:00"), "2501011020");
    assert.equal(doneDateOf("2025-01-01 10:20:30"), "2501011020");
    assert.equal(doneDateOf("2501011020"), "2501011020");
    assert.deepEqual([doneDateOf("soon"), doneDateOf(""), doneDateOf(undefined)], [undefined, undefined, undefined]);
  });

  it("becomes a number of a country where it looks like one", () => {
    assert.deepEqual(
      ["447700900123", "+44 7700 900123", "00447700900123", "55501", "Bank", "+447700900123"].map(publicAddress),
      ["+447700900123", "+44 7700 900123", "+447700900123", "55501", "Bank", "+447700900123"],
    );
  });

  it("becomes a time to wait", () => {
    const now = Date.parse("2025-01-01T00:00:00Z");
    assert.equal(readRetryAfter("7", now), 7_000);
    assert.equal(readRetryAfter("Wed, 01 Jan 2025 00:00:05 GMT", now), 5_000);
    assert.equal(readRetryAfter("Wed, 01 Jan 2020 00:00:05 GMT", now), 0);
    assert.equal(readRetryAfter("-1x", now), undefined);
    assert.equal(readRetryAfter(undefined, now), undefined);
  });
});

describe("the codes of a Twilio-compatible account", () => {
  it("are certain refusals below 500 and never above", () => {
    const meaning = (status: number, code?: number) => {
      const outcome = refusalOf(status, code);
      return outcome.kind === "refused" ? [outcome.verdict, outcome.errorCode] : [outcome.kind];
    };
    assert.deepEqual(meaning(400, 21211), ["permanent", 30005]);
    assert.deepEqual(meaning(400, 21610), ["permanent", 21610]);
    assert.deepEqual(meaning(429, 20429), ["throttle", 30008]);
    assert.deepEqual(meaning(429), ["throttle", 30008]);
    assert.deepEqual(meaning(400, 99999), ["other-route", 30008]);
    assert.deepEqual(meaning(503, 20503), ["unknown"]);
    assert.deepEqual(meaning(500, 21211), ["unknown"]);
  });

  it("are passed on from receipts where they are known here", () => {
    assert.deepEqual(receiptOf("undelivered", "30003"), { result: "failed", errorCode: 30003 });
    assert.deepEqual(receiptOf("failed", "30410"), { result: "failed", errorCode: 30008 });
    assert.deepEqual(receiptOf("delivered", "0"), { result: "delivered" });
    assert.deepEqual(receiptOf("sent", undefined), { result: "progress" });
  });
});

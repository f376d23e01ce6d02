import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldTime, keywordsOf, SENDER_KINDS, sendersOf, troubleOfTime } from "./service.ts";

describe("keywords", () => {
  it("are taken apart however they are typed, each once and in capitals", () => {
    assert.deepEqual(keywordsOf(" arret, Stop;\nSTOP  fin "), ["ARRET", "STOP", "FIN"]);
    assert.deepEqual(keywordsOf(" , "), []);
  });
});

describe("senders of a pool", () => {
  it("have their address from the field of their kind", () => {
    const item = {
      sid: "PN1",
      phone_number: "+15005550100",
      country_code: null,
      capabilities: ["SMS"],
      date_created: "x",
    };
    const [sender] = sendersOf(SENDER_KINDS[0], [item]);
    assert.deepEqual([sender?.address, sender?.country], ["+15005550100", ""]);
    const name = { sid: "AI1", alpha_sender: "ACME", capabilities: ["SMS"], date_created: "x" };
    assert.equal(sendersOf(SENDER_KINDS[2], [name])[0]?.address, "ACME");
  });
});

describe("the time to send at", () => {
  const nowMs = Date.parse("2026-11-21T12:00:00Z");

  it("is from five minutes to 35 days ahead", () => {
    assert.match(troubleOfTime("", nowMs) ?? "", /day and a time/);
    assert.match(troubleOfTime("2026-11-21T12:04:59Z", nowMs) ?? "", /5 minutes/);
    assert.match(troubleOfTime("2026-12-27T12:00:00Z", nowMs) ?? "", /35 days/);
    assert.equal(troubleOfTime("2026-11-21T12:06:00Z", nowMs), undefined);
  });

  it("is read back from a field as the same minute, wherever the browser is", () => {
    assert.equal(new Date(fieldTime(nowMs)).getTime(), nowMs);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { demoSteps } from "./demo-steps.ts";
import { answerOf, type ApiMessage, formatNumber, numberFault, type PhoneMessage, plainNumber } from "./phone-data.ts";
import { numbersToText, threadItems } from "./thread-items.ts";

const PHONE = "+15551234567";
const OWN = "+15005550100";
const START_MS = Date.parse("2026-03-01T12:00:00Z");

function text(id: string, afterMs: number, fields: Partial<PhoneMessage> = {}): PhoneMessage {
  return {
    id,
    direction: "received",
    timeMs: START_MS + afterMs,
    from: OWN,
    to: PHONE,
    body: "Hello",
    encoding: "GSM-7",
    concatenation: "none",
    parts: [],
    state: "DELIVERED",
    ...fields,
  };
}

function message(sid: string, afterMs: number, fields: Partial<ApiMessage> = {}): ApiMessage {
  return {
    sid,
    from: OWN,
    to: PHONE,
    body: "Hello",
    status: "delivered",
    direction: "outbound-api",
    num_segments: "1",
    error_code: null,
    error_message: null,
    date_created: new Date(START_MS + afterMs).toUTCString(),
    ...fields,
  };
}

describe("a thread", () => {
  const base = { phone: PHONE, webhooks: [], nowMs: START_MS + 60_000 };

  it("joins what is on the phone with the messages of the API, the nearest with the same words", () => {
    const items = threadItems({
      ...base,
      messages: [text("1", 500), text("2", 30_000)],
      sent: [message("SM2", 29_000), message("SM1", 0)],
    });
    assert.deepEqual(
      items.map((item) => (item.kind === "text" ? [item.id, item.api?.sid] : item.kind)),
      ["day", ["1", "SM1"], ["2", "SM2"]],
    );
  });

  it("shows what has not come to the phone, but not what has only just been sent", () => {
    const items = threadItems({
      ...base,
      messages: [text("1", 500)],
      sent: [
        message("SM1", 0),
        message("SM2", 10_000, { status: "failed", body: "Win!" }),
        message("SM3", 59_000, { status: "queued", body: "Soon" }),
      ],
    });
    assert.deepEqual(
      items.map((item) => (item.kind === "missing" ? item.api.sid : item.kind)),
      ["day", "text", "SM2"],
    );
  });

  it("knows a text again whose look-alikes were replaced", () => {
    const items = threadItems({
      ...base,
      messages: [text("1", 500, { body: '"Nine" - sharp' })],
      sent: [message("SM1", 0, { body: "“Nine” – sharp" })],
    });
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ["day", "text"],
    );
  });

  it("shows the webhooks about texts of the phone where they happened, and no status callbacks", () => {
    const webhook = {
      sid: "WH1",
      resource_sid: "SM1",
      purpose: "message.inbound",
      url: "http://127.0.0.1:3000/sms",
      delivered: true,
      status: 200,
      error_text: null,
      duration_ms: 12,
      date_ended: new Date(START_MS + 700).toISOString(),
    };
    const items = threadItems({
      ...base,
      webhooks: [
        webhook,
        { ...webhook, sid: "WH2", resource_sid: "SM9" },
        { ...webhook, sid: "WH3", purpose: "message.status" },
      ],
      messages: [text("1", 500, { direction: "sent", from: PHONE, to: OWN, body: "Hi" }), text("2", 900)],
      sent: [message("SM1", 0, { from: PHONE, to: OWN, body: "Hi", direction: "inbound", status: "received" })],
    });
    assert.deepEqual(items.map(({ id }) => id).slice(1), ["1", "WH1", "2"]);
  });
});

describe("a webhook", () => {
  it("has the answer of its last request", () => {
    const failed = { error_text: "refused", response: null };
    const answered = { error_text: null, response: { status: 200, body: "<Response/>" } };
    assert.equal(answerOf({ tries: [failed, answered] }), "<Response/>");
    assert.equal(answerOf({ tries: [failed] }), "");
    assert.equal(answerOf({}), "");
  });
});

describe("the numbers that a phone may text", () => {
  it("are those that texted it, the latest first, then the account's others", () => {
    const messages = [
      text("1", 0, { from: "+15005550101" }),
      text("2", 1, { from: "55501" }),
      text("3", 2, { from: "SHOP" }),
    ];
    assert.deepEqual(numbersToText([OWN, "+15005550101"], messages), ["55501", "+15005550101", OWN]);
  });
});

describe("the demo", () => {
  const number = { sid: "PN1", phone_number: OWN, friendly_name: OWN, sms_url: "" };
  const done = (...input: Parameters<typeof demoSteps>): string =>
    demoSteps(...input)
      .filter(({ isDone }) => isDone)
      .map(({ id }) => id)
      .join(" ");

  it("goes on with what is seen on the phones", () => {
    assert.equal(done([], [number]), "");
    assert.equal(done([{ number: PHONE, messageCount: 1, lastMessage: text("1", 0) }], [number]), "send");
    const answered = { number: PHONE, messageCount: 2, lastMessage: text("2", 1, { direction: "sent" }) };
    assert.equal(done([answered], [number]), "send answer");
    const withApp = [{ ...number, sms_url: "http://127.0.0.1:3000/sms" }];
    assert.equal(done([answered], withApp), "send answer webhook");
    const replied = { number: PHONE, messageCount: 4, lastMessage: text("4", 3) };
    assert.equal(done([replied], withApp), "send answer webhook reply");
  });
});

describe("numbers", () => {
  it("are grouped where it is known how, and taken as people write them", () => {
    assert.equal(formatNumber(PHONE), "+1 555 123 4567");
    assert.equal(formatNumber("+447700900123"), "+447700900123");
    assert.equal(plainNumber("+1 (555) 123-4567"), PHONE);
    assert.equal(numberFault("+1 (555) 123-4567"), undefined);
    assert.ok(numberFault("5551234567"));
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DemoFacts, demoSteps } from "./demo-steps.ts";
import { echoAddress } from "./echo-app.ts";
import { findPhones, latestFirst, withPhones } from "./phone-book.ts";
import {
  answerOf,
  type ApiMessage,
  formatNumber,
  numberFault,
  type PhoneMessage,
  type PhoneSummary,
  plainNumber,
} from "./phone-data.ts";
import { clockOf, numbersToText, threadItems } from "./thread-items.ts";

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

describe("a long thread", () => {
  it("is put together without comparing each text with each message", () => {
    const messages = Array.from({ length: 1_000 }, (_, index) =>
      text(String(index), index * 1_000, { body: `No ${index}` }),
    );
    const sent = messages.map(({ id, body }, index) => message(`SM${id}`, index * 1_000, { body }));
    const items = threadItems({ phone: PHONE, webhooks: [], messages, sent, nowMs: START_MS });
    assert.equal(items.filter((item) => item.kind === "text" && item.api?.sid === `SM${item.id}`).length, 1_000);
  });

  it("has no clock unless a message is on its way", () => {
    const delivered = message("SM1", 0);
    assert.equal(clockOf([delivered], START_MS + 60_000), Number.MAX_SAFE_INTEGER);
    const queued = message("SM2", 59_000, { status: "queued" });
    assert.equal(clockOf([delivered, queued], START_MS + 60_000), START_MS + 60_000);
  });

  it("takes texts without letters or digits for one only when they are", () => {
    const items = threadItems({
      phone: PHONE,
      webhooks: [],
      nowMs: START_MS + 60_000,
      messages: [text("1", 0, { body: "👋" }), text("2", 1, { body: "🙂" })],
      sent: [message("SM1", 0, { body: "🙂" })],
    });
    assert.deepEqual(
      items.map((item) => (item.kind === "text" ? item.api?.sid : item.kind)),
      ["day", undefined, "SM1"],
    );
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
  const done = (facts: Partial<DemoFacts>): string =>
    demoSteps({ phones: [], numbers: [number], messages: [], ...facts })
      .filter(({ isDone }) => isDone)
      .map(({ id }) => id)
      .join(" ");

  it("goes on with what is seen on the phones and in the API", () => {
    assert.equal(done({}), "");
    const phones = [{ number: PHONE, messageCount: 2, lastMessage: text("1", 0) }];
    const sent = message("SM1", 0);
    // Two texts to the phone are no answer from it.
    assert.equal(done({ phones, messages: [sent, message("SM2", 1)] }), "send");
    const typed = [{ number: PHONE, messageCount: 2, lastMessage: text("2", 1, { direction: "sent" }) }];
    assert.equal(done({ phones: typed, messages: [sent] }), "send answer");
    const answered = [sent, message("SM2", 1, { direction: "inbound", status: "received" })];
    assert.equal(done({ phones, messages: answered }), "send answer");
    const numbers = [{ ...number, sms_url: "http://127.0.0.1:3000/sms" }];
    assert.equal(done({ phones, numbers, messages: answered }), "send answer webhook");
    const replied = [...answered, message("SM3", 2, { direction: "outbound-reply" })];
    assert.equal(done({ phones, numbers, messages: replied }), "send answer webhook reply");
    const broken = [...replied, message("SM4", 3, { status: "undelivered" })];
    assert.equal(done({ phones, numbers, messages: broken }), "send answer webhook reply break");
  });
});

describe("the built-in echo app", () => {
  it("is offered where the system itself can reach it", () => {
    const at = (href: string): string | undefined => echoAddress(new URL(href));
    assert.equal(at("http://127.0.0.1:8080/console/"), "http://127.0.0.1:8080/simulator/echo");
    assert.equal(at("http://localhost:8080/"), "http://127.0.0.1:8080/simulator/echo");
    assert.equal(at("http://[::1]:8080/"), "http://[::1]:8080/simulator/echo");
    assert.equal(at("http://localhost/"), "http://127.0.0.1/simulator/echo");
    assert.equal(at("https://localhost:8443/"), undefined);
    assert.equal(at("http://trunkline.example/"), undefined);
  });
});

describe("the list of phones", () => {
  const phone = (number: string, afterMs: number, fields: Partial<PhoneMessage> = {}): PhoneSummary => ({
    number,
    messageCount: 1,
    lastMessage: text(`${number} ${afterMs}`, afterMs, fields),
  });

  it("grows page by page, and keeps what has left the first page", () => {
    const first = withPhones(new Map(), [phone("+15550000003", 3), phone("+15550000002", 2)]);
    const second = withPhones(first, [phone("+15550000001", 1)]);
    const later = withPhones(second, [phone("+15550000004", 4), phone("+15550000001", 5)]);
    assert.deepEqual(
      latestFirst(later).map(({ number }) => number),
      ["+15550000001", "+15550000004", "+15550000003", "+15550000002"],
    );
  });

  it("stays the same where nothing is new, and hears of a text that changed", () => {
    const book = withPhones(new Map(), [phone("+15550000003", 3)]);
    assert.equal(withPhones(book, [phone("+15550000003", 3)]), book);
    assert.notEqual(withPhones(book, [phone("+15550000003", 3, { state: "EXPIRED" })]), book);
  });

  it("is searched by number, as people write it, and by words", () => {
    const phones = [phone("+15550000003", 3, { body: "Lunch at 12?" }), phone("+447700900123", 2)];
    const found = (wanted: string): string[] => findPhones(phones, wanted).map(({ number }) => number);
    assert.deepEqual(
      found(" "),
      phones.map(({ number }) => number),
    );
    assert.deepEqual(found("+1 (555)"), ["+15550000003"]);
    assert.deepEqual(found("lunch AT"), ["+15550000003"]);
    assert.deepEqual(found("()"), []);
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

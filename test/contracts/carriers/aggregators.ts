import assert from "node:assert/strict";
import { HttpPeerFake, PUBLIC_URL, type Shape } from "./http-peer.ts";
import type { CarrierKind } from "./rig.ts";
import { exampleText } from "./settings-file.ts";

const SECRET = "replace-with-a-long-random-text";
/** For every carrier of the suite, shorter than the defaults. */
const MORE = "\n    maxInFlight: 10\n    responseTimeoutMs: 2000\n";

function example(name: string, host: string): string {
  const text = exampleText(name).replace(/url: https:\/\/[\w.]+/, `url: http://${host}`);
  assert.match(text, new RegExp(`http://${host}/`));
  return text + MORE;
}

function callbackPath(name: string, url: unknown): void {
  assert.equal(url, `${PUBLIC_URL}/carriers/${name}/receipts/${SECRET}`);
}

const json = (value: unknown): string => JSON.stringify(value);

const vonage: Shape = {
  verdicts: ["throttle", "other-route", "permanent"],
  settings: (host) => example("vonage", host),
  read: ({ method, url, headers, body }) => {
    assert.equal(`${method} ${url}`, "POST /sms/json");
    assert.match(headers["content-type"] ?? "", /^application\/x-www-form-urlencoded/);
    const form = new URLSearchParams(body);
    const field = (name: string): string => form.get(name) ?? "";
    assert.deepEqual([field("api_key"), field("api_secret")], ["abcd1234", "change-me"]);
    assert.match(field("from") + field("to"), /^\d+$/);
    assert.match(field("ttl"), /^\d+000$/);
    assert.equal(field("type"), /^[\x20-\x7e]*$/.test(field("text")) ? "text" : "unicode");
    callbackPath("vonage", field("callback"));
    return { text: field("text"), reference: field("client-ref") };
  },
  id: (reference) => reference,
  accept: (_id, reference) => ({
    status: 200,
    body: json({
      "message-count": "2",
      messages: [
        { to: "447700900123", "message-id": "0A0000000123ABCD1", status: "0", "client-ref": reference },
        { to: "447700900123", "message-id": "0A0000000123ABCD2", status: "0", "client-ref": reference },
      ],
    }),
  }),
  refuse: (verdict) => {
    const status = { throttle: "1", "other-route": "9", permanent: "7", later: "" }[verdict];
    return { status: 200, body: json({ "message-count": "1", messages: [{ status, "error-text": "no" }] }) };
  },
  receipt: ({ id, result }) => ({
    method: "POST",
    url: `/carriers/vonage/receipts/${SECRET}`,
    headers: { "Content-Type": "application/json" },
    body: json({
      msisdn: "447700900123",
      to: "15005550100",
      messageId: "0A0000000123ABCD1",
      status: result,
      "err-code": result === "failed" ? "1" : "0",
      scts: "2501011020",
      "client-ref": id,
    }),
  }),
  text: ({ from, to, text }) => ({
    method: "POST",
    url: `/carriers/vonage/inbound/${SECRET}`,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      msisdn: from.slice(1),
      to: to.slice(1),
      messageId: "0B1",
      text,
      type: "text",
    }).toString(),
  }),
};

const infobip: Shape = {
  verdicts: ["throttle", "other-route", "permanent"],
  settings: (host) => example("infobip", host),
  read: ({ method, url, headers, body }) => {
    assert.equal(`${method} ${url}`, "POST /sms/2/text/advanced");
    assert.equal(headers.authorization, "App change-me");
    const { messages } = JSON.parse(body) as { messages: [Record<string, unknown>] };
    const [message] = messages;
    assert.equal(typeof message["validityPeriod"], "number");
    callbackPath("infobip", message["notifyUrl"]);
    const [destination] = message["destinations"] as [{ to: string; messageId: string }];
    assert.match(destination.to, /^\d+$/);
    return { text: String(message["text"]), reference: destination.messageId };
  },
  id: (reference) => reference,
  accept: (id) => ({
    status: 200,
    body: json({
      bulkId: "2034072219640523072",
      messages: [
        { to: "447700900123", messageId: id, status: { groupId: 1, groupName: "PENDING", name: "PENDING_ACCEPTED" } },
      ],
    }),
  }),
  refuse: (verdict) => {
    if (verdict === "throttle") return { status: 429, headers: { "Retry-After": "2" } };
    const name = verdict === "permanent" ? "REJECTED_DESTINATION" : "REJECTED_NOT_ENOUGH_CREDITS";
    return { status: 200, body: json({ messages: [{ status: { groupName: "REJECTED", name } }] }) };
  },
  receipt: ({ id, result }) => ({
    method: "POST",
    url: `/carriers/infobip/receipts/${SECRET}`,
    headers: { "Content-Type": "application/json" },
    body: json({
      results: [
        {
          messageId: id,
          to: "447700900123",
          from: "15005550100",
          doneAt: "2025-01-01T10:20:30.000+0000",
          status: { groupName: result === "delivered" ? "DELIVERED" : "UNDELIVERABLE" },
          error: { name: result === "delivered" ? "NO_ERROR" : "EC_UNKNOWN_SUBSCRIBER" },
        },
      ],
    }),
  }),
  text: ({ from, to, text }) => ({
    method: "POST",
    url: `/carriers/infobip/inbound/${SECRET}`,
    headers: { "Content-Type": "application/json" },
    body: json({ results: [{ messageId: "1", from: from.slice(1), to: to.slice(1), text }], messageCount: 1 }),
  }),
};

const messagebird: Shape = {
  verdicts: ["throttle", "other-route", "permanent"],
  settings: (host) => example("messagebird", host),
  read: ({ method, url, headers, body }) => {
    assert.equal(`${method} ${url}`, "POST /messages");
    assert.equal(headers.authorization, "AccessKey change-me");
    const message = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(message["recipients"], ["447700900123"]);
    callbackPath("messagebird", message["reportUrl"]);
    return { text: String(message["body"]), reference: String(message["reference"]) };
  },
  id: (_reference, number) => `e8077d803532c0b5937c639b6021${number}`,
  accept: (id) => ({ status: 201, body: json({ id, recipients: { totalCount: 1, items: [{ status: "sent" }] } }) }),
  refuse: (verdict) => {
    if (verdict === "throttle") return { status: 429 };
    const error = verdict === "permanent" ? { code: 10, parameter: "recipient" } : { code: 25, parameter: null };
    return { status: 422, body: json({ errors: [error] }) };
  },
  receipt: ({ id, result }) => {
    const query = new URLSearchParams({
      id,
      reference: "any",
      recipient: "447700900123",
      status: result === "delivered" ? "delivered" : "delivery_failed",
      statusDatetime: "2025-01-01T10:20:30+00:00",
      statusErrorCode: result === "delivered" ? "" : "1",
    });
    return { method: "GET", url: `/carriers/messagebird/receipts/${SECRET}?${query.toString()}` };
  },
  text: ({ from, to, text }) => {
    const query = new URLSearchParams({ originator: from.slice(1), recipient: to.slice(1), body: text, id: "1" });
    return { method: "GET", url: `/carriers/messagebird/inbound/${SECRET}?${query.toString()}` };
  },
};

/** A made-up one: a GET with credentials in the query, parts with a header in hex, a plain text back, receipts in XML. */
const plain: Shape = {
  verdicts: ["throttle", "later", "other-route", "permanent"],
  settings: (host) => `
carriers:
  - type: http
    name: plain
    texts: parts8
    submit:
      method: GET
      url: http://${host}/send?from={from}&to={to|digits}&text={text}&udh={udh-hex}&n={part}-{parts}&ref={reference}
      auth: { type: fields, fields: [{ name: user, value: us }, { name: password, value: s3cret }] }
    response:
      type: text
      id: "^OK (\\\\S+)"
      outcomes:
        - { status: "503", verdict: later }
        - { matches: "^SLOWER", verdict: throttle }
        - { matches: "^NO ROUTE", verdict: other-route }
        - { matches: "^BAD NUMBER", verdict: permanent, errorCode: 30005 }
        - { matches: "^OK ", verdict: accepted }
    receipts:
      secret: ${SECRET}
      format: xml
      each: receipt
      id: "@id"
      state: state
      states: [{ equals: [OK], result: delivered }, { equals: [KO], result: failed, errorCode: 30005 }]
    inbound:
      secret: ${SECRET}
      format: xml
      from: from
      to: to
      text: text
${MORE}`,
  read: ({ method, url }) => {
    assert.equal(method, "GET");
    const query = new URL(url, "http://x").searchParams;
    assert.deepEqual([query.get("user"), query.get("password")], ["us", "s3cret"]);
    const [part, parts] = (query.get("n") ?? "").split("-");
    if (parts === "1") assert.equal(query.get("udh"), "");
    else assert.match(query.get("udh") ?? "", new RegExp(`^050003..0${parts}0${part}$`));
    return { text: query.get("text") ?? "", reference: query.get("ref") ?? "" };
  },
  id: (_reference, number) => `id-${number}`,
  accept: (id) => ({ status: 200, body: `OK ${id}\n` }),
  refuse: (verdict) =>
    verdict === "later"
      ? { status: 503 }
      : { status: 200, body: { throttle: "SLOWER", "other-route": "NO ROUTE", permanent: "BAD NUMBER" }[verdict] },
  receipt: ({ id, result }) => ({
    method: "POST",
    url: `/carriers/plain/receipts/${SECRET}`,
    headers: { "Content-Type": "text/xml" },
    body: `<receipts><receipt id="${id}"><state>${result === "delivered" ? "OK" : "KO"}</state></receipt></receipts>`,
  }),
  text: ({ from, to, text }) => ({
    method: "POST",
    url: `/carriers/plain/inbound/${SECRET}`,
    headers: { "Content-Type": "text/xml" },
    body: `<message><from>${from}</from><to>${to}</to><text>${text}</text></message>`,
  }),
};

function kindOf(name: string, shape: Shape, isWhole: boolean): CarrierKind {
  return {
    name,
    type: "http",
    window: 10,
    timeoutMs: 2_000,
    hasPeer: true,
    isWhole,
    make: async (world) => {
      const peer = new HttpPeerFake(shape, world);
      return { carrier: await peer.start(), peer };
    },
  };
}

/** The carriers of `examples/carriers` that are data, each against a server of the shape of the real one, and one more. */
export const httpKinds: readonly CarrierKind[] = [
  kindOf("http as Vonage", vonage, true),
  kindOf("http as Infobip", infobip, true),
  kindOf("http as MessageBird", messagebird, true),
  kindOf("http with parts and plain text", plain, false),
];

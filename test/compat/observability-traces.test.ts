/** One trace from an API request to the last webhook: over one process, and over a fleet with a restart between. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from "../kit/otlp-receiver.ts";
import { startFleetProcess, type FleetProcess } from "../kit/running-fleet.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
/** Chosen by its last digits, however few are kept. */
const CHOSEN_ID = "0af7651916cd43dd0000000000000001";
const CLIENT_SPAN = "b7ad6b7169203331";
const TEXT = "a-text-that-no-span-may-hold";
const PHONE = "+15551440001";
/** The simulated carrier takes texts to it, and reports them as undelivered. */
const UNDELIVERABLE = "+15559990001";
/** As OTLP numbers the kinds of spans. */
const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5];

/** Who may send, and where. */
interface Sender {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string;
}

async function send(sender: Sender, headers: Readonly<Record<string, string>>, statusCallback: string, to = PHONE) {
  const { baseUrl, accountSid, authToken, from } = sender;
  const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`, ...headers },
    body: new URLSearchParams({ To: to, From: from, Body: TEXT, StatusCallback: statusCallback }),
  });
  const body = (await response.json()) as { sid: string };
  assert.equal(response.status, 201, JSON.stringify(body));
  return body.sid;
}

function named(spans: readonly ReceivedSpan[], name: RegExp): ReceivedSpan {
  const found = spans.find((span) => name.test(span.name));
  assert.ok(found !== undefined, `no ${name} among ${spans.map((span) => span.name).join(", ")}`);
  return found;
}

/** Waits until the spans of a trace have these names. */
function spansOf(receiver: OtlpReceiver, traceId: string, names: readonly RegExp[]): Promise<ReceivedSpan[]> {
  return waitFor(`the spans ${names.join(", ")} of ${traceId}`, () => {
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    return names.every((name) => spans.some((span) => name.test(span.name))) && spans;
  });
}

const WHOLE = [/^POST create$/, /^POST CreateMessage$/, /^message outbound$/, /^queue$/, /^send /, /^receipt /];

/** The parents of everything that a message goes through. */
function checkFamily(spans: readonly ReceivedSpan[], clientSpan: string): void {
  const edge = named(spans, /^POST create$/);
  const cell = named(spans, /^POST CreateMessage$/);
  const message = named(spans, /^message outbound$/);
  const queue = named(spans, /^queue$/);
  const attempt = named(spans, /^send /);
  const receipt = named(spans, /^receipt /);
  const parents = [edge, cell, message, queue, attempt, receipt].map(({ parentSpanId }) => parentSpanId);
  assert.deepEqual(parents, [clientSpan, edge.spanId, cell.spanId, message.spanId, message.spanId, attempt.spanId]);
  const kinds = [edge, message, queue, attempt, receipt].map(({ kind }) => kind);
  assert.deepEqual(kinds, [SERVER, INTERNAL, INTERNAL, PRODUCER, CONSUMER]);
  assert.equal(attempt.attributes["trunkline.outcome"], "accepted");
  assert.equal(receipt.attributes["trunkline.status"], "delivered");
  assert.ok(queue.startMs >= message.startMs && attempt.startMs >= queue.endMs && receipt.endMs >= attempt.startMs);
  assert.ok(message.endMs >= receipt.endMs, "the message ends with its receipt");
}

/** What a customer's server is told is where our own span of that request stands. */
function checkWebhooks(spans: readonly ReceivedSpan[], customer: CustomerServer, path: string, traceId: string): void {
  const receipt = named(spans, /^receipt /);
  const message = named(spans, /^message outbound$/);
  const requests = customer.requestsTo(path);
  assert.deepEqual(
    requests.map(({ params }) => params["MessageStatus"]),
    ["sending", "sent", "delivered"],
  );
  for (const { headers, params } of requests) {
    const [version, trace, span, flags] = String(headers["traceparent"]).split("-");
    assert.deepEqual([version, trace, flags], ["00", traceId, "01"]);
    const own = spans.find(({ spanId }) => spanId === span);
    assert.ok(own !== undefined, `the span ${span} of the webhook about ${params["MessageStatus"]} was not exported`);
    assert.equal(own.kind, CLIENT);
    const isReceipt = params["MessageStatus"] === "delivered";
    assert.equal(own.parentSpanId, isReceipt ? receipt.spanId : message.spanId);
    assert.equal(own.attributes["http.response.status_code"], 204);
    assert.equal(own.attributes["server.address"], "127.0.0.1");
  }
}

describe("the traces of one process", () => {
  let receiver: OtlpReceiver;
  let customer: CustomerServer;
  let system: SystemProcess;

  before(async () => {
    [receiver, customer] = await Promise.all([startOtlpReceiver(), CustomerServer.start()]);
    const tracing = { otlpUrl: receiver.url, keepOneIn: 1, headers: ["X-Test-Key: of the collector"] };
    system = await startSystemProcess({ config: { tracing } });
  });

  after(async () => {
    await Promise.all([system?.stop(), customer?.stop()]);
    await receiver?.close();
  });

  it("goes on from the client's context to the last webhook, and tells nobody's number or text", async () => {
    const headers = { traceparent: `00-${TRACE_ID}-${CLIENT_SPAN}-01`, tracestate: "vendor=value,other=1" };
    await send(system, headers, customer.url("/told"));
    await waitFor("the last webhook", () => customer.requestsTo("/told").length === 3);
    const spans = await spansOf(receiver, TRACE_ID, [...WHOLE, /^webhook POST$/]);
    const all = await waitFor("every webhook", () => {
      const now = receiver.spans.filter((span) => span.traceId === TRACE_ID);
      return now.filter(({ name }) => name === "webhook POST").length === 3 && now;
    });
    assert.ok(all.length >= spans.length);
    checkFamily(all, CLIENT_SPAN);
    checkWebhooks(all, customer, "/told", TRACE_ID);
    for (const { headers: told } of customer.requestsTo("/told")) {
      assert.equal(told["tracestate"], "vendor=value,other=1");
    }
    assert.ok(all.every(({ traceState }) => traceState === "vendor=value,other=1"));
    const everything = receiver.bodies.join("\n");
    for (const secret of [TEXT, PHONE, PHONE.slice(1), system.from.slice(1), system.authToken, "/told"]) {
      assert.ok(!everything.includes(secret), `${secret} was exported`);
    }
    assert.equal(receiver.headers[0]?.["x-test-key"], "of the collector");
  });

  it("begins a trace where the client gave none, or one that is none", async () => {
    const broken = ["00-zz", `00-${"0".repeat(32)}-${CLIENT_SPAN}-01`, `ff-${TRACE_ID}-${CLIENT_SPAN}-01`];
    for (const [at, traceparent] of ["", ...broken].entries()) {
      const path = `/begun-${at}`;
      const sid = await send(system, traceparent === "" ? {} : { traceparent }, customer.url(path));
      await waitFor("the last webhook", () => customer.requestsTo(path).length === 3);
      const traceId = String(customer.requestsTo(path)[0]?.headers["traceparent"]).split("-")[1] ?? "";
      assert.match(traceId, /^[0-9a-f]{32}$/);
      assert.notEqual(traceId, TRACE_ID);
      const spans = await spansOf(receiver, traceId, WHOLE);
      checkFamily(spans, "");
      assert.equal(named(spans, /^message outbound$/).attributes["messaging.message.id"], sid);
    }
  });

  it("shows a text that came in, too", async () => {
    const response = await fetch(`${system.baseUrl}/simulator/phones/%2B15551440002/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ to: system.from, body: TEXT }),
    });
    assert.ok(response.ok, await response.text());
    const span = await waitFor("the text's span", () => receiver.spans.find(({ name }) => name === "message inbound"));
    assert.equal(span.attributes["trunkline.status"], "received");
  });

  it("loses nothing of the product while the collector is away, and counts what it lost of the traces", async () => {
    receiver.answer(400);
    await send(system, {}, customer.url("/lost"));
    await waitFor("the last webhook", () => customer.requestsTo("/lost").length === 3);
    receiver.answer(200);
    const metrics = await (await fetch(`${system.baseUrl}/metrics`)).text();
    assert.match(metrics, /^trunkline_trace_spans\{outcome="sent"\} [1-9]/m);
  });
});

describe("the traces of a fleet", () => {
  let receiver: OtlpReceiver;
  let customer: CustomerServer;
  let fleet: FleetProcess;

  before(async () => {
    [receiver, customer] = await Promise.all([startOtlpReceiver(), CustomerServer.start()]);
    // Nearly none is kept for its id alone.
    const tracing = { otlpUrl: receiver.url, keepOneIn: 1_000_000 };
    fleet = await startFleetProcess({ cells: "messaging=1", config: { tracing } });
  });

  after(async () => {
    await Promise.all([fleet?.stop(), customer?.stop()]);
    await receiver?.close();
  });

  it("is whole where the message fails, also at the edge, which learns of it from the cell", async () => {
    const sender = { baseUrl: fleet.baseUrl, ...fleet.operator, from: fleet.from };
    const headers = { traceparent: `00-${TRACE_ID}-${CLIENT_SPAN}-00` };
    await send(sender, headers, customer.url("/failed"), UNDELIVERABLE);
    const spans = await spansOf(receiver, TRACE_ID, [...WHOLE, /^webhook POST$/]);
    const [edge, receipt] = [named(spans, /^POST create$/), named(spans, /^receipt /)];
    assert.deepEqual([edge.parentSpanId, edge.instance], [CLIENT_SPAN, "edge-us1"]);
    assert.deepEqual([receipt.statusCode, receipt.attributes["trunkline.status"]], [2, "undelivered"]);
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length, "each span comes once");
  });

  it("is one trace over edge and cell, although the cell dies between the attempt and the receipt", async () => {
    const sender = { baseUrl: fleet.baseUrl, ...fleet.operator, from: fleet.from };
    await setReceiptDelay(fleet, 4_000);
    const headers = { traceparent: `00-${CHOSEN_ID}-${CLIENT_SPAN}-01`, tracestate: "vendor=value" };
    await send(sender, headers, customer.url("/told"));
    await waitFor("the message is sent", () => customer.requestsTo("/told").length === 2);
    await spansOf(receiver, CHOSEN_ID, [/^POST create$/, /^POST CreateMessage$/, /^send /]);
    const { restarts = 0 } = (await fleet.nodes()).find(({ name }) => name === "messaging-1") ?? {};
    await fleet.kill("messaging-1");
    await fleet.restarted("messaging-1", restarts);
    await waitFor("the last webhook", () => customer.requestsTo("/told").length === 3);
    const spans = await spansOf(receiver, CHOSEN_ID, [...WHOLE, /^webhook POST$/]);
    checkFamily(spans, CLIENT_SPAN);
    const last = customer.requestsTo("/told").at(-1);
    const [, traceId, spanId] = String(last?.headers["traceparent"]).split("-");
    assert.equal(traceId, CHOSEN_ID);
    assert.equal(last?.headers["tracestate"], "vendor=value");
    const own = await waitFor("the span of the last webhook", () =>
      receiver.spans.find((span) => span.spanId === spanId),
    );
    assert.equal(own.parentSpanId, named(spans, /^receipt /).spanId);
    assert.deepEqual(
      [named(spans, /^POST create$/).instance, named(spans, /^POST CreateMessage$/).instance, own.instance],
      ["edge-us1", "messaging-1", "messaging-1"],
    );
    const count = spans.filter(({ name }) => name === "message outbound").length;
    assert.equal(count, 1, "the message is told of once");
    const others = receiver.spans.filter(({ traceId: other }) => other !== CHOSEN_ID && other !== TRACE_ID);
    assert.deepEqual(others, [], "what went well and was not chosen is not kept");
  });
});

async function setReceiptDelay({ phonesUrl }: FleetProcess, receiptDelayMs: number): Promise<void> {
  const response = await fetch(`${phonesUrl}/simulator/faults`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ receiptDelayMs }),
  });
  assert.ok(response.ok, await response.text());
}

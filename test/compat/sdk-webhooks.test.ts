import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import type { PhoneMessage } from "../../src/modules/simulator/index.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer, twiml, type CustomerRequest } from "./customer-server.ts";
import { forwardedClient, textFromPhone } from "./sdk-clients.ts";

describe("webhooks, as the official SDK sees them", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let client: ReturnType<typeof twilio>;
  let from: string;
  let numberSid: string;
  let phones = 15_551_240_000;

  before(async () => {
    [system, customer] = await Promise.all([startSystemProcess(), CustomerServer.start()]);
    client = forwardedClient(system);
    from = system.from;
    numberSid = (await client.incomingPhoneNumbers.list({ phoneNumber: from }))[0]?.sid ?? "";
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  const newPhone = (): string => `+${(phones += 1)}`;
  const isGenuine = ({ headers, url, method, params }: CustomerRequest, authToken = system.authToken): boolean =>
    twilio.validateRequest(
      authToken,
      String(headers["x-twilio-signature"]),
      url,
      method === "POST" ? { ...params } : {},
    );
  const received = (path: string, count = 1) =>
    waitFor(`${count} requests to ${path}`, () => {
      const requests = customer.requestsTo(path);
      return requests.length >= count && requests;
    });
  const bodiesOn = async (phone: string): Promise<string[]> =>
    (await system.phones(phone)).filter(isIncoming).map((m) => m.body);
  const alertFor = (resourceSid: string) =>
    waitFor(`an alert about ${resourceSid}`, async () =>
      (await client.monitor.v1.alerts.list({ limit: 50 })).find((alert) => alert.resourceSid === resourceSid),
    );
  const configure = (settings: object) =>
    client.incomingPhoneNumbers(numberSid).update({ smsUrl: "", smsMethod: "POST", smsFallbackUrl: "", ...settings });

  it("a status callback tells sending, sent and delivered in this order, each signed", async () => {
    const statusCallback = `${customer.url("/status")}?order=7&name=J%C3%BCrgen`;
    const { sid } = await client.messages.create({ to: newPhone(), from, body: "told", statusCallback });
    const requests = await received("/status", 3);
    assert.deepEqual(
      requests.map(({ params }) => params["MessageStatus"]),
      ["sending", "sent", "delivered"],
    );
    for (const request of requests) {
      assert.ok(isGenuine(request));
      assert.ok(!isGenuine(request, "0".repeat(32)));
      assert.deepEqual(
        [request.params["MessageSid"], request.params["SmsSid"], request.params["AccountSid"], request.params["From"]],
        [sid, sid, system.accountSid, from],
      );
    }
    const tokens = new Set(requests.map(({ headers }) => headers["i-twilio-idempotency-token"]));
    assert.equal(tokens.size, 3);
  });

  it("the SDK's own middleware lets the webhooks through, and nothing that was changed", async () => {
    const verdicts: number[] = [];
    const middleware = twilio.webhook(system.authToken, { validate: true });
    const path = "/middleware";
    customer.on(path, (request) => {
      for (const params of [request.params, { ...request.params, Body: "changed" }])
        verdicts.push(pass(request, params));
      return { status: 204 };
    });
    /** What an Express application hands to a middleware. */
    const pass = (request: CustomerRequest, body: object): number => {
      let status = 0;
      const response = {
        type: () => response,
        status: (code: number) => {
          status = code;
          return response;
        },
        send: () => response,
      };
      const { host } = request.headers;
      const express = {
        protocol: "http",
        headers: request.headers,
        header: (name: string) => request.headers[name.toLowerCase()],
        get: (name: string) => request.headers[name.toLowerCase()],
        host,
        originalUrl: request.path,
        url: request.path,
        query: {},
        body,
      };
      middleware(express, response, () => (status = 200));
      return status;
    };
    await client.messages.create({ to: newPhone(), from, body: "x", statusCallback: customer.url(path) });
    await waitFor("three callbacks", () => verdicts.length === 6);
    assert.deepEqual(verdicts, [200, 403, 200, 403, 200, 403]);
  });

  it("a text from a phone goes to the SmsUrl, and its TwiML reply to the phone", async () => {
    const reply = new twilio.twiml.MessagingResponse();
    reply.message("first & <last>");
    reply.message({ action: customer.url("/reply-status") }, "second");
    const smsUrl = customer.on("/sms", { type: "text/xml", body: reply.toString() });
    await configure({ smsUrl });
    const phone = newPhone();
    await textFromPhone(system, phone, { to: from, body: "Hello? 👋" });
    const [request] = await received("/sms");
    assert.ok(request !== undefined && isGenuine(request));
    const { params } = request;
    assert.deepEqual(
      [params["From"], params["To"], params["Body"], params["NumMedia"], params["NumSegments"], params["SmsStatus"]],
      [phone, from, "Hello? 👋", "0", "1", "received"],
    );
    await waitFor("both replies", async () => (await bodiesOn(phone)).length === 2);
    assert.deepEqual(await bodiesOn(phone), ["first & <last>", "second"]);
    await received("/reply-status", 3);
    const inbound = await client.messages(params["MessageSid"] ?? "").fetch();
    assert.deepEqual([inbound.direction, inbound.status, inbound.body], ["inbound", "received", "Hello? 👋"]);
    const [newest] = await client.messages.list({ to: phone, limit: 1 });
    assert.equal(newest?.direction, "outbound-reply");
  });

  it("a webhook by GET carries its parameters and signature in and over the query", async () => {
    await configure({ smsUrl: customer.on("/sms-get", twiml("")), smsMethod: "GET" });
    await textFromPhone(system, newPhone(), { to: from, body: "by GET & more" });
    const [request] = await received("/sms-get");
    assert.equal(request?.method, "GET");
    assert.equal(request.params["Body"], "by GET & more");
    assert.ok(isGenuine(request));
  });

  it("a Redirect leads to the document that answers", async () => {
    customer.on("/second", twiml("<Message>from the second</Message>"));
    await configure({ smsUrl: customer.on("/redirecting", twiml('<Redirect method="GET">second</Redirect>')) });
    const phone = newPhone();
    await textFromPhone(system, phone, { to: from, body: "where?" });
    const [request] = await received("/second");
    assert.equal(request?.method, "GET");
    assert.ok(isGenuine(request));
    await waitFor("the reply", async () => (await bodiesOn(phone))[0] === "from the second");
  });

  it("the fallback answers when the first URL fails, and the debugger shows 11200", async () => {
    const smsUrl = customer.on("/broken", { status: 500, body: "out of order" });
    const smsFallbackUrl = customer.on("/fallback", twiml("<Message>from the fallback</Message>"));
    await configure({ smsUrl, smsFallbackUrl });
    const phone = newPhone();
    await textFromPhone(system, phone, { to: from, body: "anybody?" });
    const [request] = await received("/fallback");
    assert.ok(request !== undefined && isGenuine(request));
    assert.deepEqual([request.params["ErrorCode"], request.params["ErrorUrl"]], ["11200", smsUrl]);
    await waitFor("the reply", async () => (await bodiesOn(phone))[0] === "from the fallback");
    const alert = await alertFor(request.params["MessageSid"] ?? "");
    assert.deepEqual([alert.errorCode, alert.requestUrl], ["11200", smsUrl]);
    assert.ok(alert.dateCreated instanceof Date);
    const full = await client.monitor.v1.alerts(alert.sid).fetch();
    assert.equal(full.responseBody, "out of order");
    assert.match(full.requestVariables, /Body=anybody/);
  });

  it("what is no TwiML is shown as 12100 by the debugger", async () => {
    await configure({ smsUrl: customer.on("/nonsense", { type: "text/xml", body: "<Response><Message>" }) });
    await textFromPhone(system, newPhone(), { to: from, body: "x" });
    const [request] = await received("/nonsense");
    const alert = await alertFor(request?.params["MessageSid"] ?? "");
    assert.equal(alert.errorCode, "12100");
    assert.equal(alert.logLevel, "error");
  });

  it("alerts are paged and filtered", async () => {
    const all = await client.monitor.v1.alerts.list({ pageSize: 1 });
    assert.ok(all.length >= 2);
    const errors = await client.monitor.v1.alerts.list({ logLevel: "error" });
    assert.ok(errors.every(({ logLevel }) => logLevel === "error"));
    const tomorrow = new Date(Date.now() + 2 * 86_400_000);
    assert.deepEqual(await client.monitor.v1.alerts.list({ startDate: tomorrow, limit: 5 }), []);
  });

  it("a webhook is repeated as its URL's fragment says, with the same token and without the fragment", async () => {
    let calls = 0;
    const url = customer.on("/flaky", () => ({ status: (calls += 1) < 3 ? 503 : 204 }));
    await configure({ smsUrl: `${url}#rc=3&rp=5xx` });
    await textFromPhone(system, newPhone(), { to: from, body: "again" });
    const requests = await received("/flaky", 3);
    assert.ok(requests.every((request) => isGenuine(request)));
    assert.equal(new Set(requests.map(({ headers }) => headers["i-twilio-idempotency-token"])).size, 1);
  });
});

/** What the phone got, not what it sent. */
function isIncoming(message: PhoneMessage): boolean {
  return message.direction !== "sent";
}

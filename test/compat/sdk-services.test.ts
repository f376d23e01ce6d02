import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer, twiml } from "./customer-server.ts";
import { OwnApi } from "./own-api.ts";
import { forwardedClient, refuses, textFromPhone } from "./sdk-clients.ts";

const FINAL = ["delivered", "undelivered", "failed", "canceled"];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const numbers = [
  { number: "+15005550100" },
  { number: "+15005550101" },
  { number: "+447700900104", type: "mobile" },
  { number: "55501", type: "shortcode", mms: false, voice: false },
].map((number) => ({ sms: true, mms: true, voice: true, ...number }));

describe("a Messaging Service, its opt-outs, its schedule and its links, with the official SDK", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let client: ReturnType<typeof twilio>;
  let own: OwnApi;
  let serviceSid = "";
  let phones = 15_551_280_000;

  before(async () => {
    const config = { numbers, simulator: { enabled: true } };
    [system, customer] = await Promise.all([startSystemProcess({ config }), CustomerServer.start()]);
    client = forwardedClient(system);
    own = new OwnApi(system);
    customer.on("/in", twiml("<Message>hi there</Message>"));
    const service = await client.messaging.v1.services.create({
      friendlyName: "Shop",
      statusCallback: customer.url("/status"),
      inboundRequestUrl: customer.url("/in"),
      usecase: "notifications",
      validityPeriod: 600,
    });
    assert.deepEqual([service.usecase, service.validityPeriod, service.smartEncoding], ["notifications", 600, true]);
    serviceSid = service.sid;
    for (const number of ["+15005550100", "+15005550101"]) {
      const [{ sid: phoneNumberSid } = { sid: "" }] = await client.incomingPhoneNumbers.list({ phoneNumber: number });
      await client.messaging.v1.services(serviceSid).phoneNumbers.create({ phoneNumberSid });
    }
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  const newPhone = (): string => `+${(phones += 1)}`;
  type Wanted = Partial<Parameters<typeof client.messages.create>[0]>;
  const send = (to: string, more: Wanted = {}) =>
    client.messages.create({ messagingServiceSid: serviceSid, to, body: "hello", ...more });
  const ended = ({ sid }: { readonly sid: string }) =>
    waitFor(`${sid} to end`, async () => {
      const message = await client.messages(sid).fetch();
      return FINAL.includes(message.status) && message;
    });
  const received = async (phone: string): Promise<string[]> =>
    (await system.phones(phone)).filter(({ direction }) => direction !== "sent").map(({ body }) => body);
  const requests = (path: string, from: string) =>
    customer.requestsTo(path).filter(({ params }) => params["From"] === from);

  it("chooses the sender, stays with it, writes what phones can show, and tells its own URL", async () => {
    const phone = newPhone();
    const accepted = await send(phone, { body: "“smart” — ok…" });
    assert.deepEqual([accepted.status, accepted.from, accepted.messagingServiceSid], ["accepted", null, serviceSid]);
    const { status, from, numSegments } = await ended(accepted);
    assert.deepEqual([status, numSegments], ["delivered", "1"]);
    assert.deepEqual(await received(phone), ['"smart" - ok...']);
    for (let i = 0; i < 3; i += 1) assert.equal((await ended(await send(phone))).from, from);
    const told = await waitFor("the callbacks of the first text", () => {
      const all = customer.requestsTo("/status").filter(({ params }) => params["MessageSid"] === accepted.sid);
      return all.length >= 4 && all.map(({ params }) => [params["MessageStatus"], params["MessagingServiceSid"]]);
    });
    const statuses = ["queued", "sending", "sent", "delivered"];
    assert.deepEqual(
      told,
      statuses.map((each) => [each, serviceSid]),
    );
  });

  it("takes texts at its own URL", async () => {
    const phone = newPhone();
    await textFromPhone(system, phone, { to: "+15005550100", body: "hello" });
    await waitFor("the reply", async () => (await received(phone)).includes("hi there"));
    assert.equal(requests("/in", phone)[0]?.params["MessagingServiceSid"], serviceSid);
  });

  it("sends under its name where the country takes names, and from a number where it does not", async () => {
    const { alphaSenders } = client.messaging.v1.services(serviceSid);
    const { sid } = await alphaSenders.create({ alphaSender: "Shop" });
    assert.equal((await ended(await send("+447700900777"))).from, "Shop");
    assert.match((await ended(await send(newPhone()))).from, /^\+1500/);
    await alphaSenders(sid).remove();
  });

  it("schedules, lists what is scheduled, and cancels", async () => {
    const phone = newPhone();
    const sendAt = new Date(Date.now() + 15 * MINUTE_MS);
    const scheduled = await send(phone, { scheduleType: "fixed", sendAt });
    assert.deepEqual([scheduled.status, scheduled.from, scheduled.dateSent], ["scheduled", null, null]);
    assert.deepEqual(
      (await client.messages.list({ to: phone })).map(({ status }) => status),
      ["scheduled"],
    );
    assert.equal((await client.messages(scheduled.sid).update({ status: "canceled" })).status, "canceled");
    const soon = new Date(Date.now() + MINUTE_MS);
    await refuses(send(phone, { scheduleType: "fixed", sendAt: soon }), 35_114);
    const late = new Date(Date.now() + 36 * DAY_MS);
    await refuses(send(phone, { scheduleType: "fixed", sendAt: late }), 35_114);
    await refuses(send(phone, { scheduleType: "fixed" }), 35_111);
    await refuses(
      client.messages.create({ to: phone, from: "+15005550100", body: "x", scheduleType: "fixed", sendAt }),
      35_118,
    );
    assert.deepEqual(await received(phone), []);
  });

  it("holds messages to their validity and their price", async () => {
    const phone = newPhone();
    for (const validityPeriod of [0, 36_001]) await refuses(send(phone, { validityPeriod }), 21_624);
    assert.equal((await ended(await send(phone, { validityPeriod: 36_000, maxPrice: 1 }))).status, "delivered");
    const { status, errorCode, price } = await ended(await send(phone, { maxPrice: 0.000_1 }));
    assert.deepEqual([status, errorCode, price], ["failed", 30_010, null]);
  });

  it("hears HELP, STOP and START, answers them, and says so on the webhook", async () => {
    const phone = newPhone();
    const said: (string | undefined)[] = [];
    for (const word of ["HELP", "STOP", "stop it please", "START"]) {
      const before = requests("/in", phone).length;
      await textFromPhone(system, phone, { to: "+15005550101", body: word });
      await waitFor(`the webhook of ${word}`, () => requests("/in", phone).length > before);
      said.push(requests("/in", phone).at(-1)?.params["OptOutType"]);
      if (word !== "STOP") continue;
      await refuses(send(phone), 21_610);
      await refuses(client.messages.create({ from: "+15005550101", to: phone, body: "x" }), 21_610);
    }
    assert.deepEqual(said, ["HELP", "STOP", undefined, "START"]);
    await waitFor(
      "three answers",
      async () => (await received(phone)).filter((text) => text !== "hi there").length === 3,
    );
    assert.equal((await ended(await send(phone))).status, "delivered");
  });

  it("takes keywords of its own, and opt-outs that were made elsewhere", async () => {
    const phone = newPhone();
    await own.post("OptOuts/Configurations", { Scope: serviceSid, StopKeywords: "BASTA", StopReply: "Finito." });
    await textFromPhone(system, phone, { to: "+15005550101", body: "basta" });
    await waitFor("the answer", async () => (await received(phone)).includes("Finito."));
    await refuses(send(phone), 21_610);
    const optOut = await waitFor("the opt-out in the list", async () => {
      const list = await own.get<{ opt_outs: { sid: string; keyword: string; recipient: string }[] }>("OptOuts");
      return list.opt_outs.find(({ recipient }) => recipient === phone);
    });
    assert.equal(optOut.keyword, "BASTA");
    await own.delete(`OptOuts/${optOut.sid}`);
    assert.equal((await ended(await send(phone))).status, "delivered");
    const told = { contact_id: phone, correlation_id: "a".repeat(32), sender_id: serviceSid, source: "website" };
    const { items } = await client.accounts.v1.bulkConsents.create({
      items: [JSON.stringify({ ...told, status: "opt-out" })],
    });
    assert.deepEqual(items, [{ correlation_id: "a".repeat(32), error_code: 0, error_messages: [] }]);
    await refuses(send(phone), 21_610);
  });

  it("shortens URLs on the account's domain, leads who clicks, and tells of the click", async () => {
    const phone = newPhone();
    await refuses(send(phone, { shortenUrls: true, body: "https://shop.example/long" }), 30_106);
    const { sid } = await own.post<{ sid: string }>("LinkDomains", { DomainName: "go.shop.example" });
    const settings = { fallbackUrl: "https://shop.example/", callbackUrl: customer.url("/click") };
    await client.messaging.v1.domainConfig(sid).update(settings);
    await client.messaging.v1.linkshorteningMessagingService(sid, serviceSid).create();
    const target = "https://shop.example/a/very/long/path?with=many&parameters=1234567890";
    const message = await send(phone, { shortenUrls: true, body: `See ${target} now.` });
    const [, short = ""] = /^See (https:\/\/go\.shop\.example\/\w{10}) now\.$/.exec(message.body) ?? [];
    await ended(message);
    assert.deepEqual(await received(phone), [message.body]);
    const visit = await own.visit(short);
    assert.deepEqual([visit.status, visit.headers.get("location")], [302, target]);
    const { params, headers } = await waitFor("the click", () => customer.requestsTo("/click")[0]);
    const { event_type: type, sms_sid: smsSid, to, link, messaging_service_sid: service } = params;
    assert.deepEqual([type, smsSid, to, link, service], ["click", message.sid, phone, target, serviceSid]);
    assert.ok(headers["x-twilio-signature"] !== undefined);
  });
});

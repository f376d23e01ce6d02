import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { CommandStatus } from "../../protocols/smpp/index.ts";
import { decodeUserData } from "../../protocols/sms/index.ts";
import { EsmeWorld, receiptsOf, type Customer } from "../../../test/kit/esme-world.ts";
import { ACCOUNT, NUMBER, PHONE } from "../../../test/kit/messaging-world.ts";

const FALLBACK = "https://example.org/receipts";

async function started(t: TestContext, ...options: Parameters<typeof EsmeWorld.start>): Promise<EsmeWorld> {
  const world = await EsmeWorld.start(...options);
  t.after(() => world.close());
  return world;
}

/** Submits and lets the carrier deliver; gives the id. */
async function delivered(world: EsmeWorld, customer: Customer, text = "hello"): Promise<string> {
  const sid = String(await world.submit(customer, { short_message: Buffer.from(text) }));
  const { id } = world.messaging.carrier.answer() as { id: string };
  await world.settle();
  await world.messaging.carrier.receipt({ id });
  await world.settle();
  return sid;
}

const SMS_URL = "https://example.org/sms";
const webhooksOf = (world: EsmeWorld, sid: string) =>
  world.messaging.webhooks.filter(({ resourceSid }) => resourceSid === sid);

describe("receipts", () => {
  it("wait for a bind that can receive, and go round over those there are", async (t) => {
    const world = await started(t);
    const sender = await world.bind({ bind: "transmitter" });
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await delivered(world, sender, String(n)));
    assert.equal(world.esme.status().waiting, 4);
    const one = await world.bind({ bind: "receiver" });
    assert.deepEqual(
      receiptsOf(one).map(({ id }) => id),
      ids,
    );
    const two = await world.bind({ bind: "receiver" });
    for (let n = 0; n < 4; n += 1) await delivered(world, sender, `more ${n}`);
    assert.deepEqual([one.deliveries.length, two.deliveries.length], [6, 2]);
    assert.equal(world.esme.status().waiting, 0);
  });

  it("come again after a temporary refusal, a silent client and a broken session", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    customer.answer = CommandStatus.ESME_RX_T_APPN;
    const sid = await delivered(world, customer);
    assert.equal(customer.deliveries.length, 1);
    customer.answer = undefined;
    await world.advance(1_400);
    assert.equal(customer.deliveries.length, 2, "after about a second");
    await world.advance(10_000);
    assert.equal(customer.deliveries.length, 2);
    await world.advance(3_000);
    assert.equal(customer.deliveries.length, 3, "no answer within ten seconds, and two more");
    await world.leave(customer);
    const next = await world.bind();
    assert.deepEqual(receiptsOf(next), [{ id: sid, state: "DELIVERED" }]);
    await world.advance(3_600_000);
    assert.equal(next.deliveries.length, 1);
    assert.equal(world.esme.status().waiting, 0);
  });

  it("survive a power cut until they are acknowledged, and are not given again after that", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    customer.answer = undefined;
    const sid = await delivered(world, customer);
    assert.equal(customer.deliveries.length, 1);
    await world.restart(true);
    assert.equal(world.esme.status().waiting, 1);
    const again = await world.bind();
    assert.deepEqual(receiptsOf(again), [{ id: sid, state: "DELIVERED" }]);
    await world.restart(true);
    assert.equal(world.esme.status().waiting, 0);
  });

  it("of a message that was accepted before a power cut come after it", async (t) => {
    const world = await started(t);
    const before = await world.bind();
    const sid = await world.submit(before);
    const { id } = world.messaging.carrier.answer() as { id: string };
    await world.settle();
    await world.restart(true);
    const after = await world.bind();
    await world.messaging.carrier.receipt({ id });
    await world.settle();
    assert.deepEqual(receiptsOf(after), [{ id: sid, state: "DELIVERED" }]);
  });

  it("go to the webhook after a minute without a bind", async (t) => {
    const world = await started(t);
    world.changeCredential({ receipt_fallback_url: FALLBACK });
    await world.advance(15_000);
    const sender = await world.bind({ bind: "transmitter" });
    const sid = await delivered(world, sender);
    await world.advance(55_000);
    assert.equal(webhooksOf(world, sid).length, 0);
    await world.advance(7_000);
    const [webhook, ...more] = webhooksOf(world, sid);
    assert.ok(webhook !== undefined && more.length === 0);
    assert.equal(webhook.url, FALLBACK);
    const params = Object.fromEntries(webhook.params);
    assert.deepEqual([params["MessageStatus"], params["To"], params["From"]], ["delivered", PHONE, NUMBER]);
    assert.equal(world.esme.status().waiting, 0);
  });

  it("are given up with an alert after a day, or when the client wants none of them", async (t) => {
    const world = await started(t, {}, { limits: { fallbackAfterMs: 60_000, maxAgeMs: 3_600_000 } });
    const customer = await world.bind();
    customer.answer = CommandStatus.ESME_RX_P_APPN;
    const refused = await delivered(world, customer);
    assert.equal(world.esme.status().waiting, 0);
    await world.leave(customer);
    const sender = await world.bind({ bind: "transmitter" });
    const old = await delivered(world, sender);
    await world.advance(3_602_000);
    assert.equal(world.esme.status().waiting, 0);
    assert.deepEqual(
      world.messaging.alerts.filter(({ errorCode }) => errorCode === 30003).map(({ resourceSid }) => resourceSid),
      [refused, old],
    );
  });
});

describe("texts for an account", () => {
  it("come on a bind, long ones in parts that read as the whole", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    await world.textIn("short @", SMS_URL);
    const long = "A long text that needs parts. ".repeat(12).trim();
    await world.textIn(long, SMS_URL);
    const [first, ...parts] = customer.deliveries.map(({ body }) => body);
    assert.equal(first?.source_addr, PHONE.slice(1));
    assert.equal(first?.destination_addr, NUMBER.slice(1));
    const read = parts.map((part) =>
      decodeUserData({
        dataCoding: part.data_coding,
        shortMessage: (part as { short_message: Buffer }).short_message,
        udhi: true,
      }),
    );
    assert.equal(read.map(({ text }) => text).join(""), long);
    assert.equal(world.esme.status().waiting, 0);
    assert.equal(world.messaging.webhooks.length, 0);
  });

  it("go to their webhook where no bind takes them, and only once", async (t) => {
    const world = await started(t);
    const sid = await world.textIn("anybody there?", SMS_URL);
    await world.advance(62_000);
    assert.deepEqual(
      webhooksOf(world, sid).map(({ purpose }) => purpose),
      ["message.inbound"],
    );
    const customer = await world.bind();
    assert.equal(customer.deliveries.length, 0);
  });

  it("are wanted while a credential says so, or an account's own bind is there", async (t) => {
    const world = await started(t);
    assert.ok(world.esme.inboundBinds.has(ACCOUNT));
    world.changeCredential({ inbound: false });
    await world.advance(15_000);
    assert.ok(!world.esme.inboundBinds.has(ACCOUNT));
    const customer = await world.bind();
    assert.ok(!world.esme.inboundBinds.has(ACCOUNT));
    await world.textIn("not for you", SMS_URL);
    assert.equal(customer.deliveries.length, 0);
    world.changeCredential({ inbound: true });
    await world.advance(15_000);
    assert.equal(customer.deliveries.length, 1);
  });
});

describe("a client that acknowledges slowly", () => {
  it("is given no more than its window", async (t) => {
    const world = await started(t);
    world.changeCredential({ request_window: 2 });
    await world.advance(15_000);
    const sender = await world.bind({ bind: "transmitter" });
    for (let n = 0; n < 5; n += 1) await delivered(world, sender, String(n));
    const slow = await world.bind({ bind: "receiver" });
    slow.answer = undefined;
    assert.equal(world.esme.status().sessions.at(-1)?.deliveriesUnderWay, 0);
    const reader = await world.bind({ bind: "receiver" });
    reader.answer = undefined;
    await world.advance(100);
    const underWay = world.esme.status().sessions.map((session) => session.deliveriesUnderWay);
    assert.ok(
      underWay.every((count) => count <= 2),
      underWay.join(),
    );
  });
});

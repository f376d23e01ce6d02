import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, callerError } from "../../kernel/errors.ts";
import {
  neighboursOf,
  QUOTE,
  SampleRules,
  samplePrices,
  SampleServices,
  SampleWallet,
  SERVICE,
  SERVICE_CALLBACK,
} from "../../../test/kit/message-neighbours.ts";
import { ACCOUNT, MessagingWorld, NUMBER, PHONE } from "../../../test/kit/messaging-world.ts";
import { answerOf, createMessage, type CreateMessageInput } from "./create-message.ts";
import { viewMessage } from "./message.view.ts";

const DAY_MS = 86_400_000;

type Parts = Parameters<typeof neighboursOf>[0];

const startWith = (parts: Parts): Promise<MessagingWorld> =>
  MessagingWorld.start({ neighbours: () => neighboursOf(parts) });

const byService = (input: Partial<CreateMessageInput> = {}): CreateMessageInput => ({
  accountSid: ACCOUNT,
  direction: "outbound-api",
  to: PHONE,
  messagingServiceSid: SERVICE,
  body: "hello",
  ...input,
});

async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => assert.fail("it was accepted"),
    (error: unknown) => (error instanceof AppError ? error.code : assert.fail(String(error))),
  );
}

describe("a message by a service", () => {
  it("is accepted without a sender, which the pool gives, with the defaults of the service", async () => {
    const world = await startWith({ services: new SampleServices() });
    const message = await createMessage(world.deps, byService({ body: "it’s" }));
    const shown = viewMessage(answerOf(message, false));
    assert.deepEqual(
      [shown["status"], shown["from"], shown["num_segments"], shown["messaging_service_sid"]],
      ["accepted", null, "0", SERVICE],
    );
    await world.settle();
    const { from, text, validUntilMs } = world.carrier.submissions[0] ?? assert.fail("it was submitted");
    assert.deepEqual([from, text, validUntilMs - message.createdMs], [NUMBER, "it's", 600_000]);
    assert.deepEqual(world.callbacks(message.sid), ["queued", "sending"]);
    const [callback] = world.webhooks;
    assert.equal(callback?.url, SERVICE_CALLBACK);
    assert.deepEqual(callback?.params.at(-1), ["MessagingServiceSid", SERVICE]);
    const later = viewMessage(world.message(message.sid));
    assert.deepEqual([later["status"], later["from"], later["num_segments"]], ["sending", NUMBER, "1"]);
  });

  it("goes from the number of its pool that is named, in whichever parameter the service is", async () => {
    const world = await startWith({ services: new SampleServices() });
    const named = await createMessage(world.deps, byService({ from: "55501" }));
    assert.equal(viewMessage(answerOf(named, true))["from"], "55501");
    assert.equal((await createMessage(world.deps, byService({ messagingServiceSid: "", from: SERVICE }))).from, NUMBER);
  });

  it("keeps its sender for a recipient, after a restart too", async () => {
    const services = new SampleServices({}, ["55501", NUMBER]);
    const world = await MessagingWorld.start({
      neighbours: () => neighboursOf({ services: new SampleServices({}, ["55501", NUMBER]) }),
    });
    assert.equal((await createMessage(world.deps, byService())).from, "55501");
    await world.restart();
    assert.equal((await createMessage(world.deps, byService())).from, "55501");
    assert.equal(services.known.sid, SERVICE);
  });

  it("is refused with the code of what is wrong with the service", async () => {
    const world = await startWith({ services: new SampleServices({}, ["55501"]) });
    const code = (input: Partial<CreateMessageInput>) => codeOf(createMessage(world.deps, byService(input)));
    assert.equal(await code({ messagingServiceSid: `MG${"0".repeat(32)}` }), 21701);
    assert.equal(await code({ from: NUMBER }), 21711);
    assert.equal(await code({ shortenUrls: true }), 30106);
    const empty = await startWith({ services: new SampleServices({}, []) });
    assert.equal(await codeOf(createMessage(empty.deps, byService())), 21704);
    const noMedia = await startWith({ services: new SampleServices({ mmsConverter: false }, ["55501"]) });
    assert.equal(
      await codeOf(createMessage(noMedia.deps, byService({ mediaUrls: ["https://example.org/a.png"] }))),
      21703,
    );
    const stopped = await startWith({ services: new SampleServices(), rules: new SampleRules() });
    await stopped.carrier.text({ text: "STOP" });
    assert.equal(await codeOf(createMessage(stopped.deps, byService())), 21610);
  });

  it("tells of its service when a text comes in, at the service's address", async () => {
    const services = new SampleServices({ inboundRequestUrl: "https://example.org/service" });
    const world = await startWith({ services });
    await world.carrier.text({ text: "hello" });
    await world.settle();
    const [webhook] = world.webhooks;
    assert.equal(webhook?.url, "https://example.org/service");
    assert.deepEqual(webhook?.params.at(-1), ["MessagingServiceSid", SERVICE]);
    const own = await startWith({ services: new SampleServices({ useInboundWebhookOnNumber: true }) });
    await own.carrier.text({ text: "hello" });
    await own.settle();
    assert.equal(own.webhooks[0]?.url, "https://example.org/sms");
  });

  it("has its addresses made short before it is cut into segments", async () => {
    const links = {
      shorten: ({ body }: { body: string }) => ({
        body: body.replace(/https:\S+/, "https://a.co/x"),
        links: [{ sid: "LK1", code: "x", sequence: 1, domain: "a.co", url: "https://long", expiresAtMs: DAY_MS }],
      }),
    };
    const world = await startWith({ services: new SampleServices(), links });
    const body = `see https://example.org/${"a".repeat(160)}`;
    const { sid, segments } = await createMessage(world.deps, byService({ body, shortenUrls: true }));
    assert.equal(segments, 1);
    assert.equal(
      await codeOf(createMessage(world.deps, byService({ messagingServiceSid: "", from: NUMBER, shortenUrls: true }))),
      30124,
    );
    assert.deepEqual(
      world.facts<{ kind: "link.created"; messageSid: string }>("link.created").map(({ messageSid }) => messageSid),
      [sid],
    );
  });
});

describe("a verdict of the rules", () => {
  it("refuses the request, or lets the message fail where the API does so", async () => {
    const codes = [21408, 30034];
    const rules = new SampleRules({
      check: () => ({ kind: "refuse", error: new AppError(callerError(codes[0] ?? 0, 400, "no")), rule: "geo" }),
    });
    const world = await startWith({ rules });
    assert.equal(await codeOf(world.send()), 21408);
    codes.shift();
    const sid = await world.send();
    assert.deepEqual([world.status(sid), world.message(sid).errorCode], ["failed", 30034]);
    assert.deepEqual(world.callbacks(sid), ["failed"]);
    assert.equal(world.carrier.submissions.length, 0);
    assert.equal(viewMessage(answerOf(world.message(sid), true))["status"], "queued");
    assert.equal(world.state.waitingOfSender(ACCOUNT, NUMBER).messages, 0);
  });

  it("gives TLVs, registry ids and another sender to the carrier", async () => {
    const dlt = { entityId: "1", templateId: "2" };
    const rules = new SampleRules({ check: () => ({ kind: "accept", tlvs: { "5122": "x" }, dlt, from: "55501" }) });
    const world = await startWith({ rules });
    await world.send();
    const [submission] = world.carrier.submissions;
    assert.deepEqual([submission?.from, submission?.tlvs], ["55501", { "5120": "1", "5121": "2", "5122": "x" }]);
  });

  it("is asked for again before a message goes to a carrier", async () => {
    const world = await startWith({ rules: new SampleRules(), prices: samplePrices() });
    world.carrier.goDown();
    const sid = await world.send();
    await world.carrier.text({ text: "STOP" });
    await world.settle();
    world.carrier.goUp();
    await world.advance(500);
    assert.deepEqual([world.status(sid), world.message(sid).errorCode], ["failed", 21610]);
    assert.deepEqual(
      world.carrier.submissions.map(({ text }) => text),
      ["You are unsubscribed."],
    );
    assert.equal(world.facts("charge.released").length, 1);
  });
});

describe("MaxPrice", () => {
  it("lets a message fail with 30010 that costs more in all, and holds nothing for it", async () => {
    const wallet = new SampleWallet(1_000_000);
    const world = await startWith({ wallet, prices: samplePrices() });
    const dear = await world.send({ maxPrice: 0.0104 });
    const fair = await world.send({ maxPrice: 0.0105 });
    assert.deepEqual([world.status(dear), world.message(dear).errorCode], ["failed", 30010]);
    assert.equal(world.status(fair), "sending");
    assert.equal(wallet.setAsideMicros, QUOTE.unitMicros + 3_000);
  });
});

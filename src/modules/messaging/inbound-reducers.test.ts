import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { OVERLOADED } from "../../platform/http/index.ts";
import { FREE_SPENDING, type ChargePosted, type Spending } from "../../platform/spending/index.ts";
import { neighboursOf, samplePrices, SampleRules } from "../../../test/kit/message-neighbours.ts";
import { ACCOUNT, MessagingWorld, NUMBER, PHONE } from "../../../test/kit/messaging-world.ts";

/** The bodies of the texts that arrived, in order. */
const bodies = (world: MessagingWorld): string[] =>
  [...world.state.messages.values()].filter(({ direction }) => direction === "inbound").map(({ body }) => body);

const part = (sequence: number, text: string, total = 3, reference = 7) => ({
  text,
  concat: { reference, total, sequence },
});

describe("a text that arrives", () => {
  it("is received, and told with Twilio's parameters to the webhook of its number", async () => {
    const world = await MessagingWorld.start();
    assert.equal(await world.carrier.text({ text: "hi there" }), true);
    const [message] = [...world.state.messages.values()];
    assert.equal(message?.status, "received");
    const [webhook] = world.webhooks;
    assert.equal(webhook?.id, `${message?.sid}:received`);
    assert.equal(webhook?.url, "https://example.org/sms");
    assert.equal(webhook?.purpose, "message.inbound");
    const params = new Map(webhook?.params);
    const expected = {
      Body: "hi there",
      From: PHONE,
      To: NUMBER,
      NumSegments: "1",
      NumMedia: "0",
      SmsStatus: "received",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(params.get(name), value, name);
    assert.equal(params.get("FromCountry"), "GB");
    assert.equal(params.get("MessageSid"), message?.sid);
    assert.equal(webhook?.params.length, new Set(webhook?.params.map(([name]) => name)).size);
  });

  it("for a number that nobody has is taken and dropped", async () => {
    const world = await MessagingWorld.start();
    assert.equal(await world.carrier.text({ to: "+15005550199" }), true);
    assert.equal(world.state.messages.size, 0);
  });

  it("is given back to the carrier while it cannot be made durable", async () => {
    const world = await MessagingWorld.start();
    world.files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
    assert.equal(await world.carrier.text({}), false);
    assert.equal(world.state.messages.size, 0);
    assert.equal(world.webhooks.length, 0);
  });

  it("holds no zero character, which PostgreSQL could not store", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text({ text: "a\0b", from: "evil\0" });
    assert.deepEqual(bodies(world), ["a\uFFFDb"]);
  });
});

describe("a long text", () => {
  it("is one message when all parts are there, in whatever order and however often they come", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text(part(3, "!"));
    await world.carrier.text(part(1, "Hello, "));
    await world.carrier.text(part(1, "Hello, "));
    await world.carrier.text(part(3, "!"));
    assert.deepEqual(bodies(world), []);
    await world.carrier.text(part(2, "world"));
    assert.deepEqual(bodies(world), ["Hello, world!"]);
    assert.equal([...world.state.messages.values()][0]?.segments, 3);
    assert.equal(world.webhooks.length, 1);
    assert.equal(new Map(world.webhooks[0]?.params).get("NumSegments"), "3");
    assert.equal(world.state.partialTexts.size, 0);
  });

  it("is not mixed with another one of other addresses, reference or length", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text(part(1, "a", 2));
    await world.carrier.text({ ...part(2, "b", 2), from: "+447700900999" });
    await world.carrier.text(part(2, "c", 2, 8));
    await world.carrier.text(part(2, "d", 3));
    assert.deepEqual(bodies(world), []);
    await world.carrier.text(part(2, "e", 2));
    assert.deepEqual(bodies(world), ["ae"]);
  });

  it("is delivered without the part that never came, and the gap is an alert", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text(part(3, "end"));
    await world.advance(300_000);
    await world.carrier.text(part(1, "start "));
    await world.advance(299_000);
    assert.deepEqual(bodies(world), []);
    await world.advance(2_000);
    assert.deepEqual(bodies(world), ["start end"]);
    assert.deepEqual(
      world.alerts.map(({ errorCode, level }) => [errorCode, level]),
      [[30009, "error"]],
    );
    assert.equal(world.webhooks.length, 1);
  });

  it("whose parts say nonsense of themselves is not lost", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text(part(4, "fourth of three"));
    await world.carrier.text(part(0, "none"));
    await world.carrier.text(part(1, "only", 1));
    assert.deepEqual(bodies(world), ["fourth of three", "none", "only"]);
  });

  it("goes on after a restart between its parts", async () => {
    const world = await MessagingWorld.start();
    await world.carrier.text(part(2, "two"));
    await world.cell.checkpoint();
    await world.carrier.text(part(1, "one "));
    const before = world.dump();
    await world.restart(true);
    assert.deepEqual(world.dump(), before);
    await world.carrier.text(part(3, " three"));
    assert.deepEqual(bodies(world), ["one two three"]);
  });
});

describe("STOP", () => {
  const start = (): Promise<MessagingWorld> =>
    MessagingWorld.start({ neighbours: () => neighboursOf({ rules: new SampleRules(), prices: samplePrices() }) });

  it("refuses messages from that number to that phone with 21610 until START, after a restart too", async () => {
    const world = await start();
    const isRefused = async (input: { from?: string; to?: string } = {}): Promise<number | undefined> => {
      return world.send(input).then(
        () => undefined,
        (error: unknown) => (error instanceof AppError ? error.code : assert.fail(String(error))),
      );
    };
    await world.carrier.text({ text: " Stop\n" });
    assert.equal(await isRefused(), 21610);
    assert.equal(await isRefused({ from: "55501" }), undefined);
    assert.equal(await isRefused({ to: "+447700900999" }), undefined);
    const inbound = world.webhooks.filter(({ purpose }) => purpose === "message.inbound");
    assert.deepEqual(
      inbound.map(({ params }) => params.find(([name]) => name === "OptOutType")?.[1]),
      ["STOP"],
    );
    await world.cell.checkpoint();
    await world.restart();
    assert.equal(await isRefused(), 21610);
    await world.carrier.text({ text: "please stop" });
    await world.carrier.text({ text: "UNSTOP" });
    assert.equal(await isRefused(), undefined);
    await world.restart();
    assert.equal(await isRefused(), undefined);
  });

  it("is answered from the number that was texted, in the same record and priced, whatever it refuses", async () => {
    const world = await start();
    await world.carrier.text({ text: "STOP" });
    await world.settle();
    const [reply] = world.carrier.submissions;
    assert.deepEqual([reply?.from, reply?.to, reply?.text], [NUMBER, PHONE, "You are unsubscribed."]);
    world.carrier.answer();
    await world.settle();
    const posted = world.facts<ChargePosted>("charge.posted");
    assert.deepEqual(
      posted.map(({ lines }) => lines.map(({ category, amountMicros }) => [category, amountMicros])),
      [
        [["sms-inbound", 3_750]],
        [
          ["sms-outbound", 7_500],
          ["sms-messages-carrierfees", 3_000],
        ],
      ],
    );
  });

  it("is answered for an account that has only received so far, whose money nobody has asked about yet", async () => {
    let isKnown = false;
    const spending: Spending = {
      ...FREE_SPENDING,
      prepare: () => (isKnown ? undefined : Promise.resolve().then(() => void (isKnown = true))),
      reserve: () => (isKnown ? undefined : new AppError(OVERLOADED)),
    };
    const parts = { rules: new SampleRules(), prices: samplePrices() };
    const world = await MessagingWorld.start({ neighbours: () => Object.assign(neighboursOf(parts), { spending }) });
    await world.carrier.text({ text: "STOP" });
    await world.settle();
    assert.equal(world.carrier.submissions.length, 1);
  });

  it("is not answered to a short code, nor to a number of this system", async () => {
    const world = await start();
    await world.carrier.text({ text: "HELP", from: "44444" });
    await world.carrier.text({ text: "HELP", from: NUMBER, to: "55501" });
    await world.settle();
    assert.deepEqual([world.carrier.submissions.length, bodies(world).length], [0, 2]);
  });

  it("that an earlier version recorded is handed over to the rules once", async () => {
    const world = await MessagingWorld.start();
    const route = { accountSid: ACCOUNT, method: "POST" } as const;
    const sid = world.mintSid("SM");
    const old = { kind: "message.arrived", sid, carrier: "north", from: PHONE, to: NUMBER, text: "stop", route };
    await world.cell.commit(Object.assign(old, { encoding: "GSM-7" }), "progress");
    assert.equal(world.state.optOuts.size, 1);
    await world.cell.checkpoint();
    await world.crash();
    const later = world.with({ neighbours: () => neighboursOf({ rules: new SampleRules() }) });
    await later.open();
    assert.equal(later.state.optOuts.size, 0);
    await assert.rejects(later.send(), (error) => error instanceof AppError && error.code === 21610);
    await later.restart();
    assert.equal(later.facts("consent.changed").length, 1);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, phone } from "../../../../test/kit/messaging-world.ts";
import { ScriptedCarrier } from "../../../../test/kit/scripted-carrier.ts";

const LONG = "x".repeat(400);

/** Which parts of which messages a carrier was given, in order. */
const given = (carrier: ScriptedCarrier): string[] => carrier.submissions.map(({ sid, part }) => `${sid}/${part}`);

describe("a message that goes out", () => {
  it("is queued, sending, sent and delivered, and each is called back once", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send({ body: "hello" });
    assert.equal(world.status(sid), "sending");
    assert.deepEqual(carrier.submissions[0], {
      sid,
      from: "+15005550100",
      to: "+447700900123",
      text: "hello",
      part: 0,
      parts: 1,
      attempt: 1,
      validUntilMs: world.message(sid).validUntilMs,
    });
    carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
    assert.equal(world.message(sid).sentMs, world.clock.nowMs());
    assert.equal(await carrier.receipt({ id: "north-1", doneDate: "2501311200" }), true);
    await world.settle();
    assert.equal(world.status(sid), "delivered");
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);
    assert.deepEqual(
      world.webhooks.map(({ id, orderKey, method }) => [id, orderKey, method]),
      ["sending", "sent", "delivered"].map((status) => [`${sid}:${status}`, sid, "POST"]),
    );
    const last = new Map(world.webhooks.at(-1)?.params);
    assert.equal(last.get("RawDlrDoneDate"), "2501311200");
    assert.equal(last.has("ErrorCode"), false);
  });

  it("is called back for its end alone where the operator wants that, and not at all without a URL", async () => {
    const world = await MessagingWorld.start({ callbackEvents: "final" });
    world.carrier.script = () => world.carrier.accept();
    const sid = await world.send();
    await world.send({ statusCallback: undefined });
    await world.carrier.receipt({ id: "north-1" });
    await world.carrier.receipt({ id: "north-2" });
    await world.settle();
    assert.deepEqual(world.callbacks(sid), ["delivered"]);
    assert.equal(world.webhooks.length, 1);
  });

  it("in several parts is sent when all are with the carrier, and delivered when all are", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send({ body: LONG });
    assert.deepEqual(given(carrier), [`${sid}/0`, `${sid}/1`, `${sid}/2`]);
    carrier.answer(undefined, 1);
    carrier.answer(undefined, 1);
    await world.settle();
    assert.equal(world.status(sid), "sending");
    await carrier.receipt({ id: "north-1" });
    carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
    await carrier.receipt({ id: "north-3" });
    await carrier.receipt({ id: "north-2" });
    await world.settle();
    assert.equal(world.status(sid), "delivered");
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);
  });

  it("goes in as many parts as its carrier cuts it into", async () => {
    const world = await MessagingWorld.start();
    world.carrier.partCharacters = 100;
    const sid = await world.send({ body: "x".repeat(150) });
    assert.equal(world.message(sid).segments, 1);
    assert.deepEqual(given(world.carrier), [`${sid}/0`, `${sid}/1`]);
  });
});

describe("the order of work", () => {
  it("is that of acceptance, within the window, and what is long waits for room for all of it", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.window = 2;
    const first = await world.send({ to: phone(1) });
    const long = await world.send({ to: phone(2), body: "x".repeat(300) });
    const last = await world.send({ to: phone(3) });
    assert.deepEqual(given(carrier), [`${first}/0`]);
    carrier.answer();
    await world.settle();
    assert.deepEqual(given(carrier).slice(1), [`${long}/0`, `${long}/1`]);
    carrier.answer();
    await world.settle();
    assert.deepEqual(given(carrier).slice(3), [`${last}/0`]);
  });

  it("keeps to the rate of the carrier", async () => {
    const carrier = new ScriptedCarrier();
    carrier.messagesPerSecond = 10;
    carrier.script = () => carrier.accept();
    const world = await MessagingWorld.start({ carriers: [carrier] });
    for (let n = 0; n < 25; n += 1) await world.send({ to: phone(n) });
    assert.equal(carrier.submissions.length, 1);
    await world.advance(1_000);
    assert.equal(carrier.submissions.length, 11);
    await world.advance(2_000);
    assert.equal(carrier.submissions.length, 25);
  });

  it("waits for a carrier that is down, and takes another one that is up", async () => {
    const carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")] as const;
    const [north, south] = carriers;
    north.up = false;
    south.up = false;
    south.priority = 1;
    const world = await MessagingWorld.start({ carriers });
    const first = await world.send();
    south.goUp();
    await world.settle();
    assert.deepEqual(given(south), [`${first}/0`]);
    north.goUp();
    await world.settle();
    const second = await world.send({ to: phone(2) });
    assert.deepEqual(given(north), [`${second}/0`]);
    assert.deepEqual(
      world.module.status().carriers.map(({ name, queued }) => [name, queued]),
      [
        ["north", 0],
        ["south", 0],
      ],
    );
  });

  it("prefers the longest prefix, then the priority", async () => {
    const carriers = ["wide", "near", "nearest"].map((name) => new ScriptedCarrier(name));
    const [wide, near, nearest] = carriers as [ScriptedCarrier, ScriptedCarrier, ScriptedCarrier];
    near.prefixes = ["44", "1"];
    nearest.prefixes = ["4477"];
    nearest.priority = 9;
    const world = await MessagingWorld.start({ carriers });
    await world.send({ to: "+447700900123" });
    await world.send({ to: "+442079460000" });
    await world.send({ to: "+33123456789" });
    assert.deepEqual(
      [wide, near, nearest].map(({ submissions }) => submissions.map(({ to }) => to)),
      [["+33123456789"], ["+442079460000"], ["+447700900123"]],
    );
  });
});

describe("a refusal", () => {
  it("for good ends the message with its code and an alert", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    world.carrier.refuse("permanent", 30005);
    await world.settle();
    assert.equal(world.status(sid), "failed");
    assert.equal(world.message(sid).errorCode, 30005);
    assert.equal(new Map(world.webhooks.at(-1)?.params).get("ErrorCode"), "30005");
    assert.deepEqual(
      world.alerts.map(({ errorCode, resourceSid }) => [errorCode, resourceSid]),
      [[30005, sid]],
    );
    await world.advance(60_000);
    assert.equal(world.carrier.submissions.length, 1);
  });

  it("for now is tried again, later each time, until the validity ends with the code of the refusal", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const times: number[] = [];
    const startMs = world.clock.nowMs();
    carrier.script = () => {
      times.push(world.clock.nowMs() - startMs);
      return { kind: "refused", verdict: "later", errorCode: 30003, status: "ESME_RSYSERR" };
    };
    const sid = await world.send({ validitySeconds: 120 });
    await world.advance(121_000);
    assert.ok(times.length >= 6 && times.length <= 12, `${times.length} attempts`);
    for (let n = 1; n < times.length; n += 1) {
      const waited = (times[n] ?? 0) - (times[n - 1] ?? 0);
      assert.ok(waited >= 50 && waited <= 1_000 * 2 ** n + 200, `attempt ${n} after ${waited} ms`);
    }
    assert.equal(world.status(sid), "failed");
    assert.equal(world.message(sid).errorCode, 30003);
    assert.deepEqual(world.callbacks(sid), ["sending", "failed"]);
  });

  it("that asks to be slower is repeated when a second and the carrier's pause are over, and does not count", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send({ body: LONG });
    for (let n = 0; n < 5; n += 1) {
      for (let part = 0; part < 3; part += 1) carrier.refuse("throttle");
      // The carrier is left alone twice as long each time.
      await world.advance(Math.max(1_100, 250 * 2 ** n));
      assert.equal(carrier.open.length, 3, `round ${n}`);
      assert.equal(world.message(sid).attempts, 1);
    }
    for (let part = 0; part < 3; part += 1) carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
  });

  it("by one carrier goes to the next at once, and comes back only when all refuse", async () => {
    const carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")] as const;
    const [north, south] = carriers;
    south.priority = 1;
    const world = await MessagingWorld.start({ carriers });
    const sid = await world.send();
    north.refuse("other-route");
    await world.advance(100);
    assert.deepEqual([north.open.length, south.open.length], [0, 1]);
    south.refuse("other-route");
    await world.advance(100);
    assert.deepEqual([north.open.length, south.open.length], [1, 0]);
    north.refuse("other-route");
    await world.advance(1_000);
    assert.deepEqual([north.open.length, south.open.length], [0, 0]);
    await world.advance(10_000);
    north.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
    assert.deepEqual(world.message(sid).refusedBy, ["north", "south"]);
  });

  it("of some parts repeats those alone, at the same carrier", async () => {
    const carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")] as const;
    const [north, south] = carriers;
    const world = await MessagingWorld.start({ carriers });
    const sid = await world.send({ body: LONG });
    north.answer();
    north.refuse("other-route");
    north.answer();
    await world.advance(200);
    assert.deepEqual(given(north).slice(3), [`${sid}/1`]);
    assert.equal(south.submissions.length, 0);
    north.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
  });
});

describe("what was not sent", () => {
  it("is queued again, does not count as an attempt, and keeps its place behind nobody for long", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send({ body: LONG });
    for (let part = 0; part < 3; part += 1) carrier.answer({ kind: "not-sent", reason: "closing" });
    carrier.up = false;
    await world.settle();
    assert.equal(world.message(sid).attempts, 0);
    assert.equal(world.status(sid), "sending");
    carrier.goUp();
    await world.settle();
    assert.equal(carrier.open.length, 3);
    carrier.answer();
    carrier.answer({ kind: "not-sent", reason: "closing" });
    carrier.answer();
    await world.settle();
    assert.deepEqual(given(carrier).slice(6), [`${sid}/1`]);
    assert.equal(world.message(sid).attempts, 2);
  });
});

describe("a message whose time is over", () => {
  it("while it is queued fails with 30036 and is never submitted", async () => {
    const world = await MessagingWorld.start();
    world.carrier.up = false;
    const sid = await world.send({ validitySeconds: 5 });
    await world.advance(4_900);
    assert.equal(world.status(sid), "queued");
    await world.advance(600);
    assert.equal(world.status(sid), "failed");
    assert.equal(world.message(sid).errorCode, 30036);
    world.carrier.goUp();
    await world.advance(5_000);
    assert.equal(world.carrier.submissions.length, 0);
    assert.deepEqual(world.callbacks(sid), ["failed"]);
  });

  it("while it is submitted waits for its answer", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send({ validitySeconds: 5 });
    await world.advance(20_000);
    assert.equal(world.status(sid), "sending");
    world.carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "sent");
  });

  it("without a receipt stays sent, and nothing more is expected", async () => {
    const world = await MessagingWorld.start({ limits: { receiptHorizonMs: 10_000 } });
    const sid = await world.send();
    world.carrier.answer();
    await world.advance(11_000);
    assert.equal(world.status(sid), "sent");
    assert.equal(world.message(sid).closed, true);
    await world.carrier.receipt({ id: "north-1" });
    await world.settle();
    assert.equal(world.status(sid), "sent");
    assert.deepEqual(world.callbacks(sid), ["sending", "sent"]);
  });
});

describe("when the log refuses", () => {
  it("attempts and answers are written once it takes them again, and nothing leaves before", async () => {
    const world = await MessagingWorld.start();
    const { carrier, files } = world;
    carrier.up = false;
    const sid = await world.send();
    files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
    carrier.goUp();
    await world.settle();
    assert.equal(carrier.submissions.length, 0);
    files.plan = () => undefined;
    await world.advance(30_000);
    assert.equal(carrier.submissions.length, 1);
    files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
    carrier.answer();
    assert.equal(await carrier.receipt({ id: "north-1" }), false);
    await world.settle();
    assert.equal(world.status(sid), "sending");
    files.plan = () => undefined;
    await world.advance(30_000);
    assert.equal(world.status(sid), "sent");
    assert.equal(await carrier.receipt({ id: "north-1" }), true);
    await world.settle();
    assert.equal(world.status(sid), "delivered");
    assert.equal(carrier.submissions.length, 1);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld } from "../../../test/kit/messaging-world.ts";

const LONG = "x".repeat(400);

describe("a receipt", () => {
  it("of a failure makes the message undelivered, with the carrier's code", async () => {
    const world = await MessagingWorld.start();
    world.carrier.script = () => world.carrier.accept();
    const sid = await world.send();
    await world.carrier.receipt({ id: "north-1", result: "failed", errorCode: 30003 });
    await world.settle();
    assert.equal(world.status(sid), "undelivered");
    assert.equal(world.message(sid).errorCode, 30003);
    assert.equal(new Map(world.webhooks.at(-1)?.params).get("ErrorCode"), "30003");
    assert.deepEqual(
      world.alerts.map(({ errorCode, resourceSid }) => [errorCode, resourceSid]),
      [[30003, sid]],
      "the debugger hears of it, once",
    );
    const nameless = await world.send();
    await world.carrier.receipt({ id: "north-2", result: "failed" });
    await world.settle();
    assert.equal(world.message(nameless).errorCode, 30008);
  });

  it("of progress changes nothing", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    await world.carrier.receipt({ id: "north-1", result: "progress" });
    world.carrier.answer();
    await world.settle();
    await world.carrier.receipt({ id: "north-1", result: "progress" });
    assert.equal(world.status(sid), "sent");
    assert.equal(world.state.heldReceipts.size, 0);
    await world.carrier.receipt({ id: "north-1" });
    assert.equal(world.status(sid), "delivered");
  });

  it("that comes before the response waits for it", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    await world.carrier.receipt({ id: "north-1" });
    assert.equal(world.status(sid), "sending");
    assert.equal(world.module.status().heldReceipts, 1);
    world.carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "delivered");
    assert.equal(world.module.status().heldReceipts, 0);
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);
  });

  it("that comes twice counts once, and one that says otherwise later does not count", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.script = () => carrier.accept();
    const sid = await world.send();
    for (const result of ["delivered", "delivered", "failed"] as const)
      await carrier.receipt({ id: "north-1", result });
    assert.equal(world.status(sid), "delivered");
    assert.equal(world.message(sid).errorCode, undefined);
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);

    carrier.script = () => undefined;
    const early = await world.send();
    await carrier.receipt({ id: "north-2" });
    await carrier.receipt({ id: "north-2", result: "failed" });
    carrier.answer();
    await world.settle();
    assert.equal(world.status(early), "delivered");
  });

  it("of one lost part makes the whole undelivered, and the others change nothing", async () => {
    const world = await MessagingWorld.start();
    world.carrier.script = () => world.carrier.accept();
    const sid = await world.send({ body: LONG });
    await world.carrier.receipt({ id: "north-1" });
    await world.carrier.receipt({ id: "north-2", result: "failed", errorCode: 30005 });
    await world.carrier.receipt({ id: "north-3" });
    assert.equal(world.status(sid), "undelivered");
    assert.equal(world.message(sid).errorCode, 30005);
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "undelivered"]);
  });

  it("for the whole message counts for all parts, also for those whose response comes later", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.script = ({ part }) => (part === 0 ? undefined : carrier.accept());
    const sid = await world.send({ body: LONG });
    await carrier.receipt({ id: "north-2", wholeMessage: true });
    assert.equal(world.status(sid), "sending");
    carrier.answer();
    await world.settle();
    assert.equal(world.status(sid), "delivered");

    const unknown = await world.send({ body: LONG });
    await carrier.receipt({ id: "north-5", wholeMessage: true });
    carrier.answer({ kind: "unknown", reason: "no response" });
    await world.settle();
    assert.equal(world.status(unknown), "delivered");
    assert.equal(world.module.status().unknown, 0);
  });
});

describe("an attempt without an outcome", () => {
  it("is never repeated, and its receipt is adopted by the addresses once no response can be expected", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send();
    carrier.goDown();
    carrier.goUp();
    await world.settle();
    assert.equal(world.status(sid), "sending");
    assert.equal(world.module.status().unknown, 1);
    await carrier.receipt({ id: "strange", from: "15005550100", to: "+447700900123" });
    await world.advance(14_000);
    assert.equal(world.status(sid), "sending");
    await world.advance(2_000);
    assert.equal(world.status(sid), "delivered");
    assert.equal(world.module.status().unknown, 0);
    assert.equal(carrier.submissions.length, 1);
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);
  });

  it("adopts no receipt of other addresses or of another carrier's, and the oldest comes first", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const first = await world.send();
    carrier.goDown();
    carrier.goUp();
    await world.settle();
    const second = await world.send();
    carrier.goDown();
    carrier.goUp();
    await carrier.receipt({ id: "a", to: "447700900999" });
    await carrier.receipt({ id: "b", result: "failed", errorCode: 30005 });
    await world.advance(16_000);
    assert.equal(world.status(first), "undelivered");
    assert.equal(world.status(second), "sending");
    await carrier.receipt({ id: "c" });
    await world.advance(16_000);
    assert.equal(world.status(second), "delivered");
    assert.equal(world.state.heldReceipts.size, 1);
    await world.advance(600_000);
    assert.equal(world.state.heldReceipts.size, 0);
  });

  it("waits beyond its grace for a receipt that came in time and is not yet old enough to be adopted", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const once = await world.send();
    const again = await world.send({ to: "+447700900124", trafficClass: "urgent", guarantee: "at-least-once" });
    const lost = await world.send({ to: "+447700900125" });
    carrier.goDown();
    carrier.goUp();
    await world.advance(58_000);
    await carrier.receipt({ id: "strange" });
    await carrier.receipt({ id: "stranger", to: "447700900124" });
    await world.advance(4_000);
    assert.deepEqual(
      [once, again, lost].map((sid) => world.status(sid)),
      ["sending", "sending", "undelivered"],
    );
    await world.advance(12_000);
    assert.deepEqual(
      [once, again].map((sid) => world.status(sid)),
      ["delivered", "delivered"],
    );
    assert.equal(carrier.submissions.length, 3);
  });

  it("does not wait for ever behind receipts that cannot be its own", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send();
    carrier.goDown();
    carrier.goUp();
    // Its reference says that this one is another message's.
    for (let n = 0; n < 9; n += 1) {
      await carrier.receipt({ id: `strange-${n}`, reference: 1 });
      await world.advance(10_000);
    }
    assert.equal(world.status(sid), "undelivered");
  });

  it("is undelivered with 30008 when the validity ends, whatever comes after", async () => {
    const world = await MessagingWorld.start();
    const sid = await world.send({ validitySeconds: 30 });
    world.carrier.answer({ kind: "unknown", reason: "no response" });
    await world.advance(29_000);
    assert.equal(world.status(sid), "sending");
    await world.advance(2_000);
    assert.equal(world.status(sid), "undelivered");
    assert.equal(world.message(sid).errorCode, 30008);
    assert.equal(world.module.status().unknown, 0);
    await world.carrier.receipt({ id: "late" });
    await world.advance(20_000);
    assert.equal(world.status(sid), "undelivered");
    assert.deepEqual(world.callbacks(sid), ["sending", "undelivered"]);
    assert.equal(world.carrier.submissions.length, 1);
  });

  it("of a message that ended otherwise does not stand in the way of the next one", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const failed = await world.send({ body: LONG });
    carrier.answer({ kind: "unknown", reason: "no response" });
    carrier.refuse("permanent", 30005);
    carrier.answer({ kind: "unknown", reason: "no response" });
    await world.settle();
    assert.equal(world.status(failed), "failed");
    assert.equal(world.module.status().unknown, 0);
    const next = await world.send();
    carrier.answer({ kind: "unknown", reason: "no response" });
    await carrier.receipt({ id: "strange" });
    await world.advance(16_000);
    assert.equal(world.status(next), "delivered");
  });

  it("is not kept from its receipt by another one that the carrier repeats without end", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    await carrier.receipt({ id: "repeated", to: "447700900999" });
    const sid = await world.send();
    carrier.answer({ kind: "unknown", reason: "no response" });
    await carrier.receipt({ id: "mine" });
    for (let n = 0; n < 8; n += 1) {
      await carrier.receipt({ id: "repeated", to: "447700900999" });
      await world.advance(5_000);
    }
    assert.equal(world.status(sid), "delivered");
  });
});

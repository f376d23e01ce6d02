import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, phone } from "../../../test/kit/messaging-world.ts";

const LONG = "x".repeat(400);

/** Brings a message into a state; resolves to its SID. */
type Scene = (world: MessagingWorld) => Promise<string>;

/** Every state in which a message can be when the process dies, but for those with a submit under way. */
const scenes: Readonly<Record<string, Scene>> = {
  queued: async (world) => {
    world.carrier.up = false;
    return world.send();
  },
  "waiting for its next attempt": async (world) => {
    const sid = await world.send();
    for (let n = 0; n < 3; n += 1) {
      world.carrier.refuse("later", 30003);
      await world.advance(n < 2 ? 8_500 : 0);
    }
    world.carrier.up = false;
    await world.settle();
    return sid;
  },
  "sent in part": async (world) => {
    const sid = await world.send({ body: LONG });
    world.carrier.answer();
    world.carrier.answer({ kind: "unknown", reason: "no response" });
    world.carrier.refuse("throttle");
    await world.settle();
    world.carrier.up = false;
    return sid;
  },
  unknown: async (world) => {
    const sid = await world.send();
    world.carrier.goDown();
    await world.settle();
    return sid;
  },
  "unknown with a receipt that may be its own": async (world) => {
    const sid = await world.send();
    world.carrier.goDown();
    await world.carrier.receipt({ id: "strange" });
    await world.settle();
    return sid;
  },
  sent: async (world) => {
    const sid = await world.send({ body: LONG });
    for (let part = 0; part < 3; part += 1) world.carrier.answer();
    await world.carrier.receipt({ id: "north-2" });
    await world.settle();
    return sid;
  },
  closed: async (world) => {
    const sid = await world.send();
    world.carrier.answer();
    await world.advance(31_000);
    return sid;
  },
  delivered: async (world) => {
    const sid = await world.send();
    world.carrier.answer();
    await world.settle();
    await world.carrier.receipt({ id: "north-1" });
    return sid;
  },
  undelivered: async (world) => {
    const sid = await world.send({ validitySeconds: 1 });
    world.carrier.goDown();
    await world.advance(2_000);
    return sid;
  },
  failed: async (world) => {
    const sid = await world.send({ body: LONG });
    world.carrier.answer();
    world.carrier.refuse("permanent", 30005);
    world.carrier.answer();
    await world.settle();
    return sid;
  },
};

const start = (): Promise<MessagingWorld> => MessagingWorld.start({ limits: { receiptHorizonMs: 30_000 } });

describe("a message, after a restart", () => {
  for (const [name, scene] of Object.entries(scenes)) {
    it(`that was ${name} is as it was, from the log alone and from a checkpoint and a tail`, async () => {
      for (const checkpoint of ["none", "before", "between", "after"]) {
        const world = await start();
        if (checkpoint === "before") await world.cell.checkpoint();
        const other = await world.send();
        if (checkpoint === "between") await world.cell.checkpoint();
        world.carrier.answer({ kind: "refused", verdict: "permanent", errorCode: 30005, status: "TEST" });
        await world.settle();
        const sid = await scene(world);
        if (checkpoint === "after") await world.cell.checkpoint();
        const before = world.dump();
        const { length } = world.carrier.submissions;
        const webhooks = world.webhooks.length;
        await world.restart(checkpoint !== "none");
        assert.deepEqual(world.dump(), before, `checkpoint ${checkpoint}`);
        assert.equal(world.status(other), "failed");
        await world.restart();
        assert.deepEqual(world.dump(), before, "a second time");
        assert.equal(world.carrier.submissions.length, length);
        assert.equal(world.webhooks.length, webhooks);
        assert.ok(world.state.messages.has(sid));
      }
    });
  }

  it("that was submitted is unknown, is never submitted again, and ends with its receipt or its validity", async () => {
    for (const checkpoint of [false, true]) {
      const world = await start();
      const first = await world.send({ body: LONG, validitySeconds: 60 });
      const second = await world.send({ to: "+447700900999", validitySeconds: 60 });
      world.carrier.answer();
      await world.settle();
      if (checkpoint) await world.cell.checkpoint();
      await world.restart(true);
      const parts = world.message(first).parts.map(({ state }) => state);
      assert.deepEqual(parts, ["accepted", "unknown", "unknown"]);
      assert.equal(world.status(second), "sending");
      assert.equal(world.module.status().unknown, 2);
      await world.carrier.receipt({ id: "north-1" });
      for (const id of ["x", "y"]) await world.carrier.receipt({ id });
      await world.restart();
      await world.advance(20_000);
      assert.equal(world.status(first), "delivered");
      assert.equal(world.status(second), "sending");
      await world.advance(60_000);
      assert.equal(world.status(second), "undelivered");
      assert.equal(world.carrier.submissions.length, 4);
      assert.deepEqual(world.callbacks(first), ["sending", "sent", "delivered"]);
      assert.deepEqual(world.callbacks(second), ["sending", "undelivered"]);
    }
  });

  it("goes on where it was: what waits is sent in the old order, what waits for its time at its time", async () => {
    const world = await start();
    const refused = await world.send();
    world.carrier.refuse("later");
    await world.settle();
    world.carrier.up = false;
    const queued: string[] = [];
    for (let n = 0; n < 5; n += 1) queued.push(await world.send({ to: phone(n) }));
    await world.cell.checkpoint();
    for (let n = 5; n < 10; n += 1) queued.push(await world.send({ to: phone(n) }));
    await world.restart();
    world.carrier.script = () => world.carrier.accept();
    world.carrier.goUp();
    await world.settle();
    assert.deepEqual(
      world.carrier.submissions.slice(1).map(({ sid }) => sid),
      queued,
    );
    await world.advance(2_100);
    assert.equal(world.carrier.submissions.filter(({ sid }) => sid === refused).length, 2);
    assert.equal(world.carrier.submissions.length, 12);
  });

  it("finds its receipt by the carrier's id", async () => {
    const world = await start();
    const sid = await world.send({ body: LONG });
    for (let part = 0; part < 3; part += 1) world.carrier.answer();
    await world.settle();
    await world.cell.checkpoint();
    await world.carrier.receipt({ id: "north-1" });
    await world.restart(true);
    await world.carrier.receipt({ id: "north-2" });
    await world.carrier.receipt({ id: "north-3" });
    assert.equal(world.status(sid), "delivered");
    assert.deepEqual(world.callbacks(sid), ["sending", "sent", "delivered"]);
  });

  it("that was ended in an orderly way lost no answer, and what waits for one is unknown", async () => {
    const world = await start();
    const first = await world.send();
    const second = await world.send({ to: "+447700900999" });
    world.carrier.answer();
    await world.close();
    await world.open();
    assert.equal(world.status(first), "sent");
    assert.equal(world.message(second).parts[0]?.state, "unknown");
    assert.equal(world.carrier.submissions.length, 2);
  });

  it("that stands in the log twice, after a disk failure that left its fate open, is one", async () => {
    const world = await start();
    const record = {
      kind: "message.accepted",
      sid: world.mintSid("SM"),
      accountSid: `AC${"a".repeat(32)}`,
      direction: "outbound-reply",
      from: "+15005550100",
      to: "+447700900123",
      body: "once",
      encoding: "GSM-7",
      segments: 1,
      validUntilMs: world.clock.nowMs() + 60_000,
    } as const;
    await world.cell.commit(record);
    await world.settle();
    await world.cell.commit(record);
    await world.settle();
    assert.equal(world.carrier.submissions.length, 1);
    assert.equal(world.message(record.sid).status, "sending");
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, phone } from "../../../../test/kit/messaging-world.ts";
import { ScriptedCarrier } from "../../../../test/kit/scripted-carrier.ts";

const LONG = "x".repeat(300);

/** The messages that a carrier was given, in order, without repetitions. */
const given = (carrier: ScriptedCarrier): string[] => [...new Set(carrier.submissions.map(({ sid }) => sid))];

function twoCarriers(): { north: ScriptedCarrier; south: ScriptedCarrier } {
  const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
  south.priority = 1;
  south.script = () => south.accept();
  return { north, south };
}

describe("a conversation is not held up", () => {
  it("by a long message that its receipt ended while another part still waited", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const first = await world.send({ body: LONG });
    const second = await world.send();
    carrier.answer();
    carrier.refuse("throttle");
    await world.settle();
    await carrier.receipt({ id: "north-1", result: "failed", errorCode: 30005 });
    await world.settle();
    assert.equal(world.status(first), "undelivered");
    await world.advance(2_000);
    assert.equal(given(carrier).includes(second), true);
  });

  it("by a message of a less urgent lane", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.window = 1;
    await world.send({ to: phone(0) });
    const marketing = await world.send({ to: phone(1), trafficClass: "marketing" });
    const code = await world.send({ to: phone(1), trafficClass: "urgent" });
    for (let n = 0; n < 3; n += 1) {
      carrier.answer();
      await world.settle();
    }
    assert.deepEqual(given(carrier).slice(1), [code, marketing]);
  });

  it("nor goes out of order, where its first message waited for its next attempt when the process died", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sids = [await world.send(), await world.send(), await world.send()];
    carrier.refuse("throttle");
    await world.settle();
    carrier.script = () => carrier.accept();
    await world.restart();
    await world.advance(3_000);
    assert.deepEqual(
      carrier.submissions.slice(1).map(({ sid }) => sid),
      sids,
    );
  });
});

describe("what waits at a carrier that is lost", () => {
  it("goes by another one at its sender's rate, also where the sender had used it up", async () => {
    const { north, south } = twoCarriers();
    const rates = { senders: [{ kind: "local" as const, segmentsPerMinute: 60 }], accounts: [], queueSeconds: 3_600 };
    const world = await MessagingWorld.start({ carriers: [north, south], rates });
    const sids: string[] = [];
    for (let n = 0; n < 6; n += 1) sids.push(await world.send({ to: phone(n) }));
    assert.deepEqual(given(north), sids.slice(0, 1));
    north.goDown();
    await world.advance(6_000);
    assert.deepEqual(given(south), sids.slice(1));
  });
});

describe("a carrier that sends everything elsewhere", () => {
  it("does not keep what it refused for minutes", async () => {
    const { north, south } = twoCarriers();
    north.window = 1_000;
    south.window = 1_000;
    const world = await MessagingWorld.start({ carriers: [north, south] });
    for (let n = 0; n < 300; n += 1) await world.send({ to: phone(n) });
    while (north.open.length > 0) north.refuse("other-route");
    await world.advance(1_000);
    assert.ok(south.submissions.length > 0);
    await world.advance(60_000);
    assert.equal(given(south).length, given(north).length, `${given(south).length} of ${given(north).length}`);
  });
});

describe("a receipt whose response never came", () => {
  it("is adopted also behind thousands that are for nobody", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    for (let n = 0; n < 5_000; n += 1) void carrier.receipt({ id: `strange-${n}`, to: phone(n + 10).slice(1) });
    await world.settle();
    const sid = await world.send({ to: phone(1) });
    carrier.goDown();
    carrier.goUp();
    await carrier.receipt({ id: "late", to: phone(1).slice(1) });
    await world.advance(30_000);
    assert.equal(world.status(sid), "delivered");
  });

  it("leaves nothing to be settled, where it was for all parts and one of them waits", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    const sid = await world.send({ body: "x".repeat(400) });
    carrier.answer();
    carrier.answer({ kind: "unknown", reason: "no response" });
    carrier.refuse("later");
    await world.settle();
    carrier.up = false;
    await carrier.receipt({ id: "north-1", wholeMessage: true });
    assert.deepEqual(
      world.message(sid).parts.map(({ state }) => state),
      ["delivered", "delivered", "pending"],
    );
    assert.equal(world.state.unknownCount, 0);
    assert.equal(world.message(sid).unknownSinceMs, undefined);
  });
});

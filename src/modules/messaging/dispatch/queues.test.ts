import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, NUMBER, phone } from "../../../../test/kit/messaging-world.ts";
import { ScriptedCarrier } from "../../../../test/kit/scripted-carrier.ts";

const SHORT_CODE = "55501";

/** The messages that a carrier was given, in order, without repetitions. */
const given = (carrier: ScriptedCarrier): string[] => [...new Set(carrier.submissions.map(({ sid }) => sid))];

describe("a conversation", () => {
  it("keeps its order over a refusal, a retry and another carrier", async () => {
    const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
    south.priority = 1;
    const world = await MessagingWorld.start({ carriers: [north, south] });
    const sids = [await world.send(), await world.send(), await world.send()];
    assert.deepEqual(given(north), sids.slice(0, 1), "the others wait for the first one");
    north.refuse("other-route");
    await world.advance(200);
    assert.deepEqual(given(south), sids.slice(0, 1), "which goes by the other carrier");
    assert.deepEqual(given(north), sids.slice(0, 1));
    south.answer();
    await world.settle();
    assert.deepEqual(given(north), sids.slice(0, 2));
    north.answer();
    await world.settle();
    north.answer();
    await world.settle();
    assert.deepEqual(given(north), sids);
    assert.deepEqual(
      sids.map((sid) => world.status(sid)),
      ["sent", "sent", "sent"],
    );
  });

  it("does not wait long for a message that is tried again much later", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.script = ({ text }) =>
      text === "first" ? { kind: "refused", verdict: "later", errorCode: 30003, status: "X" } : carrier.accept();
    await world.send({ body: "first" });
    const second = await world.send({ body: "second" });
    await world.advance(60_000);
    assert.equal(world.status(second), "sent");
  });

  it("goes on when its first message is called off or expires", async () => {
    const world = await MessagingWorld.start();
    world.carrier.up = false;
    const first = await world.send({ validitySeconds: 10 });
    const second = await world.send();
    await world.advance(11_000);
    assert.equal(world.status(first), "failed");
    world.carrier.goUp();
    await world.advance(1_000);
    assert.deepEqual(given(world.carrier), [second]);
  });
});

describe("the lanes", () => {
  it("are one-time codes before transactional before marketing", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.window = 1;
    await world.send({ to: phone(0) });
    const marketing = await world.send({ to: phone(1), trafficClass: "marketing" });
    const transactional = await world.send({ to: phone(2) });
    const urgent = await world.send({ to: phone(3), trafficClass: "urgent" });
    for (let n = 0; n < 4; n += 1) {
      carrier.answer();
      await world.settle();
    }
    assert.deepEqual(given(carrier).slice(1), [urgent, transactional, marketing]);
  });
});

describe("a sender with a rate", () => {
  const rates = { senders: [{ kind: "local" as const, segmentsPerMinute: 60 }], accounts: [], queueSeconds: 5 };

  it("sends no faster, and holds up no other sender", async () => {
    const world = await MessagingWorld.start({ rates });
    const { carrier } = world;
    carrier.script = () => carrier.accept();
    for (let n = 0; n < 4; n += 1) await world.send({ to: phone(n) });
    await world.send({ to: phone(9), from: SHORT_CODE });
    assert.deepEqual(
      carrier.submissions.map(({ from }) => from),
      [NUMBER, SHORT_CODE],
    );
    for (const expected of [3, 4, 5]) {
      await world.advance(1_000);
      assert.equal(carrier.submissions.length, expected);
    }
  });

  it("refuses what would wait beyond the limit of its queue, or beyond its validity, with 21611, and does nothing", async () => {
    const world = await MessagingWorld.start({ rates });
    world.carrier.script = () => world.carrier.accept();
    for (let n = 0; n < 6; n += 1) await world.send({ to: phone(n) });
    const { size } = world.state.messages;
    await assert.rejects(world.send({ to: phone(7) }), { code: 21611 });
    assert.equal(world.state.messages.size, size);
    await world.advance(2_000);
    await assert.rejects(world.send({ to: phone(8), validitySeconds: 1 }), { code: 21611 });
    await world.send({ to: phone(8), validitySeconds: 4 });
  });

  it("counts what waits over a restart, and forgets what was called off", async () => {
    const world = await MessagingWorld.start({ rates });
    world.carrier.up = false;
    for (let n = 0; n < 5; n += 1) await world.send({ to: phone(n), validitySeconds: 60 });
    const account = world.message([...world.state.messages.keys()][0] ?? "").accountSid;
    await world.restart();
    assert.deepEqual(world.state.waitingOfSender(account, NUMBER), { messages: 5, segments: 5 });
    await world.advance(61_000);
    assert.deepEqual(world.state.waitingOfSender(account, NUMBER), { messages: 0, segments: 0 });
  });
});

describe("a carrier that has no room", () => {
  async function twoCarriers(options: Parameters<typeof MessagingWorld.start>[0] = {}) {
    const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
    south.priority = 1;
    south.script = () => south.accept();
    const world = await MessagingWorld.start({ ...options, carriers: [north, south] });
    return { world, north, south };
  }

  it("gives what comes to the next one, and gets it back", async () => {
    const { world, north, south } = await twoCarriers();
    north.window = 1;
    // One at a time, and each takes 200 ms: five a second.
    const answer = async (): Promise<void> => {
      await world.advance(200);
      if (north.open.length > 0) north.answer();
      await world.settle();
    };
    let n = 0;
    for (; n < 40; n += 1) {
      await world.send({ to: phone(n) });
      if (n % 4 === 0) await answer();
    }
    assert.ok(given(south).length > 0, "what would have waited long went elsewhere");
    for (let round = 0; round < 40; round += 1) await answer();
    const before = given(north).length;
    await world.send({ to: phone(n) });
    assert.equal(given(north).length, before + 1);
  });

  it("is not one in front of which a sender waits for its own rate", async () => {
    const rates = { senders: [{ kind: "local" as const, segmentsPerMinute: 60 }], accounts: [], queueSeconds: 3_600 };
    const { world, north, south } = await twoCarriers({ rates });
    north.script = () => north.accept();
    for (let n = 0; n < 100; n += 1) await world.send({ to: phone(n) });
    await world.advance(5_000);
    await world.send({ to: phone(200), from: SHORT_CODE });
    assert.equal(given(south).length, 0);
    assert.equal(north.submissions.at(-1)?.from, SHORT_CODE);
  });
});

describe("an account with a rate", () => {
  it("shares it among its senders", async () => {
    const rates = { senders: [], accounts: [{ segmentsPerMinute: 60 }], queueSeconds: 36_000 };
    const world = await MessagingWorld.start({ rates });
    const { carrier } = world;
    carrier.script = () => carrier.accept();
    for (let n = 0; n < 4; n += 1) await world.send({ to: phone(n), from: n % 2 === 0 ? NUMBER : SHORT_CODE });
    assert.equal(carrier.submissions.length, 1);
    await world.advance(3_000);
    assert.equal(carrier.submissions.length, 4);
  });
});

describe("a carrier that fails", () => {
  it("that never answers is left within a second, and comes back by a single message", async () => {
    const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
    south.priority = 1;
    south.script = () => south.accept();
    north.script = () => undefined;
    const world = await MessagingWorld.start({ carriers: [north, south] });
    for (let n = 0; n < 5; n += 1) await world.send({ to: phone(n) });
    assert.equal(given(north).length, 5);
    await world.advance(1_000);
    for (let n = 5; n < 10; n += 1) await world.send({ to: phone(n) });
    await world.advance(100);
    assert.equal(given(south).length, 5, "the next ones go elsewhere");
    north.script = () => north.accept();
    const open = north.open.length;
    for (let n = 0; n < open; n += 1) north.answer();
    for (let n = 10; n < 60; n += 1) {
      await world.send({ to: phone(n) });
      await world.advance(1_000);
    }
    assert.ok(given(north).length > 10, `${given(north).length} went by the carrier that is well again`);
    assert.equal(world.module.status().health.carriers[0]?.usable, true);
  });

  it("that is lost gives what waits to another one at once", async () => {
    const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
    south.priority = 1;
    south.script = () => south.accept();
    north.window = 1;
    const world = await MessagingWorld.start({ carriers: [north, south] });
    const sids: string[] = [];
    for (let n = 0; n < 50; n += 1) sids.push(await world.send({ to: phone(n) }));
    assert.equal(given(north).length, 1);
    north.goDown();
    await world.advance(10);
    assert.deepEqual(given(south), sids.slice(1));
  });
});

describe("what is kept of an attempt", () => {
  it("is where it went, by which versions, what came of it, and how often the carrier was busy before", async () => {
    const [north, south] = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
    south.priority = 1;
    const world = await MessagingWorld.start({ carriers: [north, south] });
    const sid = await world.send();
    for (let n = 0; n < 3; n += 1) {
      north.refuse("throttle");
      // Not longer than until it comes again: what waits for its answer for long is a sign of a carrier that hangs.
      for (let tick = 0; tick < 60 && north.open.length === 0; tick += 1) await world.advance(100);
    }
    north.refuse("other-route");
    await world.advance(100);
    south.answer();
    await world.settle();
    const tries = world.message(sid).tries ?? [];
    assert.deepEqual(
      tries.map(({ number, carrier, outcome, verdict, repeated, accepted, parts }) => ({
        number,
        carrier,
        outcome,
        verdict,
        repeated,
        accepted,
        parts,
      })),
      [
        {
          number: 4,
          carrier: "north",
          outcome: "refused",
          verdict: "other-route",
          repeated: 3,
          accepted: 0,
          parts: 1,
        },
        {
          number: 5,
          carrier: "south",
          outcome: "accepted",
          verdict: undefined,
          repeated: undefined,
          accepted: 1,
          parts: 1,
        },
      ],
    );
    assert.equal(
      tries.every(({ table, health }) => table === 0 && health > 0),
      true,
    );
    assert.deepEqual(
      world.costs.map(({ id, outcome, usage, detail }) => [id, outcome, usage, detail.carrier]),
      [[`${sid}.5`, "accepted", 1, "south"]],
    );
  });
});

describe("an outcome that is not known", () => {
  async function lost(world: MessagingWorld, input: Parameters<MessagingWorld["send"]>[0] = {}): Promise<string> {
    const sid = await world.send(input);
    world.carrier.goDown();
    world.carrier.goUp();
    await world.settle();
    return sid;
  }

  it("ends as undelivered with 30008 after the grace, and is never sent again", async () => {
    const world = await MessagingWorld.start();
    const sid = await lost(world);
    await world.advance(59_000);
    assert.equal(world.status(sid), "sending");
    await world.advance(2_000);
    assert.equal(world.status(sid), "undelivered");
    assert.equal(world.message(sid).errorCode, 30008);
    await world.advance(3_600_000);
    assert.equal(world.carrier.submissions.length, 1);
    assert.equal(world.state.unknownCount, 0);
  });

  it("is sent once more, and flagged, where the customer chose that", async () => {
    const world = await MessagingWorld.start();
    const sid = await lost(world, { trafficClass: "urgent", guarantee: "at-least-once" });
    await world.advance(61_000);
    assert.equal(world.carrier.submissions.length, 2);
    assert.equal(world.message(sid).possibleDuplicate, true);
    assert.equal(world.message(sid).tries?.at(-1)?.resend, true);
    world.carrier.goDown();
    world.carrier.goUp();
    await world.advance(61_000);
    assert.equal(world.carrier.submissions.length, 2, "but not a third time");
    assert.equal(world.status(sid), "undelivered");
  });

  it("is not sent once more when a receipt shows that it arrived", async () => {
    const world = await MessagingWorld.start();
    const sid = await lost(world, { trafficClass: "urgent", guarantee: "at-least-once" });
    await world.carrier.receipt({ id: "late" });
    await world.advance(61_000);
    assert.equal(world.status(sid), "delivered");
    assert.deepEqual(
      world.message(sid).tries?.map(({ outcome, accepted }) => [outcome, accepted]),
      [["unknown", 1]],
      "what has arrived costs",
    );
    assert.equal(world.carrier.submissions.length, 1);
  });

  it("is the customer's choice for one-time codes alone", async () => {
    const world = await MessagingWorld.start();
    await assert.rejects(world.send({ guarantee: "at-least-once" }), { code: 20001 });
  });
});

describe("refusals without end", () => {
  it("cost a carrier at most a tenth more than fresh traffic, and a second's floor", async () => {
    const world = await MessagingWorld.start();
    const { carrier } = world;
    carrier.window = 10_000;
    carrier.script = ({ text }) =>
      text === "bad" ? { kind: "refused", verdict: "later", errorCode: 30003, status: "X" } : carrier.accept();
    for (let n = 0; n < 1_000; n += 1) await world.send({ to: phone(n), body: n % 4 === 0 ? "bad" : "good" });
    const before = carrier.submissions.length;
    await world.advance(10_000);
    const retries = carrier.submissions.length - before;
    assert.ok(retries <= 100 + 10 * 10 + 2, `${retries} retries of 250 refused messages in ten seconds`);
    assert.ok(retries > 0, "they are tried again");
  });
});

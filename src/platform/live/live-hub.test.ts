import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { fleetSource, liveErrors, type LiveSource } from "./index.ts";
import { CHILD, liveWorld, OTHER, OWN, type MemorySocket } from "../../../test/kit/live-world.ts";

const numbers = (id: string, more: object = {}) => ({ subscribe: { id, topic: "numbers", ...more } });

/** Items by subscription and cell, of all frames so far. */
function itemsOf(socket: MemorySocket): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const { id, from, items } of socket.read()) {
    if (!Array.isArray(items)) continue;
    (found[`${String(id)} ${String(from)}`] ??= []).push(...(items as unknown[]));
  }
  return found;
}

describe("a live hub", () => {
  it("asks nobody until somebody looks, then at once, and nobody again when nobody looks any more", async () => {
    const world = liveWorld();
    const { clock } = world;
    const cell = world.cell("one");
    const socket = world.connect();
    await world.pass(1_000);
    assert.equal(cell.requests.length, 0);
    cell.add(1, 2, 3, 4);
    socket.say(numbers("a"));
    await world.pass(1);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", items: [2, 3, 4] }]);
    await world.pass(1_000);
    assert.equal(cell.requests.length, 5);
    assert.deepEqual(socket.read(), []);
    cell.add(5);
    await world.pass(250);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", items: [5] }]);
    socket.say({ unsubscribe: "a" });
    cell.add(6);
    await world.pass(2_000);
    assert.equal(cell.requests.length, 6);
    assert.deepEqual(socket.read(), []);
    socket.close(1000, "");
    assert.equal(clock.pendingTimers, 0);
    assert.deepEqual(world.hub.load, { sockets: 0, subscriptions: 0, questions: 0, lost: [] });
  });

  it("says that there is nothing yet, so that a page is not left waiting", async () => {
    const world = liveWorld();
    const socket = world.connect();
    socket.say(numbers("a"));
    await world.pass(1);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", items: [] }]);
  });

  it("asks equal questions once, though who comes later is shown all from the beginning", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const first = world.connect();
    const second = world.connect();
    first.say(numbers("a"));
    await world.pass(300);
    cell.add(1, 2);
    second.say(numbers("b"));
    await world.pass(100);
    assert.deepEqual(itemsOf(second), { "b one": [1, 2] });
    await world.pass(1_000);
    assert.deepEqual(itemsOf(first), { "a one": [1, 2] });
    assert.equal(world.hub.load.questions, 1);
    assert.equal(cell.requests.at(-1)?.length, 1);
    cell.add(3);
    await world.pass(250);
    assert.deepEqual([itemsOf(first), itemsOf(second)], [{ "a one": [3] }, { "b one": [3] }]);
    first.close(1000, "");
    cell.add(4);
    await world.pass(250);
    assert.deepEqual(itemsOf(second), { "b one": [4] });
  });

  it("keeps questions apart that differ in query, rate or account, in one request", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const one = world.connect();
    const two = world.connect({ accountSid: OTHER });
    one.say(numbers("a"));
    one.say(numbers("b", { query: "odd" }));
    one.say(numbers("c", { rateMs: 1_000 }));
    two.say(numbers("d"));
    await world.pass(1);
    assert.equal(cell.requests.length, 1);
    assert.equal(cell.requests[0]?.length, 4);
    cell.add(1, 2);
    await world.pass(1_100);
    assert.deepEqual(itemsOf(one), { "a one": [1, 2], "b one": [1], "c one": [1, 2] });
    assert.deepEqual(itemsOf(two), { "d one": [] });
    assert.equal(cell.requests.flat().filter(({ accountSid }) => accountSid === OTHER).length, 5);
    assert.equal(cell.requests.flat().length, 5 * 3 + 2);
  });

  it("shows all accounts of all cells to the operator alone", async () => {
    const world = liveWorld();
    world.cell("one").add(1);
    world.cell("two").ring.add(OTHER, 2);
    const customer = world.connect();
    customer.say(numbers("a", { all: true }));
    await world.pass(1);
    assert.deepEqual(
      customer.read().map(({ error }) => (error as { code: number }).code),
      [20006],
    );
    const operator = world.connect({ isOperator: true });
    operator.say(numbers("a", { all: true }));
    await world.pass(1);
    assert.deepEqual(itemsOf(operator), { "a one": [1], "a two": [2] });
  });

  it("shows a subaccount of the viewer's, as its cell says, and no other account", async () => {
    const world = liveWorld();
    world.cell("one").ring.add(CHILD, 7);
    const socket = world.connect();
    socket.say(numbers("mine", { account: CHILD }));
    socket.say(numbers("foreign", { account: OTHER }));
    await world.pass(1);
    const frames = socket.read();
    assert.deepEqual(frames[0], { id: "mine", from: "one", items: [7] });
    assert.equal(frames[1]?.["id"], "foreign");
    assert.deepEqual(frames[1]?.["error"], { code: 20404, message: `The account ${OTHER} is not one of yours.` });
    assert.equal(world.hub.load.subscriptions, 1);
  });

  it("answers own topics itself, under its own name", async () => {
    const picture = { cells: 1 };
    const world = liveWorld();
    const own = liveWorld([], [fleetSource({ clock: world.clock, status: () => picture })]);
    const socket = own.connect();
    socket.say({ subscribe: { id: "f", topic: "fleet" } });
    await own.pass(1_000);
    assert.deepEqual(socket.read(), [{ id: "f", from: "edge-1", items: [{ cells: 1 }] }]);
    assert.equal(own.cell("one").requests.length, 0);
  });

  it("does not ask a cell that has not answered, and counts it as away after 5 s", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    let asked = 0;
    const answer = cell.answerer.answer.bind(cell.answerer);
    let finish = (): void => undefined;
    cell.answerer.answer = (asks) => {
      asked += 1;
      return asked > 2 ? answer(asks) : new Promise((resolve) => (finish = () => resolve([])));
    };
    const socket = world.connect();
    socket.say(numbers("a"));
    await world.pass(4_900);
    assert.equal(asked, 1);
    await world.pass(6_000);
    finish();
    assert.equal(asked, 2);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", lost: "it does not answer" }]);
    cell.add(1);
    await world.pass(1_000);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", items: [1] }]);
  });
});

describe("a cell that is away", () => {
  it("is told once, asked ever less often, and comes back without a loss", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const socket = world.connect();
    socket.say(numbers("a"));
    cell.add(1);
    await world.pass(250);
    socket.read();
    cell.isAway = true;
    const before = cell.requests.length;
    await world.pass(60_000);
    const lost = { id: "a", from: "one", lost: "it does not answer" };
    assert.deepEqual(
      socket.read().filter(({ ping }) => ping === undefined),
      [lost],
    );
    assert.ok(cell.requests.length - before < 20, `asked ${cell.requests.length - before} times`);
    assert.deepEqual(world.hub.load.lost, ["one"]);
    const later = world.connect();
    later.say(numbers("b"));
    await world.pass(250);
    assert.deepEqual(later.read(), [{ id: "b", from: "one", lost: "it does not answer" }]);
    cell.isAway = false;
    cell.add(2, 3);
    await world.pass(6_000);
    assert.deepEqual(itemsOf(socket), { "a one": [2, 3] });
    assert.deepEqual(itemsOf(later), { "b one": [1, 2, 3] });
    assert.deepEqual(world.hub.load.lost, []);
  });

  it("says that it is back even where nothing is new", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const socket = world.connect();
    socket.say(numbers("a"));
    await world.pass(250);
    cell.isAway = true;
    await world.pass(2_000);
    socket.read();
    cell.isAway = false;
    await world.pass(5_000);
    assert.deepEqual(socket.read(), [{ id: "a", from: "one", items: [] }]);
  });

  it("holds up no other cell", async () => {
    const world = liveWorld();
    world.cell("one").isAway = true;
    const socket = world.connect({ isOperator: true });
    socket.say(numbers("a", { all: true }));
    await world.pass(1_000);
    socket.read();
    world.cell("two").add(9);
    await world.pass(250);
    assert.deepEqual(itemsOf(socket), { "a two": [9] });
  });

  it("that is no longer the home is said to be so, and the new one is asked", async () => {
    const world = liveWorld();
    world.home = [];
    const socket = world.connect();
    socket.say(numbers("a"));
    await world.pass(1);
    assert.deepEqual(socket.read(), [{ id: "a", from: "", lost: "it is not known where the account is at home" }]);
    world.home = ["one"];
    world.cell("one").add(1);
    await world.pass(2_250);
    assert.deepEqual(itemsOf(socket), { "a one": [1] });
    world.home = ["two"];
    world.cell("two").add(2);
    await world.pass(2_250);
    assert.deepEqual(socket.read(), [
      { id: "a", from: "one", lost: "it is no longer asked" },
      { id: "a", from: "two", items: [2] },
    ]);
  });
});

describe("a source", () => {
  const broken: LiveSource = {
    topic: "broken",
    ask: () => {
      throw new TypeError("a bug");
    },
  };
  const strict: LiveSource = {
    topic: "strict",
    ask: () => {
      throw new AppError(liveErrors.queryInvalid, { reason: "it is strict" });
    },
  };

  it("that fails takes nothing from the others, and is left alone for a while", async () => {
    const world = liveWorld([broken]);
    world.cell("one").add(1);
    const socket = world.connect();
    socket.say({ subscribe: { id: "x", topic: "broken" } });
    socket.say(numbers("a"));
    await world.pass(3_000);
    assert.deepEqual(socket.read(), [
      { id: "x", from: "one", lost: "This cannot be shown just now." },
      { id: "a", from: "one", items: [1] },
    ]);
    const asked = world.cell("one").requests.flat();
    assert.equal(asked.filter(({ topic }) => topic === "broken").length, 1);
  });

  it("that refuses the query ends the subscription with its error", async () => {
    const world = liveWorld([strict]);
    const socket = world.connect();
    socket.say({ subscribe: { id: "x", topic: "strict" } });
    await world.pass(1_000);
    const error = { code: 20001, message: "The query makes no sense: it is strict." };
    assert.deepEqual(socket.read(), [{ id: "x", error }]);
    assert.equal(world.hub.load.subscriptions, 0);
    assert.equal(world.cell("one").requests.length, 1);
  });

  it("with more than 200 new things shows the newest and says how many it left out", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const socket = world.connect();
    socket.say(numbers("a"));
    await world.pass(250);
    socket.read();
    for (let i = 1; i <= 500; i += 1) cell.add(i);
    await world.pass(250);
    const [frame] = socket.read();
    const items = frame?.["items"] as number[];
    assert.deepEqual([items.length, items[0], items.at(-1), frame?.["skipped"]], [200, 301, 500, 300]);
  });

  it("that is asked of many cells gives at most 2,000 items a second together", async () => {
    const world = liveWorld();
    const socket = world.connect({ isOperator: true });
    socket.say(numbers("a", { all: true }));
    await world.pass(250);
    let shown = 0;
    for (let i = 0; i < 40; i += 1) {
      for (const name of ["one", "two"]) for (let n = 0; n < 300; n += 1) world.cell(name).add(n);
      await world.pass(250);
      for (const { items } of socket.read()) if (Array.isArray(items)) shown += items.length;
    }
    assert.ok(shown <= 20_400 && shown > 8_000, `${shown} items in 10 s`);
  });
});

describe("a slow reader", () => {
  it("is not asked for while he has no room, does not slow others, and gets what he missed", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const slow = world.connect();
    const quick = world.connect();
    slow.say(numbers("s"));
    quick.say(numbers("q"));
    await world.pass(1_000);
    assert.equal(world.hub.load.questions, 1);
    slow.read();
    quick.read();
    slow.hasRoom = false;
    for (let i = 1; i <= 8; i += 1) {
      cell.add(i);
      await world.pass(250);
    }
    assert.deepEqual(itemsOf(quick), { "q one": [1, 2, 3, 4, 5, 6, 7, 8] });
    slow.hasRoom = true;
    await world.pass(500);
    assert.deepEqual(itemsOf(slow), { "s one": [1, 2, 3, 4, 5, 6, 7, 8] });
    await world.pass(500);
    assert.equal(world.hub.load.questions, 1);
  });

  it("whose room ends with an answer under way is asked for again, and loses nothing", async () => {
    const world = liveWorld();
    const cell = world.cell("one");
    const slow = world.connect();
    slow.say(numbers("s"));
    await world.pass(250);
    slow.read();
    const send = slow.send.bind(slow);
    slow.send = () => false;
    cell.add(1, 2);
    await world.pass(250);
    slow.send = send;
    await world.pass(500);
    assert.deepEqual(itemsOf(slow), { "s one": [1, 2] });
  });
});

describe("a session", () => {
  it("that runs out ends its sockets with 4401", async () => {
    const world = liveWorld();
    const socket = world.connect({ expiresAtMs: world.clock.nowMs() + 5_000 });
    await world.pass(4_000);
    assert.equal(socket.closedWith, undefined);
    await world.pass(2_000);
    assert.equal(socket.closedWith, "4401 your session has ended");
  });

  it("is asked about every 30 s, goes on while nobody answers, and ends when it is said to have ended", async () => {
    const world = liveWorld();
    const socket = world.connect();
    let asked = 0;
    world.recheck = () => {
      asked += 1;
      throw new Error("away");
    };
    await world.pass(95_000);
    assert.equal(asked, 3);
    assert.equal(socket.closedWith, undefined);
    world.recheck = () => undefined;
    await world.pass(31_000);
    assert.equal(socket.closedWith, "4401 your session has ended");
  });

  it("whose role changes loses what it may not watch any more", async () => {
    const world = liveWorld();
    const socket = world.connect({ isOperator: true });
    socket.say(numbers("a", { all: true }));
    socket.say(numbers("b"));
    await world.pass(1);
    socket.read();
    world.recheck = (viewer) => ({ ...viewer, isOperator: false });
    await world.pass(31_000);
    assert.deepEqual(
      socket.read().filter(({ error }) => error !== undefined),
      [{ id: "a", error: { code: 20006, message: "You may not watch numbers." } }],
    );
    assert.equal(world.hub.load.subscriptions, 1);
  });

  it("that is ended here is ended at once", () => {
    const world = liveWorld();
    const one = world.connect();
    const two = world.connect({ sessionSid: "CS2" });
    world.hub.endSession("CS1");
    assert.deepEqual([one.closedWith, two.closedWith], ["4401 your session has ended", undefined]);
  });

  it("is sent something every 20 s, so that a page can tell a dead connection", async () => {
    const world = liveWorld();
    const socket = world.connect();
    await world.pass(62_000);
    assert.deepEqual(socket.read(), [{ ping: 1 }, { ping: 2 }, { ping: 3 }]);
    socket.say({ pong: 3 });
    assert.deepEqual(socket.read(), []);
  });
});

describe("what a browser says", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["garbage", "{"],
    ["a text", '"subscribe"'],
    ["a list", []],
    ["nothing known", { hello: 1 }],
    ["a topic that is none", { subscribe: { id: "a", topic: "../etc" } }],
    ["a topic that nobody has", { subscribe: { id: "a", topic: "secrets" } }],
    ["no id", { subscribe: { topic: "numbers" } }],
    ["an empty id", numbers("")],
    ["a long id", numbers("x".repeat(65))],
    ["a rate that is too quick", numbers("a", { rateMs: 1 })],
    ["a rate that is no number", numbers("a", { rateMs: "NaN" })],
    ["an account that is none", numbers("a", { account: "AC1" })],
    ["all that is no truth value", numbers("a", { all: "yes" })],
    ["a query that is nested too deep", `{"subscribe":{"id":"a","topic":"numbers","query":${"[".repeat(5_000)}`],
  ];
  for (const [what, frame] of refused) {
    it(`is answered with an error where it is ${what}, and nothing is asked`, async () => {
      const world = liveWorld();
      const socket = world.connect();
      socket.say(frame);
      await world.pass(500);
      const frames = socket.read();
      assert.equal(frames.length, 1);
      assert.match(JSON.stringify(frames[0]), /"error":\{"code":20\d{3},"message":"/);
      assert.equal(world.cell("one").requests.length, 0);
    });
  }

  it("is refused where the role does not allow it", () => {
    const world = liveWorld();
    world.forbidden.add("numbers");
    const socket = world.connect();
    socket.say(numbers("a"));
    assert.deepEqual(socket.read(), [{ id: "a", error: { code: 20006, message: "You may not watch numbers." } }]);
  });

  it("is 16 subscriptions and 64 KiB of queries at most; one of the same id takes the place of the other", async () => {
    const world = liveWorld();
    const socket = world.connect();
    for (let i = 0; i < 10_000; i += 1) socket.say(numbers(`n${i}`, { query: i }));
    assert.equal(world.hub.load.subscriptions, 16);
    assert.equal(socket.read().length, 9_984);
    for (let i = 0; i < 1_000; i += 1) socket.say(numbers("n0", { query: i }));
    assert.equal(world.hub.load.subscriptions, 16);
    assert.deepEqual(socket.read(), []);
    const big = world.connect();
    for (let i = 0; i < 6; i += 1) big.say(numbers(`n${i}`, { query: "x".repeat(15_000) }));
    assert.deepEqual(
      big.read().map(({ id, error }) => [id, (error as { code: number }).code]),
      [
        ["n4", 20413],
        ["n5", 20413],
      ],
    );
    big.say({ unsubscribe: "n0" });
    big.say(numbers("n5", { query: "x".repeat(15_000) }));
    assert.deepEqual(big.read(), []);
    await world.pass(250);
    assert.equal(world.cell("one").requests[0]?.length, 20);
  });

  it("asks for a query of its own account alone, whatever the query says", async () => {
    const world = liveWorld();
    world.cell("one").ring.add(OTHER, 5);
    const socket = world.connect();
    socket.say(numbers("a", { query: { accountSid: OTHER, everything: true }, everything: true, accountSid: OTHER }));
    await world.pass(250);
    assert.deepEqual(itemsOf(socket), { "a one": [] });
    assert.equal(world.cell("one").requests[0]?.[0]?.accountSid, OWN);
  });
});

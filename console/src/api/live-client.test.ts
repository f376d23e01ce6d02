import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type LiveBatch, LiveClient, type LiveSocket } from "./live-client.ts";

/** A socket that a test opens, speaks on and breaks. */
class TestSocket implements LiveSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** A world whose time passes by hand. */
class TestWorld {
  readonly sockets: TestSocket[] = [];
  private nowMs = 0;
  private timers: { readonly atMs: number; readonly run: () => void }[] = [];

  readonly open = (): TestSocket => {
    const socket = new TestSocket();
    this.sockets.push(socket);
    return socket;
  };

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  };

  readonly random = (): number => 1;
  endedSessions = 0;

  readonly onSessionEnded = (): void => {
    this.endedSessions += 1;
  };

  pass(ms: number): void {
    this.nowMs += ms;
    const due = this.timers.filter(({ atMs }) => atMs <= this.nowMs);
    this.timers = this.timers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { run } of due) run();
  }

  get last(): TestSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket);
    return socket;
  }
}

function start(): { readonly world: TestWorld; readonly client: LiveClient } {
  const world = new TestWorld();
  return { world, client: new LiveClient(world) };
}

describe("the live client", () => {
  it("opens one socket for all subscriptions and says them when it is open", () => {
    const { world, client } = start();
    client.subscribe({ topic: "messages", query: { status: "failed" }, onItems: () => {} });
    client.subscribe({ topic: "alerts", all: true, rateMs: 500, onItems: () => {} });
    assert.equal(world.sockets.length, 1);
    assert.deepEqual(world.last.sent, []);
    world.last.onopen?.();
    assert.deepEqual(world.last.sent, [
      { subscribe: { id: "s1", topic: "messages", query: { status: "failed" } } },
      { subscribe: { id: "s2", topic: "alerts", query: {}, all: true, rateMs: 500 } },
    ]);
  });

  it("passes on items, what was skipped, and cells that are away and back", () => {
    const { world, client } = start();
    const batches: LiveBatch[] = [];
    const cells: unknown[] = [];
    client.subscribe({
      topic: "messages",
      onItems: (batch) => batches.push(batch),
      onCell: (from, why) => cells.push([from, why]),
    });
    world.last.onopen?.();
    world.last.say({ id: "s1", from: "messaging-1", items: [1, 2], skipped: 7 });
    world.last.say({ id: "s1", from: "messaging-2", lost: "no answer" });
    world.last.say({ id: "s1", from: "messaging-2", items: [] });
    world.last.say({ id: "other", from: "messaging-2", items: [3] });
    assert.deepEqual(batches, [
      { from: "messaging-1", items: [1, 2], skipped: 7 },
      { from: "messaging-2", items: [], skipped: 0 },
    ]);
    assert.deepEqual(cells, [
      ["messaging-2", "no answer"],
      ["messaging-2", undefined],
    ]);
  });

  it("tells of an error and answers a ping", () => {
    const { world, client } = start();
    const errors: unknown[] = [];
    client.subscribe({ topic: "fleet", onItems: () => {}, onError: (error) => errors.push(error) });
    world.last.onopen?.();
    world.last.say({ id: "s1", error: { code: 20403, message: "Not for you." } });
    world.last.say({ ping: 4 });
    assert.deepEqual(errors, [{ code: 20403, message: "Not for you." }]);
    assert.deepEqual(world.last.sent.at(-1), { pong: 4 });
  });

  it("comes back by itself, slower each time, with every subscription that is left", () => {
    const { world, client } = start();
    client.subscribe({ topic: "messages", onItems: () => {} });
    const end = client.subscribe({ topic: "alerts", onItems: () => {} });
    world.last.onopen?.();
    world.last.onclose?.({ code: 1006 });
    assert.equal(client.state, "waiting");
    end();
    world.pass(249);
    assert.equal(world.sockets.length, 1);
    world.pass(1);
    assert.equal(world.sockets.length, 2);
    world.last.onclose?.({ code: 1006 });
    world.pass(499);
    assert.equal(world.sockets.length, 2);
    world.pass(1);
    world.last.onopen?.();
    assert.deepEqual(world.last.sent, [{ subscribe: { id: "s1", topic: "messages", query: {} } }]);
    assert.equal(client.state, "open");
  });

  it("says that the session has ended where that is why the socket was closed", () => {
    const { world, client } = start();
    client.subscribe({ topic: "messages", onItems: () => {} });
    world.last.onclose?.({ code: 1006 });
    assert.equal(world.endedSessions, 0);
    world.pass(250);
    world.last.onclose?.({ code: 4401 });
    assert.equal(world.endedSessions, 1);
    assert.equal(client.state, "waiting");
  });

  it("tries at once when the computer is online again", () => {
    const { world, client } = start();
    client.subscribe({ topic: "messages", onItems: () => {} });
    world.last.onclose?.({ code: 1006 });
    client.retryNow();
    assert.equal(world.sockets.length, 2);
    world.pass(10_000);
    assert.equal(world.sockets.length, 2);
  });

  it("takes a connection on which nothing is heard for dead", () => {
    const { world, client } = start();
    client.subscribe({ topic: "messages", onItems: () => {} });
    const [first] = world.sockets;
    world.last.onopen?.();
    world.pass(44_000);
    assert.equal(client.state, "open");
    world.pass(1_000);
    assert.equal(client.state, "waiting");
    assert.equal(first?.isClosed, true);
  });

  it("closes the socket a while after the last subscription went, and not when another came", () => {
    const { world, client } = start();
    const endFirst = client.subscribe({ topic: "messages", onItems: () => {} });
    world.last.onopen?.();
    endFirst();
    assert.deepEqual(world.last.sent.at(-1), { unsubscribe: "s1" });
    const endSecond = client.subscribe({ topic: "alerts", onItems: () => {} });
    world.pass(2_000);
    assert.equal(client.state, "open");
    endSecond();
    world.pass(2_000);
    assert.equal(client.state, "closed");
    assert.equal(world.last.isClosed, true);
    client.subscribe({ topic: "messages", onItems: () => {} });
    assert.equal(world.sockets.length, 2);
  });

  it("opens another socket for who comes after the last one left while it was away", () => {
    const { world, client } = start();
    const end = client.subscribe({ topic: "messages", onItems: () => {} });
    world.last.onopen?.();
    world.last.onclose?.({ code: 1006 });
    end();
    world.pass(60_000);
    assert.equal(client.state, "closed");
    client.subscribe({ topic: "messages", onItems: () => {} });
    assert.equal(world.sockets.length, 2);
  });

  it("is not confused by a frame that is no JSON", () => {
    const { world, client } = start();
    const batches: LiveBatch[] = [];
    client.subscribe({ topic: "messages", onItems: (batch) => batches.push(batch) });
    world.last.onopen?.();
    world.last.onmessage?.({ data: "{" });
    world.last.say({ id: "s1", from: "a", items: [1] });
    assert.equal(batches.length, 1);
  });
});

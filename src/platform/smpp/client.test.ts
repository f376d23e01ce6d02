import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryNet } from "../../../test/kit/memory-net.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { AnyPdu } from "../../protocols/smpp/index.ts";
import type { Logger } from "../ports.ts";
import { Backoff } from "./backoff.ts";
import { SmppClient } from "./client.ts";
import type { ClientState, SmppClientOptions } from "./client-options.ts";
import type { Outcome } from "./outcome.ts";
import { SmppServer } from "./server.ts";
import type { BindVerdict, SmppServerOptions } from "./server.ts";
import type { ServerSession } from "./server-session.ts";
import type { Respond } from "./session-owner.ts";

const BODY = { source_addr: "100", destination_addr: "200", short_message: Buffer.from("hello") };

/** A client and a server in one process on one clock, with what they tell written down. */
class World {
  readonly clock = new ManualClock();
  readonly net = new MemoryNet();
  readonly errors: string[] = [];
  readonly log: Logger;
  readonly states: ClientState[] = [];
  readonly outcomes: Outcome[] = [];
  readonly requests: { session: ServerSession; pdu: AnyPdu; respond: Respond }[] = [];
  verdict: BindVerdict = { accept: true };
  server: SmppServer;
  port = 2775;

  constructor(options: Partial<SmppServerOptions> = {}) {
    const log: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: (event) => void this.errors.push(event),
      child: () => log,
    };
    this.log = log;
    this.server = this.newServer(options);
  }

  newServer(options: Partial<SmppServerOptions> = {}): SmppServer {
    return new SmppServer({
      net: this.net,
      clock: this.clock,
      log: this.log,
      systemId: "smsc",
      authenticate: () => this.verdict,
      onRequest: (session, pdu, respond) => this.requests.push({ session, pdu, respond }),
      ...options,
    });
  }

  listen(): Promise<unknown> {
    return this.server.listen({ host: "memory", port: this.port });
  }

  client(options: Partial<SmppClientOptions> = {}): SmppClient {
    return new SmppClient({
      net: this.net,
      clock: this.clock,
      log: this.log,
      host: "memory",
      port: this.port,
      systemId: "esme",
      password: "secret",
      bind: "transceiver",
      random: () => 0.5,
      onState: (state) => this.states.push(state),
      ...options,
    });
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceSettling(ms);
    await turns();
  }

  names(): string[] {
    return this.states.map((state) => state.name);
  }
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("a client", () => {
  it("binds, sends, hears deliveries, and unbinds in order", async () => {
    const world = new World();
    await world.listen();
    const heard: AnyPdu[] = [];
    const client = world.client({ onDeliver: (pdu, respond) => void (heard.push(pdu), respond(0)) });
    client.start();
    await turns();
    assert.deepEqual(client.state, { name: "bound", peerSystemId: "smsc", interfaceVersion: 0x34 });
    client.send(BODY, (outcome) => world.outcomes.push(outcome));
    await turns();
    world.requests[0]?.respond(0, { message_id: "m1" });
    const [session] = world.server.sessions;
    let delivered: Outcome | undefined;
    session?.deliver(BODY, (outcome) => (delivered = outcome));
    await turns();
    assert.deepEqual(world.outcomes, [{ kind: "response", status: 0, body: { message_id: "m1" } }]);
    assert.equal(heard[0]?.command, "deliver_sm");
    assert.equal(delivered?.kind === "response" && delivered.status, 0);
    const stopped = client.stop(1_000);
    await world.pass(1_500);
    await stopped;
    assert.deepEqual(world.names(), ["connecting", "binding", "bound", "unbinding", "stopped"]);
    assert.equal(world.server.sessions.size, 0);
    assert.equal(world.clock.pendingTimers, 0);
  });

  it("asks the carrier to try again while nobody takes its deliveries", async () => {
    const world = new World();
    await world.listen();
    world.client().start();
    await turns();
    let outcome: Outcome | undefined;
    [...world.server.sessions][0]?.deliver(BODY, (heard) => (outcome = heard));
    await turns();
    assert.equal(outcome?.kind === "response" && outcome.status, CommandStatus.ESME_RX_T_APPN);
  });

  it("comes back for ever with jittered, growing waits, and starts small again after it held", async () => {
    const world = new World();
    const client = world.client({ reconnect: { minMs: 100, maxMs: 1_000, stableMs: 5_000 } });
    client.start();
    await world.pass(5_000);
    const waits = world.states.filter((state) => state.name === "waiting").map((state) => state.delayMs);
    assert.deepEqual(waits.slice(0, 5), [150, 250, 450, 550, 550]);
    await world.listen();
    await world.pass(1_000);
    assert.equal(client.state.name, "bound");
    await world.pass(6_000);
    for (const session of world.server.sessions) session.destroy("severed");
    await turns();
    assert.deepEqual(world.states.at(-1), {
      name: "waiting",
      delayMs: 150,
      cause: { kind: "closed", reason: "peer-closed" },
    });
  });

  it("does not hammer a carrier that refuses its credentials, and says so", async () => {
    const world = new World();
    world.verdict = { accept: false, status: CommandStatus.ESME_RINVPASWD };
    await world.listen();
    const client = world.client();
    client.start();
    await world.pass(1_500);
    const { state } = client;
    assert.ok(state.name === "waiting" && state.delayMs >= 60_000);
    assert.deepEqual(state.cause, { kind: "bind-refused", status: CommandStatus.ESME_RINVPASWD, isLasting: true });
    assert.deepEqual(world.errors, ["smpp.client.bind-refused"]);
    world.verdict = { accept: true };
    await world.pass(90_500);
    assert.equal(client.state.name, "bound");
  });

  it("comes back soon after a refusal that passes", async () => {
    const world = new World();
    world.verdict = { accept: false, status: CommandStatus.ESME_RSYSERR };
    await world.listen();
    const client = world.client();
    client.start();
    await world.pass(1_100);
    world.verdict = { accept: true };
    await world.pass(5_000);
    assert.equal(client.state.name, "bound");
  });

  it("gives up on a peer that accepts and never answers the bind", async () => {
    const world = new World();
    await world.net.listen({ host: "memory", port: world.port }, (connection) => connection.resume());
    const client = world.client({ timers: { sessionInitMs: 2_000, responseMs: 10_000 } });
    client.start();
    await world.pass(2_100);
    const { state } = client;
    assert.deepEqual(state.name === "waiting" && state.cause, { kind: "closed", reason: "session-init-timeout" });
  });

  it("tells why a session ended that never was bound", async () => {
    const world = new World();
    await world.net.listen({ host: "memory", port: world.port }, (connection) => {
      connection.on("error", () => {});
      connection.once("data", () => connection.destroy());
    });
    const client = world.client();
    client.start();
    await turns();
    const { state } = client;
    assert.deepEqual(state.name === "waiting" && state.cause, { kind: "closed", reason: "peer-closed" });
  });

  it("sends nothing while it is not bound and tells that nothing was sent", () => {
    const client = new World().client();
    const outcomes: Outcome[] = [];
    client.send(BODY, (outcome) => outcomes.push(outcome));
    assert.deepEqual(outcomes, [{ kind: "not-sent", reason: "not-bound" }]);
    assert.equal(client.windowFree, 0);
  });

  it("can be stopped while it waits, while it connects, and twice", async () => {
    const world = new World();
    const waiting = world.client();
    waiting.start();
    await turns();
    assert.equal(waiting.state.name, "waiting");
    await waiting.stop(1_000);
    await waiting.stop(1_000);
    await world.listen();
    const connecting = world.client();
    connecting.start();
    const stopped = connecting.stop(1_000);
    await world.pass(1_500);
    await stopped;
    assert.equal(world.server.sessions.size, 0);
    assert.equal(world.clock.pendingTimers, 0);
  });
});

describe("a server", () => {
  it("limits the binds of one system_id", async () => {
    const world = new World({ maxBindsPerSystemId: 1 });
    await world.listen();
    const first = world.client();
    const second = world.client();
    first.start();
    await turns();
    second.start();
    await world.pass(1_100);
    const { state } = second;
    assert.equal(first.state.name, "bound");
    assert.deepEqual(state.name === "waiting" && state.cause, {
      kind: "bind-refused",
      status: CommandStatus.ESME_RALYBND,
      isLasting: true,
    });
  });

  it("refuses a bind that it cannot check for the time being", async () => {
    const world = new World({ authenticate: () => Promise.reject(new Error("no database")) });
    await world.listen();
    const client = world.client();
    client.start();
    await world.pass(100);
    const { state } = client;
    assert.deepEqual(state.name === "waiting" && state.cause, {
      kind: "bind-refused",
      status: CommandStatus.ESME_RSYSERR,
      isLasting: false,
    });
  });

  it("gives each bind the window that its credentials grant", async () => {
    const world = new World();
    world.verdict = { accept: true, window: 2 };
    await world.listen();
    world.client({ onDeliver: () => {} }).start();
    await turns();
    const [session] = world.server.sessions;
    const outcomes: Outcome[] = [];
    for (let n = 0; n < 3; n += 1) session?.deliver(BODY, (outcome) => outcomes.push(outcome));
    assert.deepEqual(outcomes, [{ kind: "not-sent", reason: "window-full" }]);
  });

  it("refuses connections beyond its limit and unbinds everybody when it closes", async () => {
    const world = new World({ maxConnections: 1 });
    await world.listen();
    const first = world.client();
    const second = world.client();
    first.start();
    await turns();
    second.start();
    await world.pass(100);
    assert.equal(second.state.name, "waiting");
    await second.stop(0);
    const closed = world.server.close(1_000);
    await world.pass(100);
    await closed;
    assert.deepEqual(first.state.name === "waiting" && first.state.cause, {
      kind: "closed",
      reason: "unbound-by-peer",
    });
    await first.stop(0);
  });

  it("answers a submit of a receiver with ESME_RINVBNDSTS through the whole stack", async () => {
    const world = new World();
    await world.listen();
    const receiver = world.client({ bind: "receiver" });
    receiver.start();
    await turns();
    const outcomes: Outcome[] = [];
    receiver.send(BODY, (outcome) => outcomes.push(outcome));
    assert.deepEqual(outcomes, [{ kind: "not-sent", reason: "wrong-bind" }]);
    const transmitter = world.client({ bind: "transmitter" });
    transmitter.start();
    await turns();
    const session = [...world.server.sessions].find((one) => one.bind === "transmitter");
    session?.deliver(BODY, (outcome) => outcomes.push(outcome));
    assert.deepEqual(outcomes[1], { kind: "not-sent", reason: "wrong-bind" });
  });
});

it("back-off stays within its bounds for every random number, seed 11", () => {
  let state = 11;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const backoff = new Backoff({ minMs: 200, maxMs: 10_000 }, random);
  for (let n = 1; n < 100; n += 1) {
    const delayMs = backoff.next();
    assert.ok(delayMs >= 200 && delayMs <= Math.min(10_000, 200 * 2 ** n));
  }
});

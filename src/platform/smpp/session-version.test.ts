import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryNet } from "../../../test/kit/memory-net.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { CommandStatus, InterfaceVersion, PduDecoder, encodePdu } from "../../protocols/smpp/index.ts";
import type { AnyPdu, InterfaceVersionValue } from "../../protocols/smpp/index.ts";
import { SmppClient } from "./client.ts";
import type { SmppClientOptions } from "./client-options.ts";
import type { Outcome } from "./outcome.ts";
import { SmppServer } from "./server.ts";
import type { SmppServerOptions } from "./server.ts";
import type { ServerSession } from "./server-session.ts";
import type { Respond } from "./session-owner.ts";

const BODY = { source_addr: "100", destination_addr: "200", short_message: Buffer.from("hello") };

interface Kept {
  readonly account: string;
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A server that keeps an account at each session, and a client bound to it. */
async function world(
  clientOptions: Partial<SmppClientOptions> = {},
  serverOptions: Partial<SmppServerOptions<Kept>> = {},
) {
  const net = new MemoryNet();
  const clock = new ManualClock();
  const given: { session: ServerSession<Kept>; pdu: AnyPdu; respond: Respond }[] = [];
  const server = new SmppServer<Kept>({
    net,
    clock,
    log: silentLogger,
    systemId: "smsc",
    authenticate: (request) => ({ accept: true, context: { account: `of ${request.systemId}` } }),
    onRequest: (session, pdu, respond) => void given.push({ session, pdu, respond }),
    ...serverOptions,
  });
  await server.listen({ host: "memory", port: 2775 });
  const made = { net, clock, log: silentLogger, host: "memory", port: 2775, systemId: "esme", password: "x" };
  const client = new SmppClient({ ...made, bind: "transceiver", window: 100, ...clientOptions });
  client.start();
  await turns();
  const session = [...server.sessions][0] as ServerSession<Kept>;
  const outcomes: Outcome<"submit_sm">[] = [];
  const send = async (count = 1): Promise<void> => {
    for (let n = 0; n < count; n += 1) client.send(BODY, (outcome) => outcomes.push(outcome));
    await turns();
  };
  return { net, clock, server, session, client, given, outcomes, send };
}

describe("the version of a session", () => {
  const { V3_4, V5_0 } = InterfaceVersion;
  for (const [ours, theirs, common] of [
    [V5_0, V5_0, V5_0],
    [V5_0, V3_4, V3_4],
    [V3_4, V5_0, V3_4],
  ] as readonly InterfaceVersionValue[][]) {
    it(`is ${common?.toString(16)} between a client of ${ours?.toString(16)} and a server of ${theirs?.toString(16)}`, async () => {
      const { client, session } = await world({ interfaceVersion: ours as 0x34 }, { interfaceVersion: theirs as 0x34 });
      assert.equal(session.interfaceVersion, common);
      assert.ok(client.state.name === "bound" && client.state.interfaceVersion === common);
    });
  }

  it("decides what is sent: what 5.0 alone knows goes to a peer of 5.0 alone, either way", async () => {
    for (const interfaceVersion of [V3_4, V5_0] as const) {
      const heard: AnyPdu[] = [];
      const onDeliver: SmppClientOptions["onDeliver"] = (pdu, respond) => void (heard.push(pdu), respond(0));
      const { client, session, given } = await world({ interfaceVersion, onDeliver });
      const outcomes: Outcome[] = [];
      client.send({ ...BODY, tlvs: { dest_addr_np_resolution: 1, source_port: 5 } }, (one) => outcomes.push(one));
      await turns();
      given[0]?.respond(CommandStatus.ESME_RTHROTTLED, { message_id: "ignored", tlvs: { congestion_state: 95 } });
      session.deliver({ ...BODY, tlvs: { dest_network_id: "network" } }, () => {});
      await turns();
      const isFive = interfaceVersion === V5_0;
      assert.deepEqual(
        given[0]?.pdu.body.tlvs,
        isFive ? { dest_addr_np_resolution: 1, source_port: 5 } : { source_port: 5 },
      );
      assert.deepEqual(heard[0]?.body.tlvs, isFive ? { dest_network_id: "network" } : undefined);
      const body = isFive ? { message_id: "", tlvs: { congestion_state: 95 } } : { message_id: "" };
      assert.deepEqual(outcomes, [{ kind: "response", status: CommandStatus.ESME_RTHROTTLED, body }]);
    }
  });

  it("of 5.0 has broadcasts, which are read and not offered", async () => {
    const { net, server } = await world();
    const raw = await net.dial({ host: "memory", port: 2775, connectTimeoutMs: 1 });
    const heard: (string | number)[][] = [];
    const decoder = new PduDecoder({ maxPduOctets: 1_000 });
    raw.on("data", (chunk: Buffer) => {
      for (const item of decoder.push(chunk)) if (item.kind === "pdu") heard.push([item.pdu.command, item.pdu.status]);
    });
    raw.write(encodePdu({ command: "bind_transceiver", sequence: 1, body: { interface_version: 0x50 } }));
    raw.write(encodePdu({ command: "broadcast_sm", sequence: 2 }));
    await turns();
    assert.equal(server.sessions.size, 2);
    const expected: [string, number][] = [
      ["bind_transceiver_resp", 0],
      ["broadcast_sm_resp", CommandStatus.ESME_RINVCMDID],
    ];
    assert.deepEqual(new Map(heard as [string, number][]), new Map(expected));
  });
});

describe("the window of a client", () => {
  const adaptive = { adaptiveWindow: true, interfaceVersion: InterfaceVersion.V5_0 };

  it("shrinks once when the carrier throttles a whole window, and recovers with its answers", async () => {
    const { client, clock, given, send } = await world(adaptive);
    await send(100);
    clock.advance(1);
    for (const { respond } of given.splice(0)) respond(CommandStatus.ESME_RTHROTTLED);
    await turns();
    assert.equal(client.windowSize, 70);
    assert.equal(client.windowFree, 70);
    for (let round = 0; round < 10; round += 1) {
      clock.advance(1);
      await send(client.windowFree);
      clock.advance(1);
      for (const { respond } of given.splice(0)) respond(0, { message_id: "1" });
      await turns();
    }
    assert.equal(client.windowSize, 100);
  });

  it("follows congestion_state, which a server can tell with every response", async () => {
    const { client, session, given, send } = await world(adaptive);
    session.tellCongestion(95);
    await send();
    given[0]?.respond(0, { message_id: "1" });
    await turns();
    assert.equal(client.windowSize, 50);
  });

  it("stays as configured where it is not adaptive", async () => {
    const { client, given, send } = await world();
    await send(100);
    for (const { respond } of given) respond(CommandStatus.ESME_RTHROTTLED);
    await turns();
    assert.equal(client.windowSize, 100);
  });
});

describe("a server for many", () => {
  it("keeps what its owner gave with the bind, and bounds what one bind may have under way", async () => {
    const { session, outcomes, send } = await world(
      {},
      { authenticate: () => ({ accept: true, context: { account: "AC1" }, maxUnanswered: 3 }) },
    );
    assert.equal(session.context.account, "AC1");
    await send(5);
    assert.equal(session.unanswered, 3);
    assert.deepEqual(
      outcomes.map((one) => one.kind === "response" && one.status),
      [CommandStatus.ESME_RTHROTTLED, CommandStatus.ESME_RTHROTTLED],
    );
  });

  it("gives nothing while paused, not even of the same octets, and everything in order after it", async () => {
    const { session, given, clock, send, server } = await world(
      {},
      { timers: { enquireLinkMs: 1_000, responseMs: 500 } },
    );
    await send();
    session.pause();
    await send(30);
    assert.equal(given.length, 1);
    await clock.advanceSettling(5_000);
    assert.equal(server.sessions.size, 1);
    session.resume();
    await turns();
    assert.equal(given.length, 31);
    session.pause();
    session.destroy("stopped");
    assert.equal(server.sessions.size, 0);
  });

  it("pauses in the middle of what came at once", async () => {
    const seen: number[] = [];
    const { session, send } = await world(
      {},
      {
        onRequest: (one, pdu, respond) => {
          seen.push(pdu.sequence);
          respond(0, { message_id: "1" });
          if (seen.length % 2 === 0) one.pause();
        },
      },
    );
    await send(5);
    assert.equal(seen.length, 2);
    session.resume();
    assert.equal(seen.length, 4);
    session.resume();
    await turns();
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.equal(seen.length, 5);
  });

  it("bounds connections that do not bind, and frees their places", async () => {
    const { net, server, clock } = await world(
      {},
      { maxConnections: 10, maxUnbound: 2, timers: { sessionInitMs: 1_000 } },
    );
    const silent = await Promise.all(
      Array.from({ length: 4 }, () => net.dial({ host: "memory", port: 2775, connectTimeoutMs: 1 })),
    );
    for (const one of silent) one.on("error", () => {});
    await turns();
    assert.equal(server.connectionCount, 3);
    await clock.advanceSettling(1_500);
    assert.equal(server.connectionCount, 1);
  });

  it("bounds the connections of one address", async () => {
    const { net, server } = await world({}, { maxConnectionsPerAddress: 2 });
    for (let n = 0; n < 3; n += 1)
      (await net.dial({ host: "memory", port: 2775, connectTimeoutMs: 1 })).on("error", () => {});
    await turns();
    assert.equal(server.connectionCount, 2);
  });
});

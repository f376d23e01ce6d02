import assert from "node:assert/strict";
import net from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { SmppClient, SmppServer } from "../../src/platform/smpp/index.ts";
import type { Outcome, SmppClientOptions, SmppServerOptions } from "../../src/platform/smpp/index.ts";
import type { LogFields, Logger } from "../../src/platform/ports.ts";
import { CommandStatus, PduDecoder, encodePdu } from "../../src/protocols/smpp/index.ts";
import type { AnyPdu } from "../../src/protocols/smpp/index.ts";
import { SeededRandom, runSeed } from "../kit/smpp-pdus.ts";
import { until } from "../kit/until.ts";

const TEXT = { source_addr: "100", destination_addr: "200", short_message: Buffer.from("hello") };
const BIND = encodePdu({ command: "bind_transceiver", sequence: 1, body: { system_id: "bad" } });

function counting(): { log: Logger; warnings: string[] } {
  const warnings: string[] = [];
  const log: Logger = {
    debug() {},
    info() {},
    warn: (event: string, _fields?: LogFields) => void warnings.push(event),
    error() {},
    child: () => log,
  };
  return { log, warnings };
}

async function server(t: TestContext, options: Partial<SmppServerOptions> = {}) {
  const { log, warnings } = counting();
  const closed: string[] = [];
  const smsc = new SmppServer({
    net: systemNet,
    clock: systemClock,
    log,
    systemId: "smsc",
    authenticate: () => ({ accept: true }),
    onRequest: (_session, _pdu, respond) => void respond(0, { message_id: "1" }),
    onClosed: (_session, reason) => closed.push(reason),
    ...options,
  });
  const { port } = await smsc.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => smsc.close(0));
  return { smsc, port, warnings, closed };
}

/** A raw connection that writes what it likes and notes what it hears. */
async function rawPeer(
  t: TestContext,
  port: number,
): Promise<{ socket: Socket; heard: AnyPdu[]; hasEnded: () => boolean }> {
  const socket = net.connect({ host: "127.0.0.1", port });
  const heard: AnyPdu[] = [];
  let ended = false;
  const decoder = new PduDecoder({ maxPduOctets: 100_000 });
  socket.on("data", (chunk) => {
    for (const item of decoder.push(chunk)) if (item.kind === "pdu") heard.push(item.pdu);
  });
  socket.on("error", () => {});
  socket.on("close", () => (ended = true));
  t.after(() => socket.destroy());
  await new Promise((connected) => socket.once("connect", connected));
  return { socket, heard, hasEnded: () => ended };
}

/** A listening socket that does with its connections what it likes. */
async function rawListener(t: TestContext, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const listener = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return (listener.address() as AddressInfo).port;
}

function client(
  t: TestContext,
  port: number,
  options: Partial<SmppClientOptions> = {},
): { client: SmppClient; warnings: string[] } {
  const { log, warnings } = counting();
  const esme = new SmppClient({
    net: systemNet,
    clock: systemClock,
    log,
    host: "127.0.0.1",
    port,
    systemId: "esme",
    password: "secret",
    bind: "transceiver",
    reconnect: { minMs: 10, maxMs: 20 },
    ...options,
  });
  t.after(() => esme.stop(0));
  esme.start();
  return { client: esme, warnings };
}

describe("our server bears a peer that", () => {
  it("sends a command_length beyond the limit", async (t) => {
    const { port, warnings } = await server(t);
    const peer = await rawPeer(t, port);
    peer.socket.write(Buffer.concat([BIND, Buffer.from("7fffffff0000000400000000000000ff", "hex")]));
    await until("the connection ends", peer.hasEnded);
    assert.deepEqual(peer.heard.map((pdu) => [pdu.command, pdu.status]).at(-1), [
      "generic_nack",
      CommandStatus.ESME_RINVCMDLEN,
    ]);
    assert.equal(warnings.filter((event) => event === "smpp.peer.fatal").length, 1);
  });

  it("speaks HTTP", async (t) => {
    const { port } = await server(t);
    const peer = await rawPeer(t, port);
    peer.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until("the connection ends", peer.hasEnded);
  });

  it("trickles its bind and never finishes it", async (t) => {
    const { port } = await server(t, { timers: { sessionInitMs: 200 } });
    const peer = await rawPeer(t, port);
    let at = 0;
    const drip = setInterval(() => peer.socket.write(BIND.subarray(at, (at += 1))), 20);
    t.after(() => clearInterval(drip));
    const startMs = Date.now();
    await until("the connection ends", peer.hasEnded);
    assert.ok(Date.now() - startMs < 2_000);
  });

  it("stops in the middle of a PDU", async (t) => {
    const { smsc, port, closed } = await server(t);
    const peer = await rawPeer(t, port);
    peer.socket.write(BIND);
    await until("bound", () => smsc.sessions.size === 1);
    peer.socket.end(encodePdu({ command: "submit_sm", sequence: 2, body: TEXT }).subarray(0, 25));
    await until("closed", () => closed.length === 1);
    assert.deepEqual(closed, ["peer-closed"]);
  });

  it("asks without end and never reads the answers", async (t) => {
    const { smsc, port, closed } = await server(t, { limits: { maxOutputOctets: 256 * 1024 } });
    const peer = await rawPeer(t, port);
    peer.socket.write(BIND);
    await until("bound", () => smsc.sessions.size === 1);
    peer.socket.pause();
    const flood = Buffer.concat(
      Array.from({ length: 2_000 }, (_, n) => encodePdu({ command: "submit_sm", sequence: n + 2, body: TEXT })),
    );
    const push = (): void => {
      while (!peer.socket.destroyed && peer.socket.write(flood)) continue;
    };
    peer.socket.on("drain", push);
    push();
    await until("closed", () => closed.length === 1, 20_000);
    assert.deepEqual(closed, ["output-overflow"]);
  });

  it("sends any garbage at all, without throwing and with one warning of each kind", async (t) => {
    const seed = runSeed();
    t.diagnostic(`seed ${seed}`);
    const random = new SeededRandom(seed);
    for (let round = 0; round < 40; round += 1) {
      const { smsc, port, warnings } = await server(t);
      const peer = await rawPeer(t, port);
      if (random.oneIn(2)) peer.socket.write(BIND);
      const pieces = Array.from({ length: random.between(1, 20) }, () => {
        const octets = random.octets(random.between(16, 200));
        if (random.oneIn(10)) return octets;
        // Mostly a length that fits, and a command that exists, so that the garbage gets further in.
        octets.writeUInt32BE(octets.length, 0);
        octets.writeUInt32BE(random.pick([1, 3, 4, 5, 7, 8, 9, 0x21, 0x103, 0x15, 0x80000004, 0x80000000]), 4);
        return octets;
      });
      peer.socket.end(Buffer.concat(pieces));
      await until("the connection ends", peer.hasEnded);
      await until("forgotten", () => smsc.sessions.size === 0);
      assert.equal(new Set(warnings).size, warnings.length, `seed ${seed}, round ${round}: ${warnings.join()}`);
    }
  });
});

describe("our client bears a carrier that", () => {
  it("accepts the connection and says nothing", async (t) => {
    const port = await rawListener(t, () => {});
    const { client: esme } = client(t, port, { timers: { sessionInitMs: 100 } });
    await until("waiting", () => esme.state.name === "waiting");
  });

  it("answers the bind with garbage", async (t) => {
    const port = await rawListener(t, (socket) => socket.write(Buffer.alloc(64, 0xff)));
    const { client: esme, warnings } = client(t, port);
    await until("waiting", () => esme.state.name === "waiting");
    assert.ok(warnings.includes("smpp.peer.fatal"));
  });

  it("never reads: what was handed over is unknown, the rest was not sent, and memory is bounded", async (t) => {
    const port = await rawListener(t, (socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write(encodePdu({ command: "bind_transceiver_resp", sequence: 1, body: { system_id: "deaf" } }));
      });
    });
    const limits = { maxOutputOctets: 1024 * 1024 };
    const { client: esme } = client(t, port, {
      window: 1_000_000,
      limits,
      timers: { responseMs: 400, enquireLinkMs: 0 },
      reconnect: { minMs: 60_000, maxMs: 60_000 },
    });
    await until("bound", () => esme.state.name === "bound");
    const counts = { response: 0, unknown: 0, "not-sent": 0 };
    const short_message = Buffer.alloc(200, 0x61);
    let sent = 0;
    while (esme.state.name === "bound") {
      for (let n = 0; n < 500 && esme.windowFree > 0; n += 1) {
        sent += 1;
        esme.send({ ...TEXT, short_message }, (outcome: Outcome<"submit_sm">) => void (counts[outcome.kind] += 1));
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(counts.unknown + counts["not-sent"], sent);
    assert.ok(counts.unknown > 0 && counts["not-sent"] > 0, JSON.stringify(counts));
    assert.equal(counts.response, 0);
    assert.ok(counts["not-sent"] * 216 < 2 * limits.maxOutputOctets);
  });

  it("breaks the connection in the middle of a response", async (t) => {
    const port = await rawListener(t, (socket) => {
      socket.once("data", () => {
        socket.write(encodePdu({ command: "bind_transceiver_resp", sequence: 1, body: { system_id: "half" } }));
        socket.once("data", () =>
          socket.end(
            encodePdu({ command: "submit_sm_resp", sequence: 2, body: { message_id: "abcdef" } }).subarray(0, 18),
          ),
        );
      });
    });
    const { client: esme } = client(t, port);
    await until("bound", () => esme.state.name === "bound");
    const outcome = await new Promise<Outcome<"submit_sm">>((done) => esme.send(TEXT, done));
    assert.deepEqual(outcome, { kind: "unknown", reason: "disconnected" });
  });

  it("floods it with deliveries that it is slow to store", async (t) => {
    const statuses: number[] = [];
    const port = await rawListener(t, (socket) => {
      const decoder = new PduDecoder({ maxPduOctets: 100_000 });
      socket.on("data", (chunk) => {
        for (const item of decoder.push(chunk)) {
          if (item.kind !== "pdu") continue;
          if (item.pdu.command === "deliver_sm_resp") statuses.push(item.pdu.status);
          if (item.pdu.command !== "bind_transceiver") continue;
          socket.write(encodePdu({ command: "bind_transceiver_resp", sequence: item.pdu.sequence }));
          for (let n = 1; n <= 300; n += 1) socket.write(encodePdu({ command: "deliver_sm", sequence: n, body: TEXT }));
        }
      });
    });
    const held: ((status: number) => boolean)[] = [];
    client(t, port, { limits: { maxUnanswered: 100 }, onDeliver: (_pdu, respond) => held.push(respond) });
    await until("the rest is refused", () => statuses.length === 200);
    assert.deepEqual(new Set(statuses), new Set([CommandStatus.ESME_RX_T_APPN]));
    for (const respond of held) assert.equal(respond(0), true);
    await until("the held ones are answered", () => statuses.length === 300);
    assert.equal(statuses.filter((status) => status === 0).length, 100);
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import tls from "node:tls";
import smpp from "smpp";
import type { PDU, Session } from "smpp";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { openAuthority } from "../../src/platform/front/index.ts";
import { SmppClient, SmppServer } from "../../src/platform/smpp/index.ts";
import type { DeliveryPdu, Outcome, SmppClientOptions } from "../../src/platform/smpp/index.ts";
import { InterfaceVersion, readReceipt } from "../../src/protocols/smpp/index.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

/** An SMSC made of the npm package `smpp`, which nobody here wrote. */
async function foreignSmsc(t: TestContext, onSession: (session: Session) => void): Promise<number> {
  const sessions: Session[] = [];
  const server = smpp.createServer({}, (session) => {
    sessions.push(session);
    session.on("error", () => {});
    for (const bind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
      session.on(bind, (pdu: PDU) => {
        const isWrong = pdu["password"] === "wrong";
        session.send(
          pdu.response({ command_status: isWrong ? 0x0e : 0, system_id: "foreign", sc_interface_version: 0x34 }),
        );
      });
    }
    session.on("enquire_link", (pdu: PDU) => session.send(pdu.response()));
    session.on("unbind", (pdu: PDU) => {
      session.send(pdu.response());
      session.close();
    });
    onSession(session);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return server.address().port;
}

function clientFor(t: TestContext, port: number, options: Partial<SmppClientOptions> = {}): SmppClient {
  const client = new SmppClient({
    net: systemNet,
    clock: systemClock,
    log: silentLogger,
    host: "127.0.0.1",
    port,
    systemId: "trunkline",
    password: "secret",
    bind: "transceiver",
    window: 50,
    reconnect: { minMs: 10, maxMs: 50 },
    ...options,
  });
  t.after(() => client.stop(0));
  client.start();
  return client;
}

const body = (n: number) => ({
  source_addr_ton: 1,
  source_addr_npi: 1,
  source_addr: "15005550100",
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: `4477009${String(n).padStart(5, "0")}`,
  registered_delivery: 1,
  short_message: Buffer.from(`message ${n}`),
});

describe("our client against the npm smpp package as SMSC", () => {
  for (const bind of ["transceiver", "transmitter", "receiver"] as const) {
    it(`binds as ${bind} and unbinds in order`, async (t) => {
      const port = await foreignSmsc(t, () => {});
      const client = clientFor(t, port, { bind });
      await until("bound", () => client.state.name === "bound");
      assert.deepEqual(client.state, { name: "bound", peerSystemId: "foreign", interfaceVersion: 0x34 });
      await client.stop(1_000);
      assert.equal(client.state.name, "stopped");
    });
  }

  it("sends 500 messages through its window and reads 500 receipts, some before their response", async (t) => {
    const bodies: string[] = [];
    const port = await foreignSmsc(t, (session) => {
      session.on("submit_sm", (pdu: PDU) => {
        bodies.push((pdu["short_message"] as { message: string }).message);
        const id = `id-${bodies.length}`;
        const receipt = new smpp.PDU("deliver_sm", {
          esm_class: 4,
          source_addr: pdu["destination_addr"],
          destination_addr: pdu["source_addr"],
          short_message: `id:${id} sub:001 dlvrd:001 submit date:2511210130 done date:2511210130 stat:DELIVRD err:000 text:`,
        });
        if (bodies.length % 2 === 0) session.send(receipt);
        session.send(pdu.response({ message_id: id }));
        if (bodies.length % 2 === 1) session.send(receipt);
      });
    });
    const receipts = new Set<string>();
    const accepted = new Set<string>();
    let sent = 0;
    const pump = (): void => {
      while (sent < 500 && client.windowFree > 0) {
        client.send(body((sent += 1)), (outcome) => {
          assert.equal(outcome.kind === "response" && outcome.status, 0);
          if (outcome.kind === "response") accepted.add(outcome.body?.message_id ?? "");
          pump();
        });
      }
    };
    const onDeliver = (pdu: DeliveryPdu, respond: (status: number) => boolean): void => {
      receipts.add(readReceipt(pdu.body)?.id ?? "");
      respond(0);
    };
    const client = clientFor(t, port, { onDeliver, onReady: pump });
    await until("all responses and receipts", () => accepted.size === 500 && receipts.size === 500);
    assert.deepEqual(receipts, accepted);
    assert.deepEqual(new Set(bodies), new Set(Array.from({ length: 500 }, (_, n) => `message ${n + 1}`)));
  });

  it("keeps error statuses, and reads what the package puts into them", async (t) => {
    const port = await foreignSmsc(t, (session) => {
      session.on("submit_sm", (pdu: PDU) => session.send(pdu.response({ command_status: 0x58 })));
      session.on("query_sm", (pdu: PDU) =>
        session.send(pdu.response({ message_id: "q", final_date: "", message_state: 2, error_code: 0 })),
      );
    });
    const client = clientFor(t, port);
    await until("bound", () => client.state.name === "bound");
    const throttled = await new Promise<Outcome<"submit_sm">>((done) => client.send(body(1), done));
    assert.equal(throttled.kind === "response" && throttled.status, 0x58);
    const queried = await new Promise<Outcome<"query_sm">>((done) =>
      client.request("query_sm", { message_id: "q" }, done),
    );
    assert.equal(queried.kind === "response" && queried.body?.message_state, 2);
  });

  it("is told that a wrong password is final for a while", async (t) => {
    const port = await foreignSmsc(t, () => {});
    const client = clientFor(t, port, { password: "wrong" });
    await until("refused", () => client.state.name === "waiting");
    assert.ok(client.state.name === "waiting" && client.state.delayMs >= 60_000);
  });

  it("comes back after the SMSC broke the connection, with nothing sent twice", async (t) => {
    const bodies: string[] = [];
    const port = await foreignSmsc(t, (session) => {
      session.on("submit_sm", (pdu: PDU) => {
        bodies.push((pdu["short_message"] as { message: string }).message);
        if (bodies.length === 3) session.destroy();
        else session.send(pdu.response({ message_id: String(bodies.length) }));
      });
    });
    const client = clientFor(t, port, { window: 1 });
    const kinds: string[] = [];
    for (let n = 1; n <= 6; n += 1) {
      await until("room", () => client.windowFree > 0);
      const outcome = await new Promise<Outcome<"submit_sm">>((done) => client.send(body(n), done));
      kinds.push(outcome.kind);
    }
    assert.deepEqual(kinds, ["response", "response", "unknown", "response", "response", "response"]);
    assert.deepEqual(
      bodies,
      [1, 2, 3, 4, 5, 6].map((n) => `message ${n}`),
    );
  });

  it("binds over TLS to a carrier whose certificate it was told to trust, and to no other", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-tls-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const authority = await openAuthority({ folder, clock: systemClock, names: ["carrier.test"] });
    const plainPort = await foreignSmsc(t, () => {});
    const server = tls.createServer(authority.ownCertificate(), (secure) => {
      const plain = net.connect(plainPort, "127.0.0.1");
      secure.on("error", () => plain.destroy()).pipe(plain);
      plain.on("error", () => secure.destroy()).pipe(secure);
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const trusting = clientFor(t, port, { tls: { serverName: "carrier.test", ca: authority.caPem } });
    const wary = clientFor(t, port, { tls: { serverName: "carrier.test" } });
    await until("bound", () => trusting.state.name === "bound");
    await until("refused", () => wary.state.name === "waiting");
    const { state } = wary;
    assert.equal(state.name === "waiting" && state.cause.kind, "connect-failed");
    await Promise.all([trusting.stop(1_000), wary.stop(0)]);
  });
});

describe("our server over TLS", () => {
  it("serves our client, and a peer of the npm smpp package through the system's own TLS, beside plain TCP", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-tls-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const authority = await openAuthority({ folder, clock: systemClock, names: ["smsc.test"] });
    const server = new SmppServer({
      net: systemNet,
      clock: systemClock,
      log: silentLogger,
      systemId: "tls",
      authenticate: () => ({ accept: true }),
      onRequest: (_session, _pdu, respond) => void respond(0, { message_id: "1" }),
    });
    t.after(() => server.close(0));
    const certificate = (): { key: string; cert: string } => authority.ownCertificate();
    const secure = await server.listen({ host: "127.0.0.1", port: 0, tls: { certificate } });
    const plain = await server.listen({ host: "127.0.0.1", port: 0 });
    const trust = { serverName: "smsc.test", ca: authority.caPem };
    const overTls = clientFor(t, secure.port, { tls: trust, interfaceVersion: InterfaceVersion.V5_0 });
    const overTcp = clientFor(t, plain.port);
    await until("bound", () => overTls.state.name === "bound" && overTcp.state.name === "bound");
    assert.ok(overTls.state.name === "bound" && overTls.state.interfaceVersion === InterfaceVersion.V5_0);
    const outcome = await new Promise<Outcome<"submit_sm">>((done) => overTls.send(body(1), done));
    assert.equal(outcome.kind === "response" && outcome.status, 0);
    // The package's own TLS cannot be told whom to trust, so that a tunnel does it.
    const tunnel = net.createServer((near) => {
      const far = tls.connect({ host: "127.0.0.1", port: secure.port, servername: trust.serverName, ca: trust.ca });
      near.on("error", () => far.destroy()).pipe(far);
      far.on("error", () => near.destroy()).pipe(near);
    });
    await new Promise<void>((listening) => tunnel.listen(0, "127.0.0.1", listening));
    t.after(() => tunnel.close());
    const foreign = smpp.connect({ host: "127.0.0.1", port: (tunnel.address() as AddressInfo).port });
    t.after(() => foreign.destroy());
    foreign.on("error", () => {});
    const bound = await new Promise<PDU>((answered) =>
      foreign.send(new smpp.PDU("bind_transceiver", { system_id: "foreign", interface_version: 0x50 }), answered),
    );
    assert.equal(bound["sc_interface_version"], InterfaceVersion.V5_0);
    for (const session of server.sessions) session.tellCongestion(85);
    const answer = await new Promise<PDU>((answered) =>
      foreign.send(
        new smpp.PDU("submit_sm", { destination_addr: "447700900123", dest_addr_np_resolution: 1 }),
        answered,
      ),
    );
    assert.equal(answer["congestion_state"], 85);
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import smpp, { type PDU, type PduFields, type Session } from "smpp";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { openAuthority } from "../../src/platform/front/index.ts";
import { SmppClient } from "../../src/platform/smpp/index.ts";
import { InterfaceVersion, readReceipt } from "../../src/protocols/smpp/index.ts";
import { PASSWORD, SYSTEM_ID, esmeOnSockets, submission, type EsmeWorld } from "../kit/esme-world.ts";
import { ACCOUNT, NUMBER, PHONE } from "../kit/messaging-world.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

const FROM = NUMBER.slice(1);
const TO = PHONE.slice(1);
interface Peer {
  readonly session: Session;
  readonly delivered: PDU[];
  ask(command: string, fields?: PduFields): Promise<PDU>;
}

/** A client of the npm package, which acknowledges what it is given. */
async function peer(t: TestContext, world: EsmeWorld): Promise<Peer> {
  const session = await new Promise<Session>((resolve) => {
    const made = smpp.connect({ host: "127.0.0.1", port: world.port }, () => resolve(made));
  });
  t.after(() => session.destroy());
  const delivered: PDU[] = [];
  session.on("deliver_sm", (pdu: PDU) => {
    delivered.push(pdu);
    session.send(pdu.response());
  });
  session.on("unbind", (pdu: PDU) => session.send(pdu.response()));
  session.on("error", () => {});
  const ask = (command: string, fields: PduFields = {}): Promise<PDU> =>
    new Promise((resolve) => session.send(new smpp.PDU(command, fields), resolve));
  return { session, delivered, ask };
}

async function bound(
  t: TestContext,
  world: EsmeWorld,
  as = { system_id: SYSTEM_ID, password: PASSWORD },
): Promise<Peer> {
  const made = await peer(t, world);
  const answer = await made.ask("bind_transceiver", { ...as, interface_version: 0x34 });
  assert.equal(answer.command_status, 0);
  return made;
}

const message = {
  source_addr_ton: 1,
  source_addr: FROM,
  dest_addr_ton: 1,
  destination_addr: TO,
  registered_delivery: 1,
};

describe("the SMPP server for customers, with the smpp package", () => {
  it("takes short, Unicode and payload texts, and gives each a receipt", async (t) => {
    const world = await esmeOnSockets(t);
    const { ask, delivered } = await bound(t, world);
    const answers = await Promise.all([
      ask("submit_sm", { ...message, short_message: "hello" }),
      ask("submit_sm", { ...message, data_coding: 8, short_message: { message: "Привет" } }),
      ask("submit_sm", { ...message, message_payload: Buffer.from("x".repeat(500)) }),
      ask("data_sm", { ...message, message_payload: Buffer.from("by payload") }),
    ]);
    assert.deepEqual(
      answers.map((answer) => answer.command_status),
      [0, 0, 0, 0],
    );
    const ids = answers.map((answer) => String(answer["message_id"]));
    await until("four receipts", () => delivered.length === 4);
    assert.deepEqual(new Set(delivered.map((pdu) => pdu["receipted_message_id"])), new Set(ids));
    for (const pdu of delivered) {
      assert.equal(pdu["esm_class"], 4);
      assert.equal(pdu["source_addr"], TO);
      const { message: text } = pdu["short_message"] as { message: string };
      assert.match(String(text), /^id:SM[0-9a-f]{32} sub:001 dlvrd:001 .* stat:DELIVRD err:000 text:/);
    }
    const bodies = world.messaging.carrier.submissions.map(({ text }) => text);
    assert.deepEqual(new Set(bodies), new Set(["hello", "Привет", "x".repeat(500), "by payload"]));
    await until("acknowledged", () => world.esme.status().waiting === 0);
  });

  it("lets an account bind with its own SID and token, however long they are, and gives it its texts", async (t) => {
    const world = await esmeOnSockets(t);
    const { delivered } = await bound(t, world, { system_id: ACCOUNT, password: "token" });
    assert.ok(world.esme.inboundBinds.has(ACCOUNT));
    const long = "A long text that needs parts. ".repeat(8).trim();
    await world.textIn("hello app");
    await world.textIn(long);
    await until("three deliveries", () => delivered.length === 3);
    const texts = delivered.map((pdu) => String((pdu["short_message"] as { message: string }).message));
    assert.equal(texts[0], "hello app");
    assert.equal(texts.slice(1).join(""), long);
  });

  it("answers submit_multi, query_sm, cancel_sm, replace_sm, enquire_link and unbind", async (t) => {
    const world = await esmeOnSockets(t);
    world.messaging.carrier.goDown();
    const { ask } = await bound(t, world);
    const { dest_addr_ton: _ton, destination_addr: _to, ...shared } = message;
    const dest_address = [TO, "447700900124"].map((destination_addr) => ({
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr,
    }));
    const multi = await ask("submit_multi", { ...shared, dest_address, short_message: "to both" });
    assert.equal(multi.command_status, 0);
    const message_id = String(multi["message_id"]);
    const query = await ask("query_sm", { message_id });
    assert.deepEqual([query.command_status, query["message_state"]], [0, 1]);
    const single = await ask("submit_sm", { ...message, short_message: "first" });
    const replaced = await ask("replace_sm", { message_id: single["message_id"], short_message: "second" });
    assert.equal(replaced.command_status, 0);
    assert.equal((await ask("cancel_sm", { message_id })).command_status, 0);
    assert.equal((await ask("query_sm", { message_id }))["message_state"], 4);
    assert.equal((await ask("enquire_link")).command_status, 0);
    assert.equal((await ask("unbind")).command_status, 0);
    await until("no session", () => world.esme.status().sessions.length === 0);
  });

  it("refuses strangers, and requests before the bind or beyond it", async (t) => {
    const world = await esmeOnSockets(t);
    const stranger = await peer(t, world);
    assert.equal((await stranger.ask("submit_sm", { ...message, short_message: "x" })).command_status, 4);
    const refused = await stranger.ask("bind_transmitter", { system_id: SYSTEM_ID, password: "wrong" });
    assert.equal(refused.command_status, 0x0e);
    const receiver = await peer(t, world);
    assert.equal((await receiver.ask("bind_receiver", { system_id: SYSTEM_ID, password: PASSWORD })).command_status, 0);
    assert.equal((await receiver.ask("submit_sm", { ...message, short_message: "x" })).command_status, 4);
    assert.equal(world.messaging.carrier.submissions.length, 0);
  });

  it("speaks 5.0 over TLS", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-esme-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const authority = await openAuthority({ folder, clock: systemClock, names: ["smpp.test"] });
    const world = await esmeOnSockets(t, { certificate: () => authority.ownCertificate() });
    const receipts: string[] = [];
    const statuses: number[] = [];
    const client = new SmppClient({
      net: systemNet,
      clock: systemClock,
      log: silentLogger,
      host: "127.0.0.1",
      port: world.tlsPort,
      tls: { serverName: "smpp.test", ca: authority.caPem },
      interfaceVersion: InterfaceVersion.V5_0,
      systemId: SYSTEM_ID,
      password: PASSWORD,
      bind: "transceiver",
      onDeliver: (pdu, respond) => {
        receipts.push(readReceipt(pdu.body)?.state ?? "none");
        respond(0);
      },
    });
    t.after(() => client.stop(0));
    client.start();
    await until("bound", () => client.state.name === "bound");
    assert.equal(world.esme.status().sessions[0]?.version, InterfaceVersion.V5_0);
    for (const data_coding of [0, 4]) {
      client.send(submission({ data_coding }), (outcome) =>
        statuses.push(outcome.kind === "response" ? outcome.status : -1),
      );
    }
    await until("a receipt", () => receipts.length === 1);
    assert.deepEqual(receipts, ["DELIVERED"]);
    assert.deepEqual(new Set(statuses), new Set([0, 0x104]));
  });
});

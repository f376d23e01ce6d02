import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import smpp from "smpp";
import type { PDU, PduFields, Session } from "smpp";
import { openPhoneJournal } from "../../src/adapters/files/index.ts";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { MemoryPhoneStore, startSimulator } from "../../src/modules/simulator/index.ts";
import type { PhoneStore, SimulatorOptions } from "../../src/modules/simulator/index.ts";
import { SmppClient } from "../../src/platform/smpp/index.ts";
import { readReceipt } from "../../src/protocols/smpp/index.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

async function carrier(
  t: TestContext,
  options: Partial<SimulatorOptions> = {},
  store: PhoneStore = new MemoryPhoneStore(),
) {
  const deps = { net: systemNet, clock: systemClock, log: silentLogger, store };
  const running = await startSimulator(deps, { host: "127.0.0.1", port: 0, faults: { receiptDelayMs: 5 }, ...options });
  t.after(() => running.simulator.stop(0));
  return running;
}

/** An ESME made of the npm package `smpp`, which nobody here wrote. */
async function foreignEsme(
  t: TestContext,
  port: number,
  bind = "bind_transceiver",
): Promise<{ session: Session; heard: PDU[] }> {
  const heard: PDU[] = [];
  const session = smpp.connect({ host: "127.0.0.1", port });
  t.after(() => session.destroy());
  session.on("error", () => {});
  session.on("deliver_sm", (pdu: PDU) => {
    heard.push(pdu);
    session.send(pdu.response());
  });
  for (const asked of ["enquire_link", "unbind"]) session.on(asked, (pdu: PDU) => session.send(pdu.response()));
  await new Promise((connected) => session.on("connect", connected));
  const response = await ask(session, bind, { system_id: "foreign", password: "secret", interface_version: 0x34 });
  assert.equal(response.command_status, 0);
  assert.equal(response["sc_interface_version"], 0x34);
  return { session, heard };
}

function ask(session: Session, command: string, fields: PduFields = {}): Promise<PDU> {
  return new Promise((answered) => session.send(new smpp.PDU(command, fields), answered));
}

const TEXT = {
  source_addr_ton: 1,
  source_addr_npi: 1,
  source_addr: "15005550100",
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: "447700900123",
  registered_delivery: 1,
};

describe("the simulated carrier against the npm smpp package as ESME", () => {
  it("takes a text, shows it on the phone, sends the receipt, answers query_sm, enquire_link and unbind", async (t) => {
    const { simulator, port } = await carrier(t);
    const { session, heard } = await foreignEsme(t, port);
    // The package sends GSM 03.38 text under data_coding 1, which is IA5; 0 makes the two agree.
    const octets = Buffer.from("hello \0 \x015 \x1be", "latin1");
    const response = await ask(session, "submit_sm", { ...TEXT, data_coding: 0, short_message: octets });
    assert.equal(response.command_status, 0);
    const id = response["message_id"] as string;
    assert.equal(simulator.phoneMessages("+447700900123", { limit: 1 })[0]?.body, "hello @ £5 €");
    await until("the receipt", () => heard.length === 1);
    assert.equal(heard[0]?.["receipted_message_id"], id);
    assert.equal(heard[0]?.["message_state"], 2);
    assert.match(
      (heard[0]?.["short_message"] as { message: string } | undefined)?.message ?? "",
      new RegExp(`^id:${id} sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} stat:DELIVRD err:000 text:hello`),
    );
    const queried = await ask(session, "query_sm", { message_id: id, source_addr: TEXT.source_addr });
    assert.equal(queried["message_state"], 2);
    assert.equal((await ask(session, "enquire_link")).command, "enquire_link_resp");
    assert.equal((await ask(session, "unbind")).command, "unbind_resp");
    await until("unbound", () => simulator.binds.length === 0);
  });

  it("reads UCS-2 and joins parts that the package cut by UDH", async (t) => {
    const { simulator, port } = await carrier(t);
    const { session } = await foreignEsme(t, port, "bind_transmitter");
    await ask(session, "submit_sm", { ...TEXT, data_coding: 8, short_message: { message: "Привет 😀" } });
    for (const n of [2, 1]) {
      await ask(session, "submit_sm", {
        ...TEXT,
        esm_class: 0x40,
        data_coding: 0,
        short_message: { udh: Buffer.from([5, 0, 3, 9, 2, n]), message: `part ${n} ` },
      });
    }
    const messages = simulator.phoneMessages("447700900123", { limit: 10 });
    assert.deepEqual(
      messages.map((message) => [message.body, message.encoding, message.parts.length]),
      [
        ["Привет 😀", "UCS-2", 1],
        ["part 1 part 2 ", "GSM-7", 2],
      ],
    );
  });

  it("has its phones text back, long texts in parts that the package reads", async (t) => {
    const { simulator, port } = await carrier(t);
    simulator.sendFromPhone({ from: "+447700900123", to: "+15005550100", body: "before the bind" });
    const { heard } = await foreignEsme(t, port, "bind_receiver");
    simulator.sendFromPhone({ from: "+447700900123", to: "+15005550100", body: "z".repeat(200) });
    await until("three deliveries", () => heard.length === 3);
    const texts = heard.map((pdu) => pdu["short_message"] as { message: string; udh?: Buffer[] });
    assert.equal(texts[0]?.message, "before the bind");
    assert.equal(`${texts[1]?.message}${texts[2]?.message}`, "z".repeat(200));
    assert.ok(texts[1]?.udh !== undefined);
    assert.equal(heard[1]?.["source_addr"], "447700900123");
    await until("taken", () =>
      simulator.phoneMessages("447700900123", { limit: 10 }).every((message) => message.state === "taken"),
    );
  });

  it("refuses a submit from a receiver, and a command it does not have", async (t) => {
    const { port } = await carrier(t);
    const { session } = await foreignEsme(t, port, "bind_receiver");
    assert.equal((await ask(session, "submit_sm", { ...TEXT, short_message: "x" })).command_status, 4);
    const { session: both } = await foreignEsme(t, port);
    assert.equal((await ask(both, "replace_sm", { message_id: "1", short_message: "x" })).command_status, 0x13);
  });
});

describe("our client and the simulated carrier over TCP", () => {
  it("exchange 5,000 messages and 5,000 receipts, each exactly once", async (t) => {
    const { simulator, port } = await carrier(t, { window: 200 });
    const count = 5_000;
    const accepted = new Set<string>();
    const receipts: string[] = [];
    let sent = 0;
    const pump = (): void => {
      while (sent < count && client.windowFree > 0) {
        sent += 1;
        client.send(
          {
            ...TEXT,
            destination_addr: `447${String(sent % 500).padStart(9, "0")}`,
            short_message: Buffer.from(`n ${sent}`),
          },
          (outcome) => {
            assert.equal(outcome.kind === "response" && outcome.status, 0);
            if (outcome.kind === "response") accepted.add(outcome.body?.message_id ?? "");
            pump();
          },
        );
      }
    };
    const client = new SmppClient({
      net: systemNet,
      clock: systemClock,
      log: silentLogger,
      host: "127.0.0.1",
      port,
      systemId: "trunkline",
      password: "secret",
      bind: "transceiver",
      window: 100,
      onReady: pump,
      onDeliver: (pdu, respond) => {
        receipts.push(readReceipt(pdu.body)?.id ?? "");
        respond(0);
      },
    });
    t.after(() => client.stop(0));
    client.start();
    await until("all receipts", () => accepted.size === count && receipts.length >= count, 30_000);
    assert.equal(receipts.length, count);
    assert.deepEqual(new Set(receipts), accepted);
    assert.equal(simulator.listPhones({ limit: 1_000 }).phones.length, 500);
    const texts = simulator.phoneMessages("447000000007", { limit: 100 }).map((message) => message.body);
    assert.deepEqual(
      texts,
      Array.from({ length: 10 }, (_, n) => `n ${n * 500 + 7}`),
    );
  });

  it("keeps its phones in a file over a restart", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-carrier-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "phones.jsonl");
    const first = await carrier(t, {}, await openPhoneJournal(path, silentLogger));
    const { session } = await foreignEsme(t, first.port);
    for (let n = 0; n < 20; n += 1) await ask(session, "submit_sm", { ...TEXT, short_message: `kept ${n}` });
    first.simulator.sendFromPhone({ from: "447700900999", to: "15005550199", body: "nobody there" });
    await first.simulator.stop(1_000);
    const second = await carrier(t, {}, await openPhoneJournal(path, silentLogger));
    const bodies = second.simulator.phoneMessages("447700900123", { limit: 100 }).map((message) => message.body);
    assert.deepEqual(
      bodies,
      Array.from({ length: 20 }, (_, n) => `kept ${n}`),
    );
    assert.equal(second.simulator.listPhones({ limit: 10 }).phones.length, 2);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FROM, KeptStore, PHONE, SimulatorWorld, started, turns } from "../../../test/kit/simulator-world.ts";
import { AppError } from "../../kernel/errors.ts";
import type { DeliveryPdu, Outcome } from "../../platform/smpp/index.ts";
import { buildParts, segmentText } from "../../protocols/sms/index.ts";
import { CommandStatus, readReceipt } from "../../protocols/smpp/index.ts";
import type { Pdu } from "../../protocols/smpp/index.ts";

describe("a text to a number", () => {
  it("lands on the phone of that number and is receipted in text and in TLVs", async () => {
    const { world, client } = await started();
    world.submit(client);
    await turns();
    const id = messageId(world.outcomes[0]);
    assert.match(id, /^\d{16}$/);
    const [message] = world.simulator.phoneMessages(`+${PHONE}`, { limit: 10 });
    assert.deepEqual(
      {
        from: message?.from,
        to: message?.to,
        body: message?.body,
        encoding: message?.encoding,
        direction: message?.direction,
        state: message?.state,
        parts: message?.parts.length,
      },
      {
        from: `+${FROM}`,
        to: `+${PHONE}`,
        body: "hello",
        encoding: "GSM-7",
        direction: "received",
        state: "DELIVERED",
        parts: 1,
      },
    );
    assert.equal(world.deliveries.length, 0);
    await world.pass(400);
    const receipt = readReceipt((world.deliveries[0] as Pdu<"deliver_sm">).body);
    assert.equal(receipt?.id, id);
    assert.equal(receipt?.state, "DELIVERED");
    assert.equal(world.deliveries[0]?.body.source_addr, PHONE);
    assert.match(
      (world.deliveries[0] as Pdu<"deliver_sm">).body.short_message.toString(),
      new RegExp(`^id:${id} .* stat:DELIVRD err:000 text:hello$`),
    );
    assert.deepEqual(
      world.events.map((event) => event.type),
      ["bound", "message", "receipt"],
    );
  });

  for (const method of ["udh8", "udh16", "sar", "payload"] as const) {
    it(`of several parts by ${method} is one text again, with its parts, in whatever order they come`, async () => {
      const { world, client } = await started();
      const text = `${"long text € ".repeat(30)}😀 end`;
      const parts = buildParts(segmentText(text, { smartEncoding: false, reference: method === "udh16" ? 16 : 8 }), {
        method,
        reference: 7,
      });
      for (const part of parts.toReversed()) {
        world.submit(client, {
          esm_class: part.esmClassUdhi ? 0x40 : 0,
          data_coding: part.dataCoding,
          short_message: part.shortMessage,
          ...(part.payload === undefined ? {} : { tlvs: { message_payload: part.payload } }),
          ...(part.sar === undefined
            ? {}
            : {
                tlvs: {
                  sar_msg_ref_num: part.sar.reference,
                  sar_total_segments: part.sar.total,
                  sar_segment_seqnum: part.sar.sequence,
                },
              }),
        });
      }
      await turns();
      const messages = world.simulator.phoneMessages(PHONE, { limit: 10 });
      assert.equal(messages.length, 1);
      assert.equal(messages[0]?.body, text);
      assert.equal(messages[0]?.encoding, "UCS-2");
      assert.equal(messages[0]?.parts.length, parts.length);
      assert.equal(messages[0]?.concatenation, method === "udh8" || method === "udh16" ? "udh" : method);
      await world.pass(400);
      assert.equal(world.deliveries.length, parts.length);
    });
  }

  it("whose other parts never come is shown as far as it came, and says so", async () => {
    const { world, client } = await started();
    const [first] = buildParts(segmentText("x".repeat(200), { smartEncoding: false }), {
      method: "udh8",
      reference: 1,
    });
    world.submit(client, { esm_class: 0x40, short_message: first?.shortMessage });
    await turns();
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 1 }).length, 0);
    await world.pass(601_000);
    const [message] = world.simulator.phoneMessages(PHONE, { limit: 1 });
    assert.equal(message?.missingParts, 1);
    assert.equal(message?.body, "x".repeat(153));
  });

  it("has its receipt by registered_delivery: none, any, failures only", async () => {
    const { world, client } = await started();
    world.submit(client, { registered_delivery: 0 });
    world.submit(client, { registered_delivery: 2 });
    world.submit(client, { registered_delivery: 2, destination_addr: "447009990001" });
    await world.pass(400);
    assert.deepEqual(
      world.deliveries.map((pdu) => readReceipt(pdu.body)?.state),
      ["UNDELIVERABLE"],
    );
  });

  it("can be asked about and cancelled until it is final", async () => {
    const { world, client } = await started({ faults: { receiptDelayMs: 1_000 } });
    world.submit(client);
    world.submit(client);
    await turns();
    const [first = "", second = ""] = world.outcomes.map(messageId);
    const states: unknown[] = [];
    const ask = async (id: string): Promise<void> => {
      client.request("query_sm", { message_id: id, source_addr: FROM }, (outcome) =>
        states.push(outcome.kind === "response" && [outcome.status, outcome.body?.message_state]),
      );
      await turns();
    };
    await ask(first);
    let cancelled: Outcome<"cancel_sm"> | undefined;
    client.request(
      "cancel_sm",
      { message_id: second, source_addr: FROM, destination_addr: PHONE },
      (outcome) => (cancelled = outcome),
    );
    await turns();
    assert.equal(cancelled?.kind === "response" && cancelled.status, 0);
    await ask(second);
    await world.pass(1_100);
    await ask(first);
    await ask("12345");
    assert.deepEqual(states, [
      [0, 1],
      [0, 4],
      [0, 2],
      [CommandStatus.ESME_RQUERYFAIL, 0],
    ]);
    assert.deepEqual(
      world.deliveries.map((pdu) => readReceipt(pdu.body)?.state),
      ["DELETED", "DELIVERED"],
    );
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 10 }).length, 1);
  });

  it("may have its id in hex in the response and in decimal in the receipt", async () => {
    const { world, client } = await started({ messageIds: { response: "hex", receipt: "decimal" } });
    world.submit(client);
    await world.pass(400);
    const shown = messageId(world.outcomes[0]);
    assert.match(shown, /^[0-9A-F]+$/);
    assert.equal(
      readReceipt(world.deliveries[0]?.body as Pdu<"deliver_sm">["body"])?.id,
      String(Number.parseInt(shown, 16)),
    );
  });

  it("by data_sm is a text too", async () => {
    const { world, client } = await started();
    let outcome: Outcome<"data_sm"> | undefined;
    const body = { source_addr: FROM, destination_addr: PHONE, tlvs: { message_payload: Buffer.from("data") } };
    client.request("data_sm", body, (heard) => (outcome = heard));
    await turns();
    assert.equal(outcome?.kind === "response" && outcome.status, 0);
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 1 })[0]?.body, "data");
  });
});

describe("a phone that texts", () => {
  it("waits for an application to bind, is delivered in parts that join, and is marked as taken", async () => {
    const world = new SimulatorWorld();
    await world.start();
    const text = "Grüße ".repeat(60).trim();
    const sent = world.simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${FROM}`, body: text });
    assert.equal(sent.state, "queued");
    await world.bind({ bind: "transmitter", systemId: "sender" });
    assert.equal(world.deliveries.length, 0);
    await world.bind({ bind: "receiver" });
    assert.equal(world.deliveries.length, 3);
    assert.ok(world.deliveries.every((pdu) => pdu.body.esm_class === 0x40 && pdu.body.destination_addr === FROM));
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 1 })[0]?.state, "taken");
    assert.equal(world.events.at(-1)?.type, "message-changed");
  });

  it("answers the application that texted it from that number", async () => {
    const world = new SimulatorWorld();
    await world.start();
    const heard: string[] = [];
    const listen = (name: string) => ({
      systemId: name,
      onDeliver: (_pdu: DeliveryPdu, respond: (status: number) => boolean) => void (heard.push(name), respond(0)),
    });
    await world.bind(listen("other"));
    const client = await world.bind(listen("mine"));
    world.submit(client, { registered_delivery: 0 });
    await turns();
    for (let n = 0; n < 3; n += 1) world.simulator.sendFromPhone({ from: PHONE, to: FROM, body: "reply" });
    await turns();
    assert.deepEqual(heard, ["mine", "mine", "mine"]);
  });

  it("answers the application that the number is leased to, when it has not sent from it yet", async () => {
    const { world } = await started({ leases: new Map([["15005550199", "mine"]]) });
    const texted: string[] = [];
    for (const systemId of ["other", "mine"]) {
      await world.bind({
        systemId,
        onDeliver: (_, respond) => {
          texted.push(systemId);
          respond(0);
        },
      });
    }
    world.simulator.sendFromPhone({ from: "+447700900123", to: "+15005550199", body: "first" });
    await turns();
    assert.deepEqual(texted, ["mine"]);
  });

  it("is tried again after a temporary refusal and a broken connection, and given up after a permanent one", async () => {
    const { world, client } = await started();
    world.answer = CommandStatus.ESME_RX_T_APPN;
    const sent = world.simulator.sendFromPhone({ from: PHONE, to: FROM, body: "again" });
    await turns();
    assert.equal(world.deliveries.length, 1);
    world.answer = undefined;
    await world.pass(1_100);
    assert.equal(world.deliveries.length, 2);
    void client.stop(0);
    await world.pass(1_100);
    assert.equal(client.state.name, "stopped");
    world.answer = 0;
    await world.bind();
    await world.pass(5_000);
    assert.equal(world.deliveries.length, 3);
    assert.equal(stateOf(world, sent.id), "taken");
    world.answer = CommandStatus.ESME_RX_P_APPN;
    const refused = world.simulator.sendFromPhone({ from: PHONE, to: FROM, body: "no" });
    await turns();
    assert.equal(stateOf(world, refused.id), "refused");
  });

  it("cannot send nothing, too much, or from what is no number", async () => {
    const world = new SimulatorWorld();
    const refused = (text: { from: string; to: string; body: string }): boolean => {
      try {
        world.simulator.sendFromPhone(text);
        return false;
      } catch (error) {
        return error instanceof AppError && error.code === 20001;
      }
    };
    assert.ok(refused({ from: PHONE, to: FROM, body: "" }));
    assert.ok(refused({ from: PHONE, to: FROM, body: "x".repeat(1_601) }));
    assert.ok(refused({ from: "bob", to: FROM, body: "x" }));
    assert.ok(refused({ from: PHONE, to: "", body: "x" }));
  });
});

describe("a restart", () => {
  it("keeps messages, parts that wait, texts that no application took, and receipts that are owed", async () => {
    const store = new KeptStore();
    const before = await started({ faults: { receiptDelayMs: 10_000 } }, store);
    before.world.submit(before.client);
    const parts = buildParts(segmentText("y".repeat(200), { smartEncoding: false }), { method: "udh8", reference: 3 });
    before.world.submit(before.client, {
      esm_class: 0x40,
      short_message: parts[0]?.shortMessage,
      registered_delivery: 0,
    });
    before.world.answer = undefined;
    await turns();
    before.world.simulator.sendFromPhone({ from: PHONE, to: FROM, body: "waiting" });
    await turns();
    const id = messageId(before.world.outcomes[0]);

    const { world, client } = await started({}, store);
    assert.deepEqual(world.story, ["text"]);
    await world.pass(11_000);
    assert.deepEqual(world.story, ["text", "receipt"]);
    assert.equal(readReceipt(world.deliveries[1]?.body as Pdu<"deliver_sm">["body"])?.id, id);
    world.submit(client, { esm_class: 0x40, short_message: parts[1]?.shortMessage, registered_delivery: 0 });
    await turns();
    const bodies = world.simulator.phoneMessages(PHONE, { limit: 10 }).map((message) => message.body);
    assert.deepEqual(bodies, ["hello", "waiting", "y".repeat(200)]);

    const again = await started({}, store);
    await again.world.pass(20_000);
    assert.deepEqual(again.world.story, []);
  });

  it("survives entries that are damaged or of another version", async () => {
    const store = new KeptStore();
    store.entries = [
      {},
      { kind: "message" },
      { kind: "part", part: {} },
      { kind: "owed" },
      { kind: "future" },
      null,
      7,
      { kind: "state" },
    ];
    const { world } = await started({}, store);
    assert.deepEqual(world.simulator.listPhones({ limit: 10 }), { phones: [] });
  });

  it("is bounded: the store is compacted to what is still needed", async () => {
    const store = new KeptStore();
    const { world, client } = await started({ phones: { maxMessagesPerPhone: 5 } }, store);
    for (let round = 0; round < 105; round += 1) {
      for (let n = 0; n < 100; n += 1) world.submit(client, { registered_delivery: 0 });
      await turns(4);
    }
    assert.equal(world.outcomes.length, 10_500);
    assert.ok(store.entries.length < 1_000, `${store.entries.length} entries`);
  });
});

describe("the list of phones", () => {
  it("has the latest first and pages without gaps while messages arrive", async () => {
    const { world, client } = await started();
    const numbers = Array.from({ length: 7 }, (_, n) => `44770090010${n}`);
    for (const number of numbers) world.submit(client, { destination_addr: number, registered_delivery: 0 });
    await turns();
    const first = world.simulator.listPhones({ limit: 3 });
    world.submit(client, { destination_addr: numbers[6], registered_delivery: 0 });
    await turns();
    const second = world.simulator.listPhones({
      limit: 3,
      ...(first.nextCursor === undefined ? {} : { cursor: first.nextCursor }),
    });
    const third = world.simulator.listPhones({ limit: 3, cursor: second.nextCursor ?? "" });
    const seen = [...first.phones, ...second.phones, ...third.phones].map((phone) => phone.number);
    assert.deepEqual(seen, numbers.map((number) => `+${number}`).reverse());
    assert.equal(third.nextCursor, undefined);
  });

  it("drops the phones that were idle longest beyond its bounds", async () => {
    const { world, client } = await started({ phones: { maxPhones: 3, maxMessages: 5 } });
    for (const n of [1, 2, 3, 1, 4, 4, 4, 4])
      world.submit(client, { destination_addr: `44770090010${n}`, registered_delivery: 0 });
    await turns();
    const counts = world.simulator
      .listPhones({ limit: 10 })
      .phones.map((phone) => [phone.number.slice(-1), phone.messageCount]);
    assert.deepEqual(counts, [
      ["4", 4],
      ["1", 1],
    ]);
  });
});

it("refuses unknown applications and wrong passwords when told who may bind", async () => {
  const world = new SimulatorWorld({ credentials: [{ systemId: "app", password: "right" }] });
  await world.start();
  const wrong = await world.bind({ password: "wrong" });
  const unknown = await world.bind({ systemId: "nobody" });
  await world.pass(1_100);
  const statuses = [wrong, unknown].map(
    ({ state }) => state.name === "waiting" && state.cause.kind === "bind-refused" && state.cause.status,
  );
  assert.deepEqual(statuses, [CommandStatus.ESME_RINVPASWD, CommandStatus.ESME_RINVSYSID]);
  assert.equal((await world.bind({ password: "right" })).state.name, "bound");
});

function messageId(outcome: Outcome<"submit_sm"> | undefined): string {
  return outcome?.kind === "response" ? (outcome.body?.message_id ?? "") : "";
}

function stateOf(world: SimulatorWorld, id: string): string | undefined {
  return world.simulator.phoneMessages(PHONE, { limit: 100 }).find((message) => message.id === id)?.state;
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE, SimulatorWorld, started, turns } from "../../../test/kit/simulator-world.ts";
import { AppError } from "../../kernel/errors.ts";
import { CommandStatus, readReceipt } from "../../protocols/smpp/index.ts";

describe("faults", () => {
  it("refuse a share of the messages with a status, the same ones for the same seed", async () => {
    const runs: (number | string)[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const { world, client } = await started({ faults: { seed: 5, errors: [{ status: 0x58, share: 0.3 }] } });
      for (let n = 0; n < 100; n += 1) world.submit(client, { registered_delivery: 0 });
      await turns();
      runs.push(world.statuses());
    }
    const refused = runs[0]?.filter((status) => status === 0x58).length ?? 0;
    assert.ok(refused > 15 && refused < 45, `${refused} of 100`);
    assert.deepEqual(runs[0], runs[1]);
  });

  it("delay responses and receipts", async () => {
    const { world, client } = await started();
    world.simulator.setFaults({ responseDelayMs: 2_000, receiptDelayMs: 3_000 });
    world.submit(client);
    await world.pass(1_900);
    assert.deepEqual(world.story, []);
    await world.pass(200);
    assert.deepEqual(world.story, ["response"]);
    await world.pass(1_000);
    assert.deepEqual(world.story, ["response", "receipt"]);
  });

  it("lose receipts, double them, and send them before the response", async () => {
    const { world, client } = await started({ faults: { lostReceiptShare: 1 } });
    world.submit(client);
    await world.pass(1_000);
    assert.deepEqual(world.story, ["response"]);
    world.simulator.setFaults({ lostReceiptShare: 0, duplicateReceiptShare: 1, earlyReceiptShare: 1 });
    world.submit(client);
    await world.pass(1_000);
    assert.deepEqual(world.story, ["response", "receipt", "receipt", "response"]);
  });

  it("throttle a bind above its rate", async () => {
    const { world, client } = await started({ faults: { throttlePerSecond: 10 } });
    for (let n = 0; n < 15; n += 1) world.submit(client);
    await world.pass(1_000);
    for (let n = 0; n < 3; n += 1) world.submit(client);
    await turns();
    const throttled = world.statuses().map((status) => status === CommandStatus.ESME_RTHROTTLED);
    assert.deepEqual(throttled, [
      ...Array<boolean>(10).fill(false),
      ...Array<boolean>(5).fill(true),
      false,
      false,
      false,
    ]);
  });

  for (const [name, faults] of Object.entries({
    "before the response": { disconnectAfter: 3 },
    "within the response": { midPduShare: 1 },
  })) {
    it(`break the connection ${name}, which leaves the message unknown and on the phone`, async () => {
      const { world, client } = await started({ faults });
      for (let n = 0; n < 3; n += 1) world.submit(client, { registered_delivery: 0 });
      await world.pass(1_200);
      assert.equal(world.statuses().at(-1), "unknown");
      assert.ok(world.simulator.phoneMessages(PHONE, { limit: 10 }).length >= 1);
      world.simulator.setFaults({ disconnectAfter: 0, midPduShare: 0 });
      await world.pass(5_000);
      assert.equal(client.state.name, "bound");
    });
  }

  it("leave messages without a response, taken or not", async () => {
    const { world, client } = await started({ faults: { noResponseShare: 1 } });
    world.submit(client, { registered_delivery: 0 });
    await turns();
    world.simulator.setFaults({ noResponseShare: 0, swallowShare: 1 });
    world.submit(client, { registered_delivery: 0 });
    await world.pass(5_100);
    assert.deepEqual(world.outcomes, [
      { kind: "unknown", reason: "timeout" },
      { kind: "unknown", reason: "timeout" },
    ]);
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 10 }).length, 1);
  });

  it("stop reading and read again", async () => {
    const { world, client } = await started();
    world.simulator.setFaults({ stopReading: true });
    world.submit(client, { registered_delivery: 0 });
    await turns();
    assert.deepEqual(world.statuses(), []);
    world.simulator.setFaults({ stopReading: false });
    await turns();
    assert.deepEqual(world.statuses(), [0]);
  });

  it("draw final states by share, and by the number that a text goes to", async () => {
    const { world, client } = await started({ faults: { receiptStates: [{ state: "EXPIRED", share: 1 }] } });
    world.submit(client);
    world.submit(client, { destination_addr: "447009990003" });
    world.submit(client, { destination_addr: "447009990011" });
    await world.pass(400);
    assert.deepEqual(world.statuses(), [0, 0, CommandStatus.ESME_RINVDSTADR]);
    assert.deepEqual(
      world.deliveries.map((pdu) => readReceipt(pdu.body)?.state),
      ["EXPIRED", "REJECTED"],
    );
  });

  it("are refused when they do not exist or make no sense, and then nothing changes", () => {
    const { simulator } = new SimulatorWorld();
    const before = simulator.getFaults();
    for (const change of [
      { nonsense: 1 },
      { responseDelayMs: -1 },
      { lostReceiptShare: 2 },
      { errors: [{ status: 0, share: 0.1 }] },
      { receiptStates: [{ state: "LOST", share: 1 }] },
      {
        errors: [
          { status: 8, share: 0.6 },
          { status: 9, share: 0.6 },
        ],
      },
      { toString: 1 },
    ]) {
      assert.throws(() => simulator.setFaults(change), AppError, JSON.stringify(change));
    }
    assert.deepEqual(simulator.getFaults(), before);
  });
});

describe("further faults", () => {
  it("let responses overtake each other, and lose none", async () => {
    const { world, client } = await started({ faults: { seed: 3, reorderShare: 0.4 } });
    const answered: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const body = { source_addr: "1", destination_addr: PHONE, short_message: Buffer.from("hello") };
      client.send(body, () => answered.push(n));
    }
    await turns();
    await world.pass(200);
    assert.equal(answered.length, 40);
    assert.notDeepEqual(
      answered,
      answered.toSorted((a, b) => a - b),
    );
  });

  it("name ids in receipts that nobody was given", async () => {
    const { world, client } = await started({ faults: { wrongIdShare: 1 } });
    world.submit(client);
    await world.pass(400);
    const [outcome] = world.outcomes;
    const id = outcome?.kind === "response" ? outcome.body?.message_id : undefined;
    const [delivery] = world.deliveries;
    const named = delivery === undefined ? undefined : readReceipt(delivery.body)?.id;
    assert.ok(named !== undefined && named !== id);
  });

  it("swallow everything after the bind like a black hole, and let go of it again", async () => {
    const { world, client } = await started({ faults: { blackHole: true } });
    assert.equal(client.state.name, "bound");
    world.submit(client);
    await world.pass(5_100);
    assert.deepEqual(world.statuses(), ["unknown"]);
    world.simulator.setFaults({ blackHole: false });
    world.submit(client);
    await turns();
    assert.deepEqual(world.statuses(), ["unknown", 0]);
  });

  it("write ids with leading zeros, and know them again", async () => {
    const { world, client } = await started({ messageIds: { response: "padded-hex", receipt: "padded-decimal" } });
    world.submit(client);
    await world.pass(400);
    const [outcome] = world.outcomes;
    const id = outcome?.kind === "response" ? (outcome.body?.message_id ?? "") : "";
    assert.match(id, /^0{5,}[0-9A-F]+$/);
    const [delivery] = world.deliveries;
    const named = delivery === undefined ? "" : (readReceipt(delivery.body)?.id ?? "");
    assert.match(named, /^0{3,}[0-9]+$/);
    assert.equal(Number.parseInt(id, 16), Number(named));
    let state: number | undefined;
    client.request("query_sm", { message_id: id }, (answer) => {
      if (answer.kind === "response") state = answer.body?.message_state;
    });
    await turns();
    assert.equal(state, 2);
  });
});

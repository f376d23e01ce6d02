import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FROM, PHONE, started, turns } from "../../../test/kit/simulator-world.ts";
import type { Outcome, RequestName, SmppClient } from "../../platform/smpp/index.ts";
import { CommandStatus, InterfaceVersion, readReceipt } from "../../protocols/smpp/index.ts";
import type { PduBodyInput } from "../../protocols/smpp/index.ts";

const SLOW = { faults: { receiptDelayMs: 1_000 } };

async function ask<C extends RequestName>(client: SmppClient, command: C, body: PduBodyInput[C]) {
  const heard: Outcome<C>[] = [];
  client.request(command, body, (outcome) => heard.push(outcome));
  await turns();
  const [outcome] = heard;
  assert.ok(outcome?.kind === "response");
  return outcome;
}

describe("submit_multi", () => {
  const to = (destination_addr: string) =>
    ({ dest_flag: 1, dest_addr_ton: 1, dest_addr_npi: 1, destination_addr }) as const;

  it("lands on every phone under one id, with a receipt for each, and tells who could not be reached", async () => {
    const { world, client } = await started();
    const list = { dest_flag: 2, dl_name: "friends" } as const;
    const response = await ask(client, "submit_multi", {
      source_addr: FROM,
      dest_address: [to("447700900001"), to("447009990011"), list, to("447700900002")],
      registered_delivery: 1,
      short_message: Buffer.from("to all"),
    });
    assert.equal(response.status, 0);
    assert.deepEqual(
      response.body?.unsuccess_sme.map((one) => [one.destination_addr, one.error_status_code]),
      [
        ["447009990011", CommandStatus.ESME_RINVDSTADR],
        ["friends", CommandStatus.ESME_RINVDLNAME],
      ],
    );
    for (const phone of ["447700900001", "447700900002"])
      assert.equal(world.simulator.phoneMessages(phone, { limit: 1 })[0]?.body, "to all");
    await world.pass(400);
    assert.deepEqual(
      world.deliveries.map((pdu) => [pdu.body.source_addr, readReceipt(pdu.body)?.id]),
      [
        ["447700900001", response.body?.message_id],
        ["447700900002", response.body?.message_id],
      ],
    );
  });

  it("is refused where nobody can be reached", async () => {
    const { client } = await started();
    const response = await ask(client, "submit_multi", { source_addr: FROM, dest_address: [to("447009990011")] });
    assert.equal(response.status, CommandStatus.ESME_RSUBMITFAIL);
    assert.equal(response.body?.unsuccess_sme.length, 1);
  });
});

describe("replace_sm and cancel_sm", () => {
  it("put another text in place while the message is not final", async () => {
    const { world, client } = await started(SLOW);
    world.submit(client);
    await turns();
    const [outcome] = world.outcomes;
    const message_id = outcome?.kind === "response" ? (outcome.body?.message_id ?? "") : "";
    const short_message = Buffer.from("other text");
    const wrong = await ask(client, "replace_sm", { message_id, source_addr: "999999999", short_message });
    assert.equal(wrong.status, CommandStatus.ESME_RREPLACEFAIL);
    const right = await ask(client, "replace_sm", { message_id, source_addr: FROM, short_message });
    assert.equal(right.status, 0);
    assert.deepEqual(
      world.simulator.phoneMessages(PHONE, { limit: 10 }).map((message) => message.body),
      ["other text"],
    );
    await world.pass(1_100);
    const late = await ask(client, "replace_sm", { message_id, source_addr: FROM, short_message });
    assert.equal(late.status, CommandStatus.ESME_RREPLACEFAIL);
  });

  it("cancel everything from one number to another where no id is named, and nothing of other applications", async () => {
    const { world, client } = await started(SLOW);
    const other = await world.bind({ systemId: "other" });
    world.submit(client);
    world.submit(client);
    world.submit(client, { service_type: "VMN" });
    world.submit(other);
    await turns();
    const body = { source_addr: FROM, destination_addr: PHONE };
    assert.equal((await ask(client, "cancel_sm", body)).status, 0);
    assert.equal((await ask(client, "cancel_sm", body)).status, CommandStatus.ESME_RCANCELFAIL);
    assert.equal(world.simulator.phoneMessages(PHONE, { limit: 10 }).length, 2);
  });
});

it("an application that asks for SMPP 5.0 gets it", async () => {
  const { world } = await started();
  const client = await world.bind({ interfaceVersion: InterfaceVersion.V5_0 });
  assert.ok(client.state.name === "bound" && client.state.interfaceVersion === InterfaceVersion.V5_0);
});

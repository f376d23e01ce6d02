import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { AppError, callerError } from "../../kernel/errors.ts";
import { CommandStatus, MessageState } from "../../protocols/smpp/index.ts";
import { buildUdh, concatElement } from "../../protocols/sms/index.ts";
import { EsmeWorld, PASSWORD, SYSTEM_ID, idOf, receiptsOf, submission } from "../../../test/kit/esme-world.ts";
import { neighboursOf, samplePrices, SampleRules, SampleWallet } from "../../../test/kit/message-neighbours.ts";
import { ACCOUNT, PHONE } from "../../../test/kit/messaging-world.ts";

async function started(t: TestContext, ...options: Parameters<typeof EsmeWorld.start>): Promise<EsmeWorld> {
  const world = await EsmeWorld.start(...options);
  t.after(() => world.close());
  return world;
}

function part(reference: number, total: number, sequence: number, text: string) {
  const header = buildUdh([concatElement({ reference, total, sequence }, 8)]);
  return { esm_class: 0x40, short_message: Buffer.concat([header, Buffer.from(text)]) };
}

describe("a submission", () => {
  it("is a message of the account, durable before its response, and tells its end by a receipt", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const sid = await world.submit(customer, { short_message: Buffer.from("hello"), priority_flag: 3 });
    assert.match(String(sid), /^SM[0-9a-f]{32}$/);
    const message = world.messaging.message(String(sid));
    assert.deepEqual(
      [message.accountSid, message.to, message.body, message.trafficClass, message.direction],
      [ACCOUNT, PHONE, "hello", "urgent", "outbound-api"],
    );
    const { id } = world.messaging.carrier.answer() as { id: string };
    await world.settle();
    assert.equal(customer.deliveries.length, 0);
    await world.messaging.carrier.receipt({ id });
    await world.settle();
    assert.deepEqual(receiptsOf(customer), [{ id: sid, state: "DELIVERED" }]);
    assert.equal(world.esme.status().waiting, 0);
  });

  it("is refused by the same rules as by the REST API", async (t) => {
    const world = await started(t, { neighbours: () => neighboursOf({ rules: new SampleRules() }) });
    const customer = await world.bind();
    assert.equal(await world.submit(customer, { source_addr: "15005559999" }), CommandStatus.ESME_RINVSRCADR);
    assert.equal(await world.submit(customer, { destination_addr: "12" }), CommandStatus.ESME_RINVDSTADR);
    assert.equal(await world.submit(customer, { short_message: Buffer.alloc(0) }), CommandStatus.ESME_RINVMSGLEN);
    assert.equal(await world.submit(customer, { data_coding: 4 }), CommandStatus.ESME_RSUBMITFAIL);
    await world.messaging.carrier.text({ text: "STOP" });
    assert.equal(await world.submit(customer), CommandStatus.ESME_RSUBMITFAIL);
    assert.deepEqual(
      world.messaging.carrier.submissions.map(({ text }) => text),
      ["You are unsubscribed."],
    );
    assert.equal(world.esme.status().sessions[0]?.refused, 5);
  });

  it("needs credit, and what could not be made durable gives it back", async (t) => {
    const wallet = new SampleWallet(15_000);
    const world = await started(t, { neighbours: () => neighboursOf({ wallet, prices: samplePrices() }) });
    const customer = await world.bind();
    assert.match(String(await world.submit(customer)), /^SM/);
    assert.equal(await world.submit(customer), CommandStatus.ESME_RSERTYPDENIED);
    assert.equal(wallet.setAsideMicros, 10_500);
  });

  it("that a rule refuses as the message's fault is refused at once", async (t) => {
    const error = new AppError(callerError(30034, 400, "not registered"));
    const rules = new SampleRules({ check: () => ({ kind: "refuse", error, rule: "a2p" }) });
    const world = await started(t, { neighbours: () => neighboursOf({ rules }) });
    assert.equal(await world.submit(await world.bind()), CommandStatus.ESME_RINVSRCADR);
  });

  it("asks for receipts of failures alone, of every step, or for none", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const ids: string[] = [];
    for (const registered_delivery of [0, 2, 0x11]) {
      ids.push(
        String(
          await world.submit(customer, { registered_delivery, short_message: Buffer.from(`${registered_delivery}`) }),
        ),
      );
      const { id } = world.messaging.carrier.answer() as { id: string };
      await world.settle();
      await world.messaging.carrier.receipt({ id });
      await world.settle();
    }
    assert.deepEqual(receiptsOf(customer), [
      { id: ids[2], state: "ENROUTE" },
      { id: ids[2], state: "DELIVERED" },
    ]);
    const failing = await world.submit(customer, { registered_delivery: 2 });
    world.messaging.carrier.refuse("permanent", 30007);
    await world.settle();
    assert.deepEqual(receiptsOf(customer).at(-1), { id: failing, state: "REJECTED", errorCode: "30007" });
  });

  it("goes no faster than its window and rate", async (t) => {
    const world = await started(t);
    world.changeCredential({ messages_per_second: 2 });
    await world.advance(15_000);
    const customer = await world.bind();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => world.request(customer, "submit_sm", submission())),
    );
    const statuses = outcomes.map((outcome) => (outcome?.kind === "response" ? outcome.status : -1));
    assert.deepEqual(statuses, [
      0,
      0,
      CommandStatus.ESME_RTHROTTLED,
      CommandStatus.ESME_RTHROTTLED,
      CommandStatus.ESME_RTHROTTLED,
    ]);
    await world.advance(500);
    assert.equal(typeof (await world.submit(customer)), "string");
    world.changeCredential({ messages_per_second: 1_000, request_window: 2 });
    await world.advance(15_000);
    const windowed = await Promise.all(
      Array.from({ length: 4 }, () => world.request(customer, "submit_sm", submission())),
    );
    assert.deepEqual(
      windowed.map((outcome) => (outcome?.kind === "response" ? outcome.status : -1)),
      [0, 0, CommandStatus.ESME_RTHROTTLED, CommandStatus.ESME_RTHROTTLED],
    );
  });
});

describe("a long message", () => {
  it("is joined from its parts, each with an id and a receipt of its own", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const second = await world.submit(customer, part(9, 3, 2, "two "));
    assert.equal(world.messaging.state.messages.size, 0);
    const [third, first] = await Promise.all([
      world.request(customer, "submit_sm", submission(part(9, 3, 3, "three"))),
      world.request(customer, "submit_sm", submission({ ...part(9, 3, 1, "one "), registered_delivery: 0 })),
    ]);
    const sid = String(second).slice(0, 34);
    assert.deepEqual([idOf(first), second, idOf(third)], [`${sid}-1`, `${sid}-2`, `${sid}-3`]);
    assert.equal(world.messaging.message(sid).body, "one two three");
    assert.equal(world.esme.status().openParts, 0);
    const { id } = world.messaging.carrier.answer() as { id: string };
    await world.settle();
    await world.messaging.carrier.receipt({ id });
    await world.settle();
    assert.deepEqual(
      receiptsOf(customer).map((receipt) => receipt.id),
      [`${sid}-2`, `${sid}-3`],
    );
  });

  it("survives a power cut between its parts", async (t) => {
    const world = await started(t);
    const before = await world.bind();
    const first = await world.submit(before, part(1, 2, 1, "one "));
    await world.restart(true);
    const after = await world.bind();
    assert.equal(world.esme.status().openParts, 1);
    const last = await world.submit(after, part(1, 2, 2, "two"));
    assert.equal(String(first).slice(0, 34), String(last).slice(0, 34));
    assert.equal(world.messaging.message(String(last).slice(0, 34)).body, "one two");
    await world.restart(true);
    assert.equal(world.esme.status().openParts, 0);
  });

  it("is given up after ten minutes, with failed receipts for what had come", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const first = await world.submit(customer, part(1, 2, 1, "one "));
    await world.advance(9 * 60_000);
    assert.equal(customer.deliveries.length, 0);
    await world.advance(70_000);
    assert.deepEqual(receiptsOf(customer), [{ id: first, state: "UNDELIVERABLE", errorCode: "30009" }]);
    assert.equal(world.esme.status().openParts, 0);
  });
});

describe("submit_multi", () => {
  it("sends to each destination under one id, and names those that were refused", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const to = (destination_addr: string) => ({
      dest_flag: 1 as const,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr,
    });
    const { dest_addr_ton: _ton, dest_addr_npi: _npi, destination_addr: _to, ...shared } = submission();
    const outcome = await world.request(customer, "submit_multi", {
      ...shared,
      dest_address: [to("447700900123"), to("12"), to("447700900124")],
    });
    assert.ok(outcome?.kind === "response" && outcome.status === 0);
    const { message_id: id, unsuccess_sme: failed } = outcome.body as { message_id: string; unsuccess_sme: unknown[] };
    assert.match(id, /^SM[0-9a-f]{30}00x2$/);
    assert.deepEqual(failed, [
      { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: "12", error_status_code: CommandStatus.ESME_RINVDSTADR },
    ]);
    assert.equal(world.messaging.carrier.submissions.length, 2);
    for (const place of [1, 2]) {
      const { id: carrierId } = world.messaging.carrier.answer() as { id: string };
      await world.settle();
      await world.messaging.carrier.receipt({ id: carrierId, to: `44770090012${place + 2}` });
      await world.settle();
      const query = await world.request(customer, "query_sm", { message_id: id });
      const state = (query as { body: { message_state: number } }).body.message_state;
      assert.equal(state, place === 1 ? MessageState.ENROUTE : MessageState.DELIVERED);
    }
    assert.deepEqual(
      customer.deliveries.map(({ body }) => body.source_addr),
      ["447700900123", "447700900124"],
    );
    assert.deepEqual(
      receiptsOf(customer).map((receipt) => receipt.id),
      [id, id],
    );
  });
});

describe("query, cancel and replace", () => {
  it("tell of a message and change it while it waits", async (t) => {
    const world = await started(t);
    world.messaging.carrier.goDown();
    const customer = await world.bind();
    const sid = String(await world.submit(customer));
    const query = async () => {
      const outcome = await world.request(customer, "query_sm", { message_id: sid });
      assert.ok(outcome?.kind === "response");
      return outcome.status === 0 ? (outcome.body as { message_state: number }).message_state : -outcome.status;
    };
    const status = (outcome: Awaited<ReturnType<typeof world.request>>) =>
      outcome?.kind === "response" ? outcome.status : undefined;
    assert.equal(await query(), MessageState.ENROUTE);
    const replacement = { message_id: sid, registered_delivery: 1, short_message: Buffer.from("better") };
    assert.equal(status(await world.request(customer, "replace_sm", replacement)), 0);
    assert.equal(world.messaging.message(sid).body, "better");
    assert.equal(
      status(
        await world.request(customer, "cancel_sm", { message_id: sid, source_addr: "15005559999", source_addr_ton: 1 }),
      ),
      CommandStatus.ESME_RINVMSGID,
    );
    assert.equal(status(await world.request(customer, "cancel_sm", { message_id: sid })), 0);
    assert.equal(await query(), MessageState.DELETED);
    assert.deepEqual(receiptsOf(customer), [{ id: sid, state: "DELETED" }]);
    assert.equal(
      status(await world.request(customer, "cancel_sm", { message_id: sid })),
      CommandStatus.ESME_RCANCELFAIL,
    );
    assert.equal(status(await world.request(customer, "replace_sm", replacement)), CommandStatus.ESME_RREPLACEFAIL);
    assert.equal(status(await world.request(customer, "query_sm", { message_id: "1" })), CommandStatus.ESME_RINVMSGID);
  });

  it("know parts that wait for their message", async (t) => {
    const world = await started(t);
    const customer = await world.bind();
    const first = String(await world.submit(customer, part(1, 2, 1, "one ")));
    const outcome = await world.request(customer, "query_sm", { message_id: first });
    assert.equal((outcome as { body: { message_state: number } }).body.message_state, MessageState.ENROUTE);
  });
});

describe("a bind", () => {
  it("wants the right password, and takes as long to refuse whatever is wrong", async (t) => {
    const world = await started(t);
    for (const [options, status] of [
      [{ password: "wrong" }, CommandStatus.ESME_RINVPASWD],
      [{ systemId: "nobody" }, CommandStatus.ESME_RINVPASWD],
      [{ systemId: "" }, CommandStatus.ESME_RINVSYSID],
    ] as const) {
      const customer = await world.bind(options);
      await world.advance(900);
      assert.equal(customer.refusedWith, undefined, "not before a second");
      await world.advance(150);
      assert.equal(customer.refusedWith, status);
      await world.leave(customer);
    }
  });

  it("is limited in number, by address, and to active accounts", async (t) => {
    const world = await started(t);
    const refusal = async (): Promise<number | undefined> => {
      const customer = await world.bind();
      await world.advance(1_100);
      const status = customer.refusedWith;
      if (status !== undefined) await world.leave(customer);
      return status;
    };
    assert.deepEqual([await refusal(), await refusal(), await refusal()], [undefined, undefined, undefined]);
    assert.equal(await refusal(), CommandStatus.ESME_RALYBND);
    assert.equal(world.esme.status().sessions.length, 3);
    world.changeCredential({ max_binds: 10, allowed_cidrs: ["192.0.2.0/24"] });
    await world.advance(15_000);
    assert.equal(await refusal(), CommandStatus.ESME_RBINDFAIL);
    world.accountStatus = "suspended";
    await world.advance(20_000);
    assert.equal(world.esme.status().sessions.length, 0, "sessions of a suspended account are unbound");
  });

  it("is unbound when its credential gets another password or is deleted", async (t) => {
    const world = await started(t);
    await world.bind();
    assert.equal(world.esme.status().sessions.length, 1);
    world.changeCredential({ digest: "other" });
    await world.advance(20_000);
    assert.equal(world.esme.status().sessions.length, 0);
  });

  it("is refused unheard after many failures, but not where it bound before", async (t) => {
    const world = await started(t);
    const good = await world.bind();
    await world.leave(good);
    for (let n = 0; n < 12; n += 1) {
      const guess = await world.bind({ password: `guess${n}` });
      await world.advance(1_100);
      await world.leave(guess);
    }
    const stranger = await world.bind({ systemId: "nobody", password: PASSWORD });
    await world.advance(1_100);
    assert.equal(stranger.refusedWith, CommandStatus.ESME_RBINDFAIL);
    await world.leave(stranger);
    const again = await world.bind({ systemId: SYSTEM_ID });
    assert.equal(again.states.at(-1), "bound");
  });
});

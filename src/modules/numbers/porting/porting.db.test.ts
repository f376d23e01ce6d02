import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CHILD, configured, PARENT, startProgram, STRANGER, type Program } from "../sample-numbers.test.ts";

const refusal = ({ status, json }: { status: number; json: { code: number } }) => [status, json.code];
const STEP_MS = 5_000;
const PORT_IN = "/v1/Porting/PortIn";

const body = (numbers: readonly (string | { phone_number: string; pin: string })[], more: object = {}) => ({
  account_sid: CHILD,
  documents: [`RD${"1".repeat(32)}`],
  phone_numbers: numbers.map((number) => (typeof number === "string" ? { phone_number: number } : number)),
  losing_carrier_information: {
    customer_name: "Ada",
    customer_type: "Business",
    authorized_representative: "Ada L",
    authorized_representative_email: "ada@example.com",
    address: { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "USA" },
  },
  ...more,
});

describe("ports", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
    await program.module.syncInventory({ numbers: [configured("+12125550100")], ownerSid: PARENT });
    await program.postJson(PARENT, "/v1/Porting/Configuration/Webhook", {
      port_in_target_url: "https://example.com/in",
      port_out_target_url: "https://example.com/out",
    });
  });
  after(() => program.stop());

  const ask = (content: object) => program.postJson(PARENT, PORT_IN, content);
  const fetch = async (sid: string) => (await program.get(PARENT, `${PORT_IN}/${sid}`)).json;
  const pass = async (steps: number) => {
    for (let step = 0; step < steps; step += 1) {
      program.clock.advance(STEP_MS);
      await program.module.runPorts();
    }
  };
  const events = () => program.webhooks.splice(0).map(({ params }) => params[0]?.[1]);

  it("bring a number in, step by step, and tell of each", async () => {
    const asked = await ask(body(["+13125550001"]));
    assert.equal(asked.status, 202, JSON.stringify(asked.json));
    const { json } = asked;
    assert.match(json.port_in_request_sid, /^KW[0-9a-f]{32}$/);
    assert.equal(json.port_in_request_status, "Waiting for Signature");
    assert.equal(json.phone_numbers[0].port_in_phone_number_status, "waiting-for-signature");
    assert.deepEqual(json.losing_carrier_information.address.city, "Springfield");
    await pass(1);
    assert.equal((await fetch(json.port_in_request_sid)).port_in_request_status, "In progress");
    await pass(2);
    const done = await fetch(json.port_in_request_sid);
    assert.deepEqual(
      [done.port_in_request_status, done.phone_numbers[0].port_in_phone_number_status],
      ["Completed", "completed"],
    );
    assert.equal(program.module.directory.sender(CHILD, "+13125550001")?.kind, "local");
    assert.deepEqual(events(), [
      "PortInPhoneNumberWaitingForSignature",
      "PortInWaitingForSignature",
      "PortInPhoneNumberSubmitted",
      "PortInInProgress",
      "PortInPhoneNumberPending",
      "PortInPhoneNumberCompleted",
      "PortInCompleted",
    ]);
    await program.module.syncInventory({ numbers: [configured("+12125550100")], ownerSid: PARENT });
    assert.equal(program.module.directory.numberBySid(CHILD, "")?.sid, undefined);
    assert.equal(program.module.directory.owned(CHILD).length, 1, "it stays after a start");
  });

  it("end in other ways, by the last digits of the number", async () => {
    const numbers = ["+13125557002", "+13125557003", { phone_number: "+13125557004", pin: "1" }, "+13125557005"];
    const { json } = await ask(body(numbers));
    const states = async () =>
      (await fetch(json.port_in_request_sid)).phone_numbers.map(
        (each: { port_in_phone_number_status: string }) => each.port_in_phone_number_status,
      );
    assert.equal((await states())[0], "not-portable");
    await pass(7);
    assert.deepEqual(await states(), ["not-portable", "rejected", "rejected", "expired"]);
    const done = await fetch(json.port_in_request_sid);
    assert.equal(done.port_in_request_status, "Action Required");
    assert.equal(done.phone_numbers[1].rejection_reason_code, "PIN-MISMATCH");
    assert.equal(done.phone_numbers[0].not_portability_reason_code, 22133);
    events();
  });

  it("are called off while that is possible, whole or number by number", async () => {
    const { json } = await ask(body(["+13125550011", "+13125550012"]));
    const sid = json.port_in_request_sid as string;
    const [first] = json.phone_numbers;
    const path = `${PORT_IN}/${sid}/PhoneNumber/${first.port_in_phone_number_sid}`;
    assert.equal((await program.get(PARENT, path)).json.phone_number, "+13125550011");
    assert.equal((await program.remove(STRANGER, path)).status, 404);
    assert.equal((await program.remove(PARENT, path)).status, 204);
    assert.deepEqual(refusal(await ask(body(["+13125550012"]))), [409, 20409], "it is under way");
    assert.equal((await program.remove(PARENT, `${PORT_IN}/${sid}`)).status, 204);
    assert.equal((await fetch(sid)).port_in_request_status, "Canceled");
    assert.deepEqual(refusal(await program.remove(PARENT, `${PORT_IN}/${sid}`)), [409, 20409]);
    await pass(4);
    assert.equal(program.module.directory.inboundText("+13125550012"), undefined);
    assert.equal((await program.get(STRANGER, `${PORT_IN}/${sid}`)).status, 404);
    assert.equal((await ask(body(["+13125550012"]))).status, 202, "it can be tried again");
  });

  it("are listed, in pages and by state", async () => {
    const list = async (query: string) => (await program.get(PARENT, `${PORT_IN}/PortInRequests?${query}`)).json;
    const all = await list("");
    const sids = all.port_in_requests.map((each: { port_in_request_sid: string }) => each.port_in_request_sid);
    assert.ok(sids.length >= 4);
    const first = await list("Size=2");
    const second = await list(`Size=2&Token=${first.meta.next_token}`);
    const back = await list(`Size=2&Token=${second.meta.previous_token}`);
    assert.deepEqual(
      [first, second].flatMap((page) =>
        page.port_in_requests.map((each: { port_in_request_sid: string }) => each.port_in_request_sid),
      ),
      sids.slice(0, 4),
    );
    assert.deepEqual(back.port_in_requests, first.port_in_requests);
    const completed = await list("PortInRequestStatus=completed");
    assert.deepEqual(
      completed.port_in_requests.map((each: { phone_numbers_ported: number }) => each.phone_numbers_ported),
      [1],
    );
    assert.equal((await program.get(STRANGER, `${PORT_IN}/PortInRequests`)).json.port_in_requests.length, 0);
    assert.deepEqual(refusal(await program.get(PARENT, `${PORT_IN}/PortInRequests?Token=x`)), [400, 20001]);
  });

  it("are refused where the request cannot be right", async () => {
    const refused = async (content: object) => refusal(await ask(content));
    assert.deepEqual(await refused(body([])), [400, 20001]);
    assert.deepEqual(await refused(body(["hello"])), [400, 21421]);
    assert.deepEqual(await refused(body(["+13125550031"], { documents: [] })), [400, 20001]);
    assert.deepEqual(await refused(body(["+13125550031"], { account_sid: STRANGER })), [400, 20001]);
    assert.deepEqual(await refused(body(["+13125550031"], { target_port_in_date: "2025-02-01" })), [400, 20001]);
    assert.deepEqual(await refused(body(["+13125550031"], { losing_carrier_information: {} })), [400, 20001]);
    const withAddress = { ...body([]).losing_carrier_information, address_sid: `AD${"1".repeat(32)}` };
    assert.deepEqual(await refused(body(["+13125550031"], { losing_carrier_information: withAddress })), [400, 22173]);
  });

  it("are possible or not, and a number that is here already is not", async () => {
    const check = async (number: string) =>
      (await program.get(PARENT, `/v1/Porting/Portability/PhoneNumber/${encodeURIComponent(number)}`)).json;
    assert.deepEqual((await check("+12125550100")).not_portable_reason_code, 22131);
    assert.deepEqual((await check("+13125550001")).not_portable_reason_code, 22132, "the subaccount's");
    assert.deepEqual((await check("+13125557001")).not_portable_reason, "UNSUPPORTED");
    const { url: _, ...possible } = await check("+13125550099");
    assert.deepEqual(possible, {
      phone_number: "+13125550099",
      account_sid: null,
      portable: true,
      pin_and_account_number_required: false,
      not_portable_reason: null,
      not_portable_reason_code: null,
      number_type: "LOCAL",
      country: "US",
    });
  });

  it("take a number out at once and for good, as the operator says", async () => {
    await pass(4);
    events();
    const path = "/trunkline/v1/Numbers/+13125550001/PortOut";
    assert.deepEqual(refusal(await program.post(STRANGER, path)), [404, 20404]);
    const left = await program.post(PARENT, path);
    assert.deepEqual([left.status, left.json.account_sid, left.json.still_in_settings], [200, CHILD, false]);
    assert.equal(program.module.directory.inboundText("+13125550001"), undefined);
    assert.deepEqual(refusal(await program.post(PARENT, path)), [404, 20404]);
    await program.module.runPorts();
    assert.deepEqual(events(), ["PortOutPhoneNumberCompleted"]);
    const again = await ask(body(["+13125550001"]));
    assert.equal(again.status, 202);
    await pass(3);
    assert.equal(program.module.directory.sender(CHILD, "+13125550001")?.kind, "local", "it comes back");
  });

  it("are told only as the account wants, and no more when it takes the webhook away", async () => {
    const path = "/v1/Porting/Configuration/Webhook";
    const set = await program.postJson(PARENT, path, {
      port_in_target_url: "https://example.com/in",
      notifications_of: ["PortInCompleted"],
    });
    assert.deepEqual([set.status, set.json.port_out_target_url], [201, null]);
    await pass(4);
    events();
    await ask(body(["+13125550041"]));
    await pass(3);
    assert.deepEqual(events(), ["PortInCompleted"]);
    assert.equal((await program.remove(PARENT, `${path}/PORT_OUT`)).status, 404);
    assert.equal((await program.remove(PARENT, `${path}/PORT_IN`)).status, 204);
    assert.equal((await program.get(PARENT, path)).json.port_in_target_url, null);
    assert.deepEqual(refusal(await program.postJson(PARENT, path, { notifications_of: ["X"] })), [400, 20001]);
  });
});

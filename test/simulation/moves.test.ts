import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HttpResponse } from "../../src/platform/http/index.ts";
import { driveTo, MovesWorld, NUMBER, OPERATOR, textOf, TOKEN, type CellWorld } from "./moves-world.ts";

const PHONE = "+447700900123";
const phone = (n: number): string => `+4477009${String(n).padStart(5, "0")}`;

interface Customer {
  readonly accountSid: string;
  readonly authToken: string;
  readonly subSid: string;
  readonly keySid: string;
  readonly keySecret: string;
}

const json = (response: HttpResponse): Record<string, string> => JSON.parse(textOf(response)) as Record<string, string>;

/** A main account with a subaccount, a key and a number, made in a cell. */
async function makeCustomer(world: MovesWorld, cell: CellWorld): Promise<Customer> {
  const { accounts } = cell.alive;
  const main = await accounts.ensureFirstAccount({ accountSid: world.minter.mint("AC"), authToken: "a".repeat(32) });
  const auth = { user: main.accountSid, password: main.authToken };
  const sub = json(await cell.request("POST", "/2010-04-01/Accounts.json", { ...auth, form: { FriendlyName: "sub" } }));
  const key = json(await cell.request("POST", `/2010-04-01/Accounts/${main.accountSid}/Keys.json`, auth));
  const bought = await cell.request("POST", `/2010-04-01/Accounts/${main.accountSid}/IncomingPhoneNumbers.json`, {
    ...auth,
    form: { PhoneNumber: NUMBER, SmsUrl: "" },
  });
  assert.equal(bought.status, 201, textOf(bought));
  for (const sid of [main.accountSid, sub["sid"] ?? "", key["sid"] ?? "", NUMBER]) {
    world.homes.set(sid, { cell: cell.name, epoch: 1 });
  }
  return {
    ...main,
    subSid: sub["sid"] ?? "",
    keySid: key["sid"] ?? "",
    keySecret: key["secret"] ?? "",
  };
}

function send(cell: CellWorld, customer: Customer, form: Record<string, string> = {}, key?: string) {
  return cell.request("POST", `/2010-04-01/Accounts/${customer.accountSid}/Messages.json`, {
    user: customer.accountSid,
    password: customer.authToken,
    form: { To: PHONE, From: NUMBER, Body: "hello", ...form },
    ...(key === undefined ? {} : { key }),
  });
}

describe("an account that moves", () => {
  it("takes its history, keys, numbers and open messages along, and comes back", async () => {
    const world = await MovesWorld.start();
    const [one, two] = [world.cell("messaging-1"), world.cell("messaging-2")];
    const customer = await makeCustomer(world, one);
    one.carrier.script = () => one.carrier.accept();
    const done = json(await send(one, customer, { To: phone(1) }))["sid"] ?? "";
    await world.rest();
    await one.carrier.receipt({ id: "messaging-1-carrier-1", to: phone(1).slice(1) });
    const open = json(await send(one, customer, { To: phone(2) }, "key-2"))["sid"] ?? "";
    await world.rest();
    assert.equal(await one.carrier.text({ text: "STOP", from: phone(3) }), true);
    await world.advance(1_000);

    const move = await world.begin(customer.accountSid, "messaging-2");
    await driveTo(world, "seal");
    const frozen = await send(one, customer);
    assert.equal(frozen.status, 503);
    assert.ok(frozen.headers.includes("Retry-After"));
    const read = `/2010-04-01/Accounts/${customer.accountSid}/Messages/${done}.json`;
    const auth = { user: customer.accountSid, password: customer.authToken };
    assert.equal((await one.request("GET", read, auth)).status, 200, "reads go on");
    assert.equal((await two.request("GET", read, auth)).status, 503, "nothing is answered before the time");

    await driveTo(world, "tail");
    const moved = await one.request("GET", read, auth);
    assert.equal(moved.status, 421);
    assert.equal(moved.headers[moved.headers.indexOf("X-Trunkline-Home") + 1], "messaging-2");
    assert.equal(json(await two.request("GET", read, auth))["status"], "delivered");
    const byKey = { user: customer.keySid, password: customer.keySecret };
    assert.equal((await two.request("GET", read, byKey)).status, 200, "its keys open it");
    const statusOfOpen = async (): Promise<string | undefined> =>
      json(await two.request("GET", read.replace(done, open), auth))["status"];
    assert.equal(await statusOfOpen(), "sent");
    const again = await send(two, customer, { To: phone(2) }, "key-2");
    assert.equal(json(again)["sid"], open, "the other cell knows what was accepted");
    two.carrier.script = () => two.carrier.accept();
    const fresh = json(await send(two, customer, { To: phone(4) }))["sid"] ?? "";

    // A text and a receipt that come to the old cell.
    assert.equal(await one.carrier.text({ text: "for the new one", from: phone(5) }), true);
    await world.advance(100);
    await one.carrier.receipt({ id: "messaging-1-carrier-2", to: phone(2).slice(1) });
    await two.carrier.receipt({ id: "messaging-2-carrier-1", to: phone(4).slice(1) });
    await world.advance(1_000);
    await driveTo(world, undefined);
    assert.equal((await world.find(move.sid))?.["step"], "done");
    assert.equal(await statusOfOpen(), "delivered");
    const list = json(await two.request("GET", read.replace(`/${done}`, ""), auth))["messages"];
    const bodies = (list as unknown as { body: string }[]).map(({ body }) => body);
    assert.deepEqual(bodies.toSorted(), ["STOP", "for the new one", "hello", "hello", "hello"]);

    const family = [customer.accountSid, customer.subSid];
    for (const table of ["accounts", "account_tokens", "api_keys", "messages", "alerts"]) {
      assert.deepEqual(await one.rows(table, family), [], `${table} are gone`);
    }
    const [number] = await one.rows("phone_numbers", family);
    assert.equal(number?.["number"], NUMBER, "the number is not for sale in the old cell");

    // The way back, by the mover's own clock.
    await world.begin(customer.accountSid, "messaging-1");
    world.mover?.start();
    for (let turn = 0; (await world.open()) !== undefined; turn += 1) {
      assert.ok(turn < 200, "it ends");
      await world.advance(500);
    }
    await world.mover?.close();
    assert.equal((await two.request("GET", read, auth)).status, 421);
    assert.equal((await one.request("GET", read, auth)).status, 200);
    assert.equal(json(await one.request("GET", read.replace(done, fresh), auth))["status"], "delivered");
    assert.equal(one.carrier.submissions.length + two.carrier.submissions.length, 3);
    await world.close();
  });

  it("takes a long history along while it is served, with media, SMPP credentials and alerts", async () => {
    const world = await MovesWorld.start(2);
    const [one, two] = [world.cell("messaging-1"), world.cell("messaging-2")];
    const customer = await makeCustomer(world, one);
    const auth = { user: customer.accountSid, password: customer.authToken };
    // Bytes of time before everything else, so that they are history; two accounts take turns.
    await one.postgres.database.query(
      `insert into messages (id, sid, account_sid, direction, from_address, to_address, body, encoding, segments, status,
         created_at, updated_at, provide_feedback, closed)
       select ('019b0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'SM019b0000000070008000' || lpad(to_hex(n), 12, '0'),
         case when n % 3 = 0 then $2 else $1 end, 'outbound-api', $3, '+447700900123', 'old ' || n, 'GSM-7', 1,
         'delivered', now(), now(), false, false from generate_series(1, 25000) as n`,
      [customer.accountSid, customer.subSid, NUMBER],
    );
    await one.postgres.database.query(
      `insert into smpp_credentials values ('EM' || repeat('1', 32), $1, 'customer', '', 'digest', 1, 1, 1, '{10.0.0.0/8}',
         null, true, 'urgent', 'gsm7', 'udh', now(), now())`,
      [customer.accountSid],
    );
    one.carrier.script = () => ({ kind: "refused", verdict: "permanent", errorCode: 30006, status: "NO" });
    const sent = json(await send(one, customer, { MediaUrl: "https://example.org/a.png" }));
    await world.advance(1_000);
    await world.begin(customer.accountSid, "messaging-2");
    await driveTo(world, "freeze");
    assert.equal((await send(one, customer)).status, 201, "it is served while its history is copied");
    const copied = await two.rows("messages", [customer.accountSid, customer.subSid]);
    assert.ok(copied.length >= 25_000);
    // What is deleted meanwhile does not come back.
    const message = `/2010-04-01/Accounts/${customer.accountSid}/Messages/SM019b0000000070008000${"1".padStart(12, "0")}.json`;
    assert.equal((await one.request("DELETE", message, auth)).status, 204);
    await world.advance(1_000);
    await driveTo(world, undefined);
    assert.equal((await two.request("GET", message, auth)).status, 404);
    assert.equal((await two.rows("messages", [customer.accountSid])).length, 16_668);
    assert.equal((await two.rows("messages", [customer.subSid])).length, 8_333);
    assert.equal((await two.rows("smpp_credentials", [customer.accountSid])).length, 1);
    assert.ok((await two.rows("alerts", [customer.accountSid])).length > 0);
    const media = json(await two.request("GET", `${(sent["uri"] ?? "").replace(".json", "")}/Media.json`, auth));
    const [medium] = media["media_list"] as unknown as { uri: string }[];
    const content = await two.request("GET", (medium?.uri ?? "").replace(".json", ""), auth);
    assert.equal(content.status, 200);
    assert.equal((await one.rows("messages", [customer.accountSid, customer.subSid])).length, 0);
    await world.close();
  });

  it("is refused where it cannot be, and rolled back without a trace", async () => {
    const world = await MovesWorld.start();
    const [one, two] = [world.cell("messaging-1"), world.cell("messaging-2")];
    const customer = await makeCustomer(world, one);
    world.homes.set(OPERATOR, { cell: "messaging-1", epoch: 1 });
    await assert.rejects(world.begin(customer.accountSid, "messaging-1"), /at home in messaging-1/);
    await assert.rejects(world.begin(customer.subSid.replace(/.$/, "0"), "messaging-2"), /no main account/);
    const operators = await world.begin(OPERATOR, "messaging-2");
    await driveTo(world, undefined);
    assert.match(String((await world.find(operators.sid))?.["reason"]), /operator/);

    // Somebody has the number there: the rows cannot come out the same.
    const other = { user: OPERATOR, password: TOKEN, form: { PhoneNumber: NUMBER } };
    const taken = await two.request("POST", `/2010-04-01/Accounts/${OPERATOR}/IncomingPhoneNumbers.json`, other);
    assert.equal(taken.status, 201);
    one.carrier.script = () => one.carrier.accept();
    await send(one, customer);
    await world.advance(1_000);
    const before = await one.rows("messages", [customer.accountSid]);
    const move = await world.begin(customer.accountSid, "messaging-2");
    await driveTo(world, undefined);
    const ended = await world.find(move.sid);
    assert.equal(ended?.["step"], "failed");
    assert.match(String(ended?.["reason"]), /phone_numbers/);
    assert.equal((await send(one, customer)).status, 201, "it goes on where it was");
    for (const table of ["accounts", "messages", "api_keys"]) {
      assert.deepEqual(await two.rows(table, [customer.accountSid, customer.subSid]), [], `${table} are gone`);
    }
    assert.equal((await two.rows("phone_numbers", [OPERATOR]))[0]?.["number"], NUMBER, "what is others' stays theirs");
    assert.equal((await one.rows("messages", [customer.accountSid])).length, before.length);
    await world.close();
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RegulatoryBundle } from "./deps.ts";
import { CHILD, configured, PARENT, startProgram, STRANGER, type Program } from "./sample-numbers.test.ts";

const refusal = ({ status, json }: { status: number; json: { code: number } }) => [status, json.code];
const MINUTE_MS = 60_000;

describe("holding and giving back", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
    await program.module.syncInventory({ numbers: [configured("+15005550100")], ownerSid: PARENT });
    const free = Array.from({ length: 25 }, (_, index) => configured(`+1212555${String(1_000 + index)}`));
    await program.module.syncInventory({ numbers: [configured("+15005550100"), ...free] });
  });
  after(() => program.stop());

  const buy = (accountSid: string, PhoneNumber: string) =>
    program.post(accountSid, "IncomingPhoneNumbers", { PhoneNumber });
  const hold = (accountSid: string, PhoneNumber: string) =>
    program.post(accountSid, "/trunkline/v1/NumberHolds", { PhoneNumber });

  it("keeps a held number for its holder, for a minute", async () => {
    const number = "+12125551000";
    const held = await hold(PARENT, number);
    assert.equal(held.status, 201);
    assert.equal(held.json.phone_number, number);
    assert.equal(held.json.date_expires, "2025-01-31T12:01:00Z");
    assert.deepEqual(refusal(await hold(STRANGER, number)), [400, 21422]);
    assert.deepEqual(refusal(await buy(STRANGER, number)), [400, 21422]);
    const shown = await program.get(STRANGER, "AvailablePhoneNumbers/US/Local?Contains=5551000");
    assert.deepEqual(shown.json.available_phone_numbers, []);
    assert.equal((await program.get(PARENT, "/trunkline/v1/NumberHolds")).json.number_holds.length, 1);
    assert.equal((await program.get(STRANGER, `/trunkline/v1/NumberHolds/${held.json.sid}`)).status, 404);
    program.clock.advance(MINUTE_MS);
    assert.equal((await program.get(PARENT, `/trunkline/v1/NumberHolds/${held.json.sid}`)).status, 404);
    assert.equal((await hold(STRANGER, number)).status, 201);
    assert.equal((await buy(STRANGER, number)).status, 201);
  });

  it("lets a number go when its holder says so, and sells it to the holder while held", async () => {
    const held = await hold(PARENT, "+12125551001");
    assert.equal((await program.remove(STRANGER, `/trunkline/v1/NumberHolds/${held.json.sid}`)).status, 404);
    assert.equal((await program.remove(PARENT, `/trunkline/v1/NumberHolds/${held.json.sid}`)).status, 204);
    assert.equal((await buy(STRANGER, "+12125551001")).status, 201);
    await hold(PARENT, "+12125551002");
    assert.equal((await buy(PARENT, "+12125551002")).status, 201);
  });

  it("gives an account 20 holds at a time and no more, however many it asks for at once", async () => {
    const wanted = Array.from({ length: 22 }, (_, index) => `+1212555${String(1_003 + index)}`);
    const answers = await Promise.all(wanted.map((number) => hold(CHILD, number)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 20);
    assert.ok(answers.every(({ status, json }) => status === 201 || json.code === 20429));
    program.clock.advance(MINUTE_MS);
  });

  it("keeps a number that was given back from others for a while, but not from whom it was", async () => {
    const number = "+12125551003";
    const { json } = await buy(PARENT, number);
    await program.remove(PARENT, `IncomingPhoneNumbers/${json.sid}`);
    assert.deepEqual(refusal(await buy(STRANGER, number)), [400, 21422]);
    const again = await buy(PARENT, number);
    assert.equal(again.status, 201, "by mistake, perhaps");
    await program.remove(PARENT, `IncomingPhoneNumbers/${again.json.sid}`);
    program.clock.advance(10 * MINUTE_MS);
    assert.equal((await buy(STRANGER, number)).status, 201);
  });

  it("has no add-ons to assign, and says so", async () => {
    const { json } = await buy(PARENT, "+12125551004");
    const path = `/2010-04-01/Accounts/${PARENT}/IncomingPhoneNumbers/${json.sid}/AssignedAddOns`;
    assert.deepEqual((await program.get(PARENT, `${path}.json`)).json.assigned_add_ons, []);
    const XE = `XE${"0".repeat(32)}`;
    assert.deepEqual(refusal(await program.get(PARENT, `${path}/${XE}.json`)), [404, 20404]);
    assert.deepEqual(refusal(await program.post(PARENT, `${path}.json`, { InstalledAddOnSid: XE })), [404, 20404]);
    const strange = `/2010-04-01/Accounts/${STRANGER}/IncomingPhoneNumbers/${json.sid}/AssignedAddOns.json`;
    assert.equal((await program.get(STRANGER, strange)).status, 404);
  });
});

describe("addresses", () => {
  const bundles = new Map<string, RegulatoryBundle>();
  let program: Program;
  before(async () => {
    program = await startProgram({
      requirements: "enforced",
      bundles: { bundle: (accountSid, sid) => Promise.resolve(accountSid === PARENT ? bundles.get(sid) : undefined) },
    });
    await program.module.syncInventory({ numbers: [configured("+15005550100")], ownerSid: PARENT });
    const german = configured("+493012345678");
    await program.module.syncInventory({ numbers: [configured("+15005550100"), german, configured("+12125550100")] });
  });
  after(() => program.stop());

  const form = {
    CustomerName: "Ada",
    Street: "1 Main St",
    City: "Springfield",
    Region: "illinois",
    PostalCode: "62701",
    IsoCountry: "us",
  };
  const berlin = {
    ...form,
    Street: "Unter den Linden 1",
    City: "Berlin",
    Region: "Berlin",
    PostalCode: "10117",
    IsoCountry: "DE",
  };
  const create = (fields: Record<string, string> = form) => program.post(PARENT, "Addresses", fields);

  it("are written as usual, or refused where that is not wanted or cannot be", async () => {
    const { status, json } = await create();
    assert.equal(status, 201);
    assert.deepEqual(
      { ...json, sid: "", uri: "" },
      {
        account_sid: PARENT,
        city: "Springfield",
        customer_name: "Ada",
        date_created: "Fri, 31 Jan 2025 12:00:00 +0000",
        date_updated: "Fri, 31 Jan 2025 12:00:00 +0000",
        emergency_enabled: false,
        friendly_name: null,
        iso_country: "US",
        postal_code: "62701",
        region: "IL",
        sid: "",
        street: "1 Main St",
        street_secondary: null,
        uri: "",
        validated: true,
        verified: false,
      },
    );
    assert.deepEqual(refusal(await create({ ...form, AutoCorrectAddress: "false" })), [400, 21629]);
    assert.deepEqual(refusal(await create({ ...form, PostalCode: "627" })), [400, 21628]);
    assert.deepEqual(refusal(await create({ ...form, Region: "Nowhere" })), [400, 21628]);
    assert.deepEqual(refusal(await create({ ...form, IsoCountry: "USA" })), [400, 21628]);
    assert.deepEqual(refusal(await create({ ...form, EmergencyEnabled: "true" })), [400, 20422]);
    const london = { ...form, PostalCode: "sw1a1aa", IsoCountry: "GB", Region: "London" };
    assert.equal((await create(london)).json.postal_code, "SW1A 1AA");
  });

  it("are changed, listed and nobody else's", async () => {
    const { sid } = (await create({ ...form, FriendlyName: "home" })).json;
    const path = `Addresses/${sid}`;
    const changed = await program.post(PARENT, path, { City: "Chicago", PostalCode: "60601" });
    assert.deepEqual(
      [changed.json.city, changed.json.postal_code, changed.json.street],
      ["Chicago", "60601", "1 Main St"],
    );
    assert.deepEqual(refusal(await program.post(PARENT, path, { PostalCode: "x" })), [400, 21628]);
    assert.equal((await program.get(PARENT, "Addresses?FriendlyName=home")).json.addresses.length, 1);
    assert.equal((await program.get(PARENT, "Addresses?IsoCountry=gb")).json.addresses.length, 1);
    assert.equal((await program.get(STRANGER, "Addresses")).json.addresses.length, 0);
    for (const answer of [
      await program.get(STRANGER, path),
      await program.post(STRANGER, path, { City: "x" }),
      await program.remove(STRANGER, path),
    ]) {
      assert.deepEqual(refusal(answer), [404, 20404]);
    }
    assert.equal((await program.remove(PARENT, path)).status, 204);
    assert.equal((await program.get(PARENT, path)).status, 404);
  });

  it("must be there, with a bundle, for a number whose country asks for them", async () => {
    const buy = (more: Record<string, string>) =>
      program.post(PARENT, "IncomingPhoneNumbers", { PhoneNumber: "+493012345678", ...more });
    const springfield = (await create()).json.sid as string;
    const AddressSid = (await create(berlin)).json.sid as string;
    const BundleSid = `BU${"1".repeat(32)}`;
    assert.deepEqual(refusal(await buy({ AddressSid })), [400, 21649]);
    assert.deepEqual(refusal(await buy({ AddressSid, BundleSid })), [400, 21651], "it does not exist");
    bundles.set(BundleSid, { status: "in-review", isoCountry: "DE", numberType: "local" });
    assert.deepEqual(refusal(await buy({ AddressSid, BundleSid })), [400, 21651]);
    bundles.set(BundleSid, { status: "twilio-approved", isoCountry: "DE", numberType: "mobile" });
    assert.deepEqual(refusal(await buy({ AddressSid, BundleSid })), [400, 21651]);
    bundles.set(BundleSid, { status: "twilio-approved", isoCountry: "DE", numberType: "local" });
    assert.deepEqual(refusal(await buy({ BundleSid })), [400, 21631]);
    assert.deepEqual(refusal(await buy({ AddressSid: springfield, BundleSid })), [400, 21615]);
    assert.deepEqual(refusal(await buy({ AddressSid: `AD${"9".repeat(32)}`, BundleSid })), [400, 22109]);
    const bought = await buy({ AddressSid, BundleSid });
    assert.equal(bought.status, 201);
    assert.equal(bought.json.address_requirements, "local");
    const dependents = (await program.get(PARENT, `Addresses/${AddressSid}/DependentPhoneNumbers`)).json;
    assert.deepEqual(
      dependents.dependent_phone_numbers.map((each: { phone_number: string }) => each.phone_number),
      ["+493012345678"],
    );
    assert.deepEqual(refusal(await program.remove(PARENT, `Addresses/${AddressSid}`)), [409, 20409]);
    const path = `IncomingPhoneNumbers/${bought.json.sid}`;
    assert.deepEqual(refusal(await program.post(PARENT, path, { AddressSid: "" })), [400, 21631]);
    const given = await program.post(PARENT, path, { AccountSid: CHILD });
    assert.deepEqual(refusal(given), [400, 21649], "the account that would get it has no bundle");
    await program.remove(PARENT, path);
    assert.equal((await program.remove(PARENT, `Addresses/${AddressSid}`)).status, 204);
  });
});

describe("alphanumeric senders", () => {
  let program: Program;
  before(async () => {
    program = await startProgram({ approveSenders: false });
  });
  after(() => program.stop());
  const LIST = "/trunkline/v1/AlphanumericSenders";

  it("are used when the operator has approved them, and after a restart", async () => {
    const { directory } = program.module;
    const made = await program.post(STRANGER, LIST, { Sender: "Acme", IsoCountry: "gb" });
    assert.deepEqual([made.status, made.json.status, made.json.iso_country], [201, "pending", "GB"]);
    assert.equal(directory.sender(STRANGER, "Acme"), undefined);
    const path = `${LIST}/${made.json.sid}`;
    assert.deepEqual(refusal(await program.post(STRANGER, path, { Status: "approved" })), [404, 20404]);
    assert.equal((await program.post(PARENT, path, { Status: "approved" })).status, 200);
    assert.deepEqual(directory.sender(STRANGER, "Acme"), { mms: false, kind: "alphanumeric" });
    const restarted = program.restart().module;
    await restarted.directory.reload();
    assert.equal(restarted.directory.sender(STRANGER, "ACME")?.kind, "alphanumeric");
    assert.deepEqual(refusal(await program.post(STRANGER, LIST, { Sender: "ACME", IsoCountry: "GB" })), [409, 20409]);
    assert.deepEqual(refusal(await program.post(STRANGER, LIST, { Sender: "123456" })), [400, 21657]);
    assert.equal((await program.get(PARENT, path)).status, 404);
    assert.equal((await program.remove(STRANGER, path)).status, 204);
    assert.equal(directory.sender(STRANGER, "Acme"), undefined);
  });

  it("are registered along with their particulars", async () => {
    const body = {
      regulationId: `RN${"1".repeat(32)}`,
      regulationVersion: 1,
      friendlyName: "Acme in Singapore",
      data: { alphanumericSender: { senderId: "AcmeSG", isoCountry: "SG" }, business: { name: "Acme" } },
    };
    const { status, json } = await program.postJson(PARENT, "/v1/SenderIdRegistrations", body);
    assert.equal(status, 201, JSON.stringify(json));
    assert.match(json.id, /^BU[0-9a-f]{32}$/);
    assert.deepEqual([json.status, json.data, json.dateCreated], ["DRAFT", body.data, "2025-01-31T12:00:00Z"]);
    const listed = (await program.get(PARENT, LIST)).json.alphanumeric_senders;
    assert.deepEqual([listed[0].sender, listed[0].iso_country], ["AcmeSG", "SG"]);
    const session = await program.postJson(PARENT, `/v1/SenderIdRegistrations/${json.id}/EmbeddedSessions`, {});
    assert.equal(session.status, 201);
    assert.notEqual(session.json.sessionId, json.embeddedSession.sessionId);
    const strange = await program.postJson(STRANGER, `/v1/SenderIdRegistrations/${json.id}/EmbeddedSessions`, {});
    assert.equal(strange.status, 404);
    const bad = await program.postJson(PARENT, "/v1/SenderIdRegistrations", { ...body, data: "x" });
    assert.deepEqual(refusal(bad), [400, 20001]);
  });
});

describe("files of numbers", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
    await program.module.syncInventory({ numbers: [configured("+15005550100")], ownerSid: PARENT });
  });
  after(() => program.stop());
  const IMPORT = "/trunkline/v1/Numbers/Import";
  const FILE = [
    "phone_number,type,sms,mms,locality,postal_code,account_sid",
    '+12125550111,,true,true,"New York, NY",10001,',
    `+14155550112,,true,false,,,${STRANGER}`,
    "+447700900111,mobile,yes,no,,,",
    "55577,shortcode,1,0,,,",
  ].join("\r\n");

  it("are taken in whole, once, and given out again", async () => {
    const tried = await program.postCsv(PARENT, `${IMPORT}?DryRun=true`, FILE);
    assert.deepEqual([tried.status, tried.json.dry_run, tried.json.added], [200, true, 4], JSON.stringify(tried.json));
    assert.deepEqual((await program.get(PARENT, "AvailablePhoneNumbers/GB/Mobile")).json.available_phone_numbers, []);
    const first = await program.postCsv(PARENT, IMPORT, FILE);
    assert.deepEqual(first.json, {
      dry_run: false,
      lines: 4,
      added: 4,
      changed: 0,
      kept: 0,
      unchanged: 0,
      assigned: 1,
    });
    const again = await program.postCsv(PARENT, IMPORT, FILE);
    assert.deepEqual(again.json, {
      dry_run: false,
      lines: 4,
      added: 0,
      changed: 0,
      kept: 0,
      unchanged: 4,
      assigned: 0,
    });
    const found = await program.get(PARENT, "AvailablePhoneNumbers/US/Local?InPostalCode=10001");
    assert.equal(found.json.available_phone_numbers[0].locality, "New York, NY");
    assert.equal(program.module.directory.sender(STRANGER, "+14155550112")?.mms, false);
    await program.module.syncInventory({ numbers: [configured("+15005550100")], ownerSid: PARENT });
    const after = await program.get(PARENT, "AvailablePhoneNumbers/GB/Mobile");
    assert.equal(after.json.available_phone_numbers.length, 1, "a start leaves what was imported");
  });

  it("can be taken in again as they were given out", async () => {
    const out = await program.getText(PARENT, "/trunkline/v1/Numbers/Export");
    assert.equal(out.status, 200);
    assert.match(out.text, /^phone_number,country,type,/);
    assert.match(out.text, /\n\+12125550111,US,local,true,true,false,false,false,NY,"New York, NY",10001,/);
    assert.equal((await program.getText(STRANGER, "/trunkline/v1/Numbers/Export")).status, 404);
    const { json } = await program.postCsv(PARENT, IMPORT, out.text);
    assert.deepEqual([json.lines, json.unchanged, json.assigned, json.kept], [5, 5, 0, 0]);
  });

  it("are refused whole, with each wrong line, and only the operator's are taken", async () => {
    const wrong = `${FILE}\n+12125550111,,,,,,\nhello,,,,,,\n+12125550113,planet,,,,,\n+12125550114,,maybe,,,,\n+12125550115,,,,,,AC1\n+12125550116,,\n`;
    const { status, json } = await program.postCsv(PARENT, IMPORT, wrong);
    assert.equal(status, 400);
    assert.deepEqual(
      json.errors.map((each: { line: number }) => each.line),
      [6, 7, 8, 9, 10, 11],
    );
    assert.match(json.errors[0].message, /stands in line 2 already/);
    assert.equal((await program.postCsv(PARENT, IMPORT, "number,sms\n+12125550111,true\n")).status, 400);
    assert.equal((await program.postCsv(PARENT, IMPORT, 'phone_number\n"+1212')).status, 400);
    assert.deepEqual(refusal(await program.postCsv(STRANGER, IMPORT, FILE)), [404, 20404]);
    const unknown = `phone_number,account_sid\n+12125550119,AC${"7".repeat(32)}\n`;
    assert.match((await program.postCsv(PARENT, IMPORT, unknown)).json.errors[0].message, /no account/);
  });
});

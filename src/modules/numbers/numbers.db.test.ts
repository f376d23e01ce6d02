import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  CHILD,
  configured,
  PARENT,
  startProgram,
  STRANGER,
  SUSPENDED_CHILD,
  type Program,
} from "./sample-numbers.test.ts";

const HOOK = "https://example.com/hook";
const QUARANTINE_MS = 600_000;

const numbersOf = (list: { incoming_phone_numbers: { phone_number: string }[] }): string[] =>
  list.incoming_phone_numbers.map((each) => each.phone_number);
const refusal = ({ status, json }: { status: number; json: { code: number } }) => [status, json.code];

describe("the inventory", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  it("gives every number of a fresh installation to the first account, and later ones to nobody", async () => {
    const { module } = program;
    const numbers = [configured("+12125550100"), configured("55555"), configured("+18005550100", { mms: false })];
    const first = await module.syncInventory({ numbers, ownerSid: PARENT });
    assert.deepEqual(first, { configured: 3, assigned: 3, orphaned: 0 });
    assert.deepEqual(module.directory.sender(PARENT, "+12125550100"), { mms: true, kind: "local", country: "US" });
    assert.deepEqual(module.directory.sender(PARENT, "+18005550100"), { mms: false, kind: "tollfree", country: "US" });
    assert.equal(module.directory.sender(STRANGER, "+12125550100"), undefined);

    const more = [...numbers, configured("+12125550101"), configured("55556")];
    const second = await module.syncInventory({ numbers: more, ownerSid: PARENT });
    assert.deepEqual(second, { configured: 5, assigned: 1, orphaned: 0 });
    assert.equal(module.directory.sender(PARENT, "+12125550101"), undefined);
    assert.deepEqual(
      module.directory.sender(PARENT, "55556"),
      { mms: true, kind: "shortcode" },
      "nobody could buy a short code",
    );
  });

  it("gives a number to the account that is configured with it, but takes none away", async () => {
    const { module } = program;
    const numbers = [
      configured("+12125550100", { accountSid: STRANGER }),
      configured("+12125550102", { accountSid: STRANGER, sms: false, mms: false }),
    ];
    const synced = await module.syncInventory({ numbers, ownerSid: PARENT });
    assert.deepEqual(synced, { configured: 2, assigned: 1, orphaned: 3 });
    assert.deepEqual(module.directory.sender(PARENT, "+12125550100"), { mms: true, kind: "local", country: "US" });
    assert.deepEqual(module.directory.inboundText("+12125550102"), { accountSid: STRANGER, method: "POST" });
    assert.equal(module.directory.sender(STRANGER, "+12125550102"), undefined, "it sends no texts");
    assert.deepEqual(
      module.directory.sender(PARENT, "55555"),
      { mms: true, kind: "shortcode" },
      "it is its account's, configured or not",
    );
    assert.equal(module.directory.inboundText("+12125550101"), undefined, "what was free is gone");
  });

  it("is the same after a restart, and answers from memory while the database is away", async () => {
    const restarted = program.restart();
    assert.equal(restarted.module.directory.inboundText("+12125550100"), undefined);
    await restarted.module.directory.reload();
    restarted.database.isCut = true;
    await assert.rejects(() => restarted.module.directory.reload(), { code: 20503 });
    const { directory } = restarted.module;
    assert.deepEqual(directory.inboundText("+12125550100"), { accountSid: PARENT, method: "POST" });
    assert.deepEqual(directory.inboundText("12125550100"), { accountSid: PARENT, method: "POST" });
    assert.deepEqual(directory.inboundText("+55555"), { accountSid: PARENT, method: "POST" });
    assert.equal((await restarted.get(PARENT, "IncomingPhoneNumbers")).status, 503);
  });
});

describe("buying numbers", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
    const { module } = program;
    await module.syncInventory({ numbers: [configured("+15005550100")], ownerSid: PARENT });
    const five = ["0", "1", "2", "3", "4"].map((digit) => configured(`+1646555012${digit}`));
    const tollFree = configured("+18005550199");
    const british = configured("+447700900123", { type: "mobile" });
    const quiet = configured("+12125550150", { sms: false, mms: false });
    const two = [configured("+12125550111"), configured("+12125550112")];
    const numbers = [configured("+15005550100"), ...two, ...five, tollFree, british, quiet, configured("55555")];
    await module.syncInventory({ numbers });
  });
  after(() => program.stop());

  it("sells each of 5 numbers once to 50 buyers at the same time", async () => {
    const wanted = Array.from({ length: 50 }, (_, index) => `+1646555012${index % 5}`);
    const answers = await Promise.all(
      wanted.map((PhoneNumber, index) =>
        program.post(index % 2 === 0 ? PARENT : STRANGER, "IncomingPhoneNumbers", { PhoneNumber }),
      ),
    );
    const sold = answers.filter(({ status }) => status === 201).map(({ json }) => json.phone_number as string);
    assert.deepEqual(sold.toSorted(), [...new Set(wanted)].toSorted());
    assert.ok(answers.every(({ status, json }) => status === 201 || (status === 400 && json.code === 21422)));
    for (const { json } of answers.filter(({ status }) => status === 201)) {
      assert.equal(program.module.directory.sender(json.account_sid, json.phone_number)?.mms, true);
      assert.equal((await program.remove(json.account_sid, `IncomingPhoneNumbers/${json.sid}`)).status, 204);
      assert.equal(program.module.directory.inboundText(json.phone_number), undefined);
    }
  });

  it("sells each of 5 numbers once to 50 buyers who only name the area code", async () => {
    program.clock.advance(QUARANTINE_MS);
    const AreaCode = "646";
    const buyers = Array.from({ length: 50 }, () => program.post(CHILD, "IncomingPhoneNumbers", { AreaCode }));
    const answers = await Promise.all(buyers);
    const sold = answers.filter(({ status }) => status === 201).map(({ json }) => json.phone_number as string);
    assert.equal(new Set(sold).size, 5);
    assert.equal(sold.length, 5);
    assert.ok(answers.every(({ status, json }) => status === 201 || (status === 400 && json.code === 21452)));
  });

  it("shows a bought number complete, with what was set on it", async () => {
    const { status, json } = await program.post(STRANGER, "IncomingPhoneNumbers", {
      PhoneNumber: "212-555-0111",
      SmsUrl: HOOK,
      SmsMethod: "get",
      VoiceCallerIdLookup: "true",
    });
    assert.equal(status, 201);
    assert.match(json.sid, /^PN[0-9a-f]{32}$/);
    assert.equal(json.uri, `/2010-04-01/Accounts/${STRANGER}/IncomingPhoneNumbers/${json.sid}.json`);
    assert.deepEqual(
      { ...json, sid: "", uri: "" },
      {
        account_sid: STRANGER,
        address_requirements: "none",
        address_sid: null,
        api_version: "2010-04-01",
        beta: false,
        bundle_sid: null,
        capabilities: { voice: true, sms: true, mms: true, fax: false },
        date_created: "Fri, 31 Jan 2025 12:10:00 +0000",
        date_updated: "Fri, 31 Jan 2025 12:10:00 +0000",
        emergency_address_sid: null,
        emergency_address_status: "unregistered",
        emergency_status: "Inactive",
        friendly_name: "(212) 555-0111",
        identity_sid: null,
        origin: "twilio",
        phone_number: "+12125550111",
        sid: "",
        sms_application_sid: "",
        sms_fallback_method: "POST",
        sms_fallback_url: "",
        sms_method: "GET",
        sms_url: HOOK,
        status: "in-use",
        status_callback: "",
        status_callback_method: "POST",
        trunk_sid: null,
        type: "local",
        uri: "",
        voice_application_sid: "",
        voice_caller_id_lookup: true,
        voice_fallback_method: "POST",
        voice_fallback_url: "",
        voice_method: "POST",
        voice_receive_mode: "voice",
        voice_url: "",
      },
    );
    assert.deepEqual((await program.get(STRANGER, `IncomingPhoneNumbers/${json.sid}`)).json, json);
    assert.deepEqual(program.module.directory.inboundText("+12125550111"), {
      accountSid: STRANGER,
      url: HOOK,
      method: "GET",
    });
  });

  it("refuses what cannot be bought, each with its code, and then nothing was bought", async () => {
    const refused = async (form: Record<string, string>, path = "IncomingPhoneNumbers") =>
      refusal(await program.post(STRANGER, path, form));
    const PhoneNumber = "+12125550112";
    assert.deepEqual(await refused({}), [400, 21421]);
    assert.deepEqual(await refused({ PhoneNumber: "hello" }), [400, 21421]);
    assert.deepEqual(await refused({ PhoneNumber: "+15005550100" }), [400, 21422], "sold");
    assert.deepEqual(await refused({ PhoneNumber: "+12125559999" }), [400, 21422], "not of the inventory");
    assert.deepEqual(await refused({ PhoneNumber: "55555" }), [400, 21421], "a short code");
    assert.deepEqual(await refused({ AreaCode: "999" }), [400, 21452]);
    assert.deepEqual(await refused({ AreaCode: "12" }), [400, 21451]);
    assert.deepEqual(await refused({ AreaCode: "2125" }), [400, 21451]);
    assert.deepEqual(await refused({ PhoneNumber, SmsUrl: "ftp://example.com" }), [400, 21402]);
    assert.deepEqual(await refused({ PhoneNumber, StatusCallbackMethod: "PUT" }), [400, 21403]);
    assert.deepEqual(await refused({ PhoneNumber, VoiceFallbackUrl: HOOK }), [400, 21405]);
    assert.deepEqual(await refused({ PhoneNumber, SmsFallbackUrl: HOOK }), [400, 21406]);
    assert.deepEqual(await refused({ PhoneNumber: "+12125550150", SmsUrl: HOOK }), [400, 21407]);
    assert.deepEqual(await refused({ PhoneNumber, SmsApplicationSid: `AP${"0".repeat(32)}` }), [400, 21420]);
    assert.deepEqual(await refused({ PhoneNumber, VoiceApplicationSid: "AP1" }), [400, 21420]);
    assert.deepEqual(await refused({ PhoneNumber, EmergencyStatus: "Active" }), [400, 20422]);
    assert.deepEqual(await refused({ PhoneNumber, EmergencyAddressSid: `AD${"0".repeat(32)}` }), [400, 20422]);
    assert.deepEqual(await refused({ PhoneNumber, FriendlyName: "x".repeat(65) }), [400, 20001]);
    assert.deepEqual(await refused({ PhoneNumber, ApiVersion: "2008-08-01" }), [400, 20001]);
    assert.deepEqual(await refused({ PhoneNumber }, "IncomingPhoneNumbers/TollFree"), [400, 21458]);
    assert.deepEqual(await refused({ PhoneNumber: "+18005550199" }, "IncomingPhoneNumbers/Local"), [400, 21458]);
    const free = (await program.get(STRANGER, "AvailablePhoneNumbers/US/Local")).json.available_phone_numbers;
    assert.deepEqual(
      free.map((each: { phone_number: string }) => each.phone_number),
      ["+12125550112", "+12125550150"],
    );
  });

  it("sells and lists by kind", async () => {
    const bought = await program.post(STRANGER, "IncomingPhoneNumbers/TollFree", { PhoneNumber: "+18005550199" });
    assert.equal(bought.status, 201);
    assert.equal("type" in bought.json, false);
    await program.post(STRANGER, "IncomingPhoneNumbers/Mobile", { PhoneNumber: "+447700900123" });
    const list = async (path: string) => numbersOf((await program.get(STRANGER, path)).json);
    assert.deepEqual(await list("IncomingPhoneNumbers/TollFree"), ["+18005550199"]);
    assert.deepEqual(await list("IncomingPhoneNumbers/Mobile"), ["+447700900123"]);
    assert.deepEqual(await list("IncomingPhoneNumbers/Local"), ["+12125550111"]);
    assert.deepEqual(await list("IncomingPhoneNumbers"), ["+447700900123", "+18005550199", "+12125550111"]);
  });

  it("gives a released number back clean, and to its next owner under a new SID", async () => {
    const buy = () => program.post(STRANGER, "IncomingPhoneNumbers", { PhoneNumber: "+12125550112" });
    const first = await program.post(STRANGER, "IncomingPhoneNumbers", { PhoneNumber: "+12125550112", SmsUrl: HOOK });
    assert.equal((await program.remove(STRANGER, `IncomingPhoneNumbers/${first.json.sid}`)).status, 204);
    assert.equal((await program.remove(STRANGER, `IncomingPhoneNumbers/${first.json.sid}`)).status, 404);
    const second = await buy();
    assert.equal(second.json.sms_url, "");
    assert.notEqual(second.json.sid, first.json.sid);
    assert.equal((await program.get(STRANGER, `IncomingPhoneNumbers/${first.json.sid}`)).status, 404);
    await program.remove(STRANGER, `IncomingPhoneNumbers/${second.json.sid}`);
  });
});

describe("an account's numbers", () => {
  let program: Program;
  const sids = new Map<string, string>();
  const sidOf = (number: string): string => sids.get(number) ?? "";
  before(async () => {
    program = await startProgram();
    const numbers = ["+12125550100", "+12125550101", "+14155550102", "55555"].map((number) => configured(number));
    await program.module.syncInventory({ numbers, ownerSid: PARENT });
    const { json } = await program.get(PARENT, "IncomingPhoneNumbers");
    for (const each of json.incoming_phone_numbers) sids.set(each.phone_number, each.sid);
    sids.set("55555", (await program.get(PARENT, "SMS/ShortCodes")).json.short_codes[0].sid);
  });
  after(() => program.stop());

  it("are filtered by part of the number, friendly name and origin", async () => {
    const list = async (query: string) =>
      numbersOf((await program.get(PARENT, `IncomingPhoneNumbers?${query}`)).json).toSorted();
    assert.deepEqual(await list("PhoneNumber=%2B1212"), ["+12125550100", "+12125550101"]);
    assert.deepEqual(await list("PhoneNumber=550*02"), ["+14155550102"]);
    assert.deepEqual(await list("PhoneNumber=212-555-0101"), ["+12125550101"]);
    assert.deepEqual(await list("PhoneNumber=%25"), []);
    assert.deepEqual(await list(`FriendlyName=${encodeURIComponent("(415) 555-0102")}`), ["+14155550102"]);
    assert.deepEqual(await list("FriendlyName=nothing"), []);
    assert.deepEqual(await list("Origin=hosted&Beta=true"), []);
    assert.equal((await list("Origin=twilio&Beta=false")).length, 3);
  });

  it("are paged onwards and back", async () => {
    const all = numbersOf((await program.get(PARENT, "IncomingPhoneNumbers")).json);
    const first = (await program.get(PARENT, "IncomingPhoneNumbers?PageSize=2")).json;
    assert.deepEqual(numbersOf(first), all.slice(0, 2));
    const second = (await program.get(PARENT, first.next_page_uri)).json;
    assert.deepEqual(numbersOf(second), all.slice(2));
    assert.equal(second.next_page_uri, null);
    const back = (await program.get(PARENT, second.previous_page_uri)).json;
    assert.deepEqual(numbersOf(back), all.slice(0, 2));
    assert.equal(back.previous_page_uri, null);
    assert.equal((await program.get(PARENT, "IncomingPhoneNumbers?PageToken=PAnonsense")).status, 400);
  });

  it("are changed, cleared, and refused as when bought", async () => {
    const path = `IncomingPhoneNumbers/${sidOf("+12125550100")}`;
    const trunk = `TK${"1".repeat(32)}`;
    program.clock.advance(1_000);
    const set = await program.post(PARENT, path, { SmsUrl: HOOK, SmsFallbackUrl: `${HOOK}/2`, TrunkSid: trunk });
    assert.equal(set.json.trunk_sid, trunk);
    assert.equal(set.json.date_updated, "Fri, 31 Jan 2025 12:00:01 +0000");
    assert.deepEqual(program.module.directory.inboundText("+12125550100"), {
      accountSid: PARENT,
      url: HOOK,
      method: "POST",
      fallbackUrl: `${HOOK}/2`,
      fallbackMethod: "POST",
    });
    assert.deepEqual(refusal(await program.post(PARENT, path, { VoiceFallbackUrl: HOOK })), [400, 21405]);
    const cleared = await program.post(PARENT, path, { SmsUrl: "", SmsFallbackUrl: "", FriendlyName: "" });
    assert.equal(cleared.json.sms_url, "");
    assert.equal(cleared.json.friendly_name, "(212) 555-0100");
    assert.deepEqual(program.module.directory.inboundText("+12125550100"), { accountSid: PARENT, method: "POST" });
  });

  it("follow an application, which counts before their own URLs, until it is deleted", async () => {
    const { directory } = program.module;
    const application = await program.post(PARENT, "Applications", {
      FriendlyName: "bot",
      SmsUrl: "https://example.com/app",
      SmsMethod: "GET",
      SmsStatusCallback: "https://example.com/sms-status",
    });
    assert.equal(application.status, 201);
    const { sid } = application.json;
    assert.deepEqual(directory.applicationStatusCallback(PARENT, sid), { url: "https://example.com/sms-status" });
    assert.equal(directory.applicationStatusCallback(STRANGER, sid), undefined);

    const path = `IncomingPhoneNumbers/${sidOf("+12125550101")}`;
    const linked = await program.post(PARENT, path, { SmsUrl: HOOK, SmsApplicationSid: sid, VoiceApplicationSid: sid });
    assert.equal(linked.json.sms_application_sid, sid);
    assert.deepEqual(directory.inboundText("+12125550101"), {
      accountSid: PARENT,
      url: "https://example.com/app",
      method: "GET",
    });

    const changes = { MessageStatusCallback: "https://example.com/status", SmsUrl: "" };
    assert.equal((await program.post(PARENT, `Applications/${sid}`, changes)).status, 200);
    assert.deepEqual(directory.applicationStatusCallback(PARENT, sid), { url: "https://example.com/status" });
    assert.deepEqual(directory.inboundText("+12125550101"), { accountSid: PARENT, method: "GET" });
    const restarted = program.restart();
    await restarted.module.directory.reload();
    assert.deepEqual(restarted.module.directory.inboundText("+12125550101"), { accountSid: PARENT, method: "GET" });

    assert.equal((await program.remove(PARENT, `Applications/${sid}`)).status, 204);
    const unlinked = (await program.get(PARENT, path)).json;
    assert.deepEqual([unlinked.sms_application_sid, unlinked.voice_application_sid], ["", ""]);
    assert.equal(directory.applicationStatusCallback(PARENT, sid), undefined);
    assert.deepEqual(directory.inboundText("+12125550101"), { accountSid: PARENT, url: HOOK, method: "POST" });
  });

  it("go to a subaccount and back, without what belongs to the account they leave", async () => {
    const { directory } = program.module;
    const { sid: application } = (await program.post(PARENT, "Applications", { FriendlyName: "mine" })).json;
    const path = `IncomingPhoneNumbers/${sidOf("+14155550102")}`;
    await program.post(PARENT, path, { SmsUrl: HOOK, SmsApplicationSid: application });
    const give = async (accountSid: string) => program.post(PARENT, path, { AccountSid: accountSid });
    assert.deepEqual(refusal(await give(STRANGER)), [400, 21473]);
    assert.deepEqual(refusal(await give(SUSPENDED_CHILD)), [400, 21472]);
    assert.deepEqual(refusal(await give("AC1")), [400, 21470]);

    const given = (await give(CHILD)).json;
    assert.deepEqual([given.account_sid, given.sms_url, given.sms_application_sid], [CHILD, HOOK, ""]);
    assert.equal((await program.get(PARENT, path)).status, 404);
    assert.equal(directory.sender(PARENT, "+14155550102"), undefined);
    assert.equal(directory.sender(CHILD, "+14155550102")?.mms, true);

    const childPath = `/2010-04-01/Accounts/${CHILD}/${path}.json`;
    assert.deepEqual(refusal(await program.post(CHILD, childPath, { AccountSid: PARENT })), [400, 21473]);
    assert.equal((await program.post(PARENT, childPath, { AccountSid: PARENT })).json.account_sid, PARENT);
  });

  it("are nobody else's: another account's SIDs are not found, whatever is tried", async () => {
    const { sid } = (await program.post(PARENT, "Applications", { FriendlyName: "private" })).json;
    const paths = [
      `IncomingPhoneNumbers/${sidOf("+12125550100")}`,
      `SMS/ShortCodes/${sidOf("55555")}`,
      `Applications/${sid}`,
    ];
    for (const path of paths) {
      assert.equal((await program.get(PARENT, path)).status, 200);
      assert.deepEqual(refusal(await program.get(STRANGER, path)), [404, 20404]);
      assert.deepEqual(refusal(await program.post(STRANGER, path, { FriendlyName: "taken" })), [404, 20404]);
      const removed = await program.remove(STRANGER, path);
      assert.deepEqual(refusal(removed), path.includes("ShortCodes") ? [405, 20004] : [404, 20404]);
      const named = await program.get(STRANGER, `/2010-04-01/Accounts/${PARENT}/${path}.json`);
      assert.deepEqual(refusal(named), [404, 20404]);
    }
    for (const list of ["IncomingPhoneNumbers", "IncomingPhoneNumbers/Local", "SMS/ShortCodes", "Applications"]) {
      const records = Object.values((await program.get(STRANGER, list)).json).find(Array.isArray);
      assert.deepEqual(records, [], list);
    }
    const buying = { PhoneNumber: "+12125550100", SmsApplicationSid: sid };
    assert.deepEqual(refusal(await program.post(STRANGER, "IncomingPhoneNumbers", buying)), [400, 21420]);
    assert.equal((await program.get(PARENT, paths[2] ?? "")).json.friendly_name, "private");
  });

  it("include short codes, which have a resource of their own", async () => {
    const sid = sidOf("55555");
    assert.match(sid, /^SC[0-9a-f]{32}$/);
    const changed = await program.post(PARENT, `SMS/ShortCodes/${sid}`, { SmsUrl: HOOK, FriendlyName: "five" });
    assert.deepEqual(changed.json, {
      account_sid: PARENT,
      api_version: "2010-04-01",
      date_created: "Fri, 31 Jan 2025 12:00:00 +0000",
      date_updated: "Fri, 31 Jan 2025 12:00:01 +0000",
      friendly_name: "five",
      short_code: "55555",
      sid,
      sms_fallback_method: "POST",
      sms_fallback_url: null,
      sms_method: "POST",
      sms_url: HOOK,
      uri: `/2010-04-01/Accounts/${PARENT}/SMS/ShortCodes/${sid}.json`,
    });
    assert.deepEqual(program.module.directory.inboundText("55555"), { accountSid: PARENT, url: HOOK, method: "POST" });
    const codes = async (query: string) => (await program.get(PARENT, `SMS/ShortCodes?${query}`)).json.short_codes;
    assert.equal((await codes("ShortCode=5*5")).length, 1);
    assert.equal((await codes("ShortCode=6")).length, 0);
    assert.equal((await codes("FriendlyName=five")).length, 1);
    assert.equal((await program.get(PARENT, `IncomingPhoneNumbers/${sid}`)).status, 404);
    assert.equal((await program.get(PARENT, `SMS/ShortCodes/${sidOf("+12125550100")}`)).status, 404);
  });
});

describe("available numbers", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
    await program.module.syncInventory({ numbers: [configured("+493012345678")], ownerSid: PARENT });
    const numbers = [
      configured("+493012345678"),
      configured("+12125550100"),
      configured("+12125550178", { mms: false }),
      configured("+14155550199", { voice: false }),
      configured("+18005550100"),
      configured("+447700900123", { type: "mobile" }),
      configured("55555", { country: "US" }),
    ];
    await program.module.syncInventory({ numbers });
  });
  after(() => program.stop());

  const search = async (path: string): Promise<string[]> => {
    const { status, json } = await program.get(PARENT, `AvailablePhoneNumbers/${path}`);
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(json.next_page_uri, null);
    return json.available_phone_numbers.map((each: { phone_number: string }) => each.phone_number);
  };

  it("are found by kind, area code, pattern, region and capability", async () => {
    assert.deepEqual(await search("US/Local"), ["+12125550100", "+12125550178", "+14155550199"]);
    assert.deepEqual(await search("us/Local?PageSize=1"), ["+12125550100"]);
    assert.deepEqual(await search("US/TollFree"), ["+18005550100"]);
    assert.deepEqual(await search("GB/Mobile"), ["+447700900123"]);
    assert.deepEqual(await search("DE/Local"), [], "sold");
    assert.deepEqual(await search("US/Local?AreaCode=415"), ["+14155550199"]);
    assert.deepEqual(await search("US/Local?Contains=**5550***"), ["+12125550100", "+12125550178", "+14155550199"]);
    assert.deepEqual(await search("US/Local?Contains=**01ST"), ["+12125550178"]);
    assert.deepEqual(await search("US/Local?Contains=%2B1415"), ["+14155550199"]);
    assert.deepEqual(await search("US/Local?Contains=100%24"), ["+12125550100"]);
    assert.deepEqual(await search("US/Local?InRegion=ca"), ["+14155550199"]);
    assert.deepEqual(await search("US/Local?InRegion=%2B12125559999"), ["+12125550100", "+12125550178"]);
    assert.deepEqual(await search("US/Local?MmsEnabled=true"), ["+12125550100", "+14155550199"]);
    assert.deepEqual(await search("US/Local?VoiceEnabled=false&SmsEnabled=true"), ["+14155550199"]);
    assert.deepEqual(await search("US/Local?FaxEnabled=true"), []);
    const newYork = ["+12125550100", "+12125550178"];
    assert.equal((await search("US/Local?ExcludeAllAddressRequired=true&Beta=false")).length, 3);
    assert.deepEqual(await search("GB/Mobile?ExcludeAllAddressRequired=true"), [], "it needs an address");
    assert.deepEqual(await search("GB/Mobile?ExcludeLocalAddressRequired=true"), ["+447700900123"], "any address");
    assert.deepEqual(await search("US/Local?NearNumber=%2B12125550000&Distance=10"), newYork);
    assert.deepEqual(await search("US/Local?NearLatLong=40.7,-73.9"), newYork);
    assert.deepEqual(await search("US/Local?NearLatLong=42.36,-71.06&Distance=100"), []);
    assert.deepEqual(await search("US/Local?NearLatLong=42.36,-71.06&Distance=250"), newYork, "from Boston");
    assert.deepEqual(await search("US/Local?InLocality=new%20york"), newYork);
    assert.deepEqual(await search("US/Local?InLocality=Nowhere"), []);
    assert.deepEqual(await search("US/Local?InPostalCode=10001"), []);
    for (const kind of ["National", "SharedCost", "Voip", "MachineToMachine"]) {
      assert.deepEqual(await search(`US/${kind}`), []);
    }
  });

  it("are shown complete", async () => {
    const { json } = await program.get(PARENT, "AvailablePhoneNumbers/US/Local?Contains=0178");
    assert.deepEqual(json.available_phone_numbers, [
      {
        address_requirements: "none",
        beta: false,
        capabilities: { voice: true, sms: true, mms: false, fax: false },
        friendly_name: "(212) 555-0178",
        iso_country: "US",
        lata: null,
        latitude: 40.71,
        locality: "New York",
        longitude: -74.01,
        phone_number: "+12125550178",
        postal_code: null,
        rate_center: null,
        region: "NY",
      },
    ]);
  });

  it("refuse patterns, area codes and countries that are none", async () => {
    const refused = async (path: string) => refusal(await program.get(PARENT, `AvailablePhoneNumbers/${path}`));
    assert.deepEqual(await refused("US/Local?Contains=5"), [400, 20001]);
    assert.deepEqual(await refused("US/Local?Contains=%27%3B--"), [400, 20001]);
    assert.deepEqual(await refused("US/Local?AreaCode=1"), [400, 21451]);
    assert.deepEqual(await refused("US/Local?NearLatLong=91,0"), [400, 20001]);
    assert.deepEqual(await refused("US/Local?NearNumber=hello"), [400, 21421]);
    assert.deepEqual(await refused("US/Local?Distance=501"), [400, 20001]);
    assert.deepEqual(await refused("GB/Local?AreaCode=212"), [400, 21457]);
    assert.deepEqual(await refused("USA/Local"), [404, 20404]);
    assert.deepEqual(await refused("FR"), [404, 20404]);
  });

  it("name the countries of the inventory with the lists that they have", async () => {
    const { json } = await program.get(PARENT, "AvailablePhoneNumbers");
    assert.deepEqual(
      json.countries.map((each: { country_code: string }) => each.country_code),
      ["DE", "GB", "US"],
    );
    const base = `/2010-04-01/Accounts/${PARENT}/AvailablePhoneNumbers/US`;
    const expected = {
      beta: false,
      country: "United States",
      country_code: "US",
      subresource_uris: { local: `${base}/Local.json`, toll_free: `${base}/TollFree.json` },
      uri: `${base}.json`,
    };
    assert.deepEqual(json.countries[2], expected);
    assert.deepEqual((await program.get(PARENT, "AvailablePhoneNumbers/us")).json, expected);
  });
});

describe("applications", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  it("are shown complete, listed newest first and by name", async () => {
    const first = await program.post(PARENT, "Applications", { FriendlyName: "first", VoiceUrl: HOOK });
    assert.deepEqual(first.json, {
      account_sid: PARENT,
      api_version: "2010-04-01",
      date_created: "Fri, 31 Jan 2025 12:00:00 +0000",
      date_updated: "Fri, 31 Jan 2025 12:00:00 +0000",
      friendly_name: "first",
      message_status_callback: null,
      public_application_connect_enabled: false,
      sid: first.json.sid,
      sms_fallback_method: "POST",
      sms_fallback_url: null,
      sms_method: "POST",
      sms_status_callback: null,
      sms_url: null,
      status_callback: null,
      status_callback_method: "POST",
      uri: `/2010-04-01/Accounts/${PARENT}/Applications/${first.json.sid}.json`,
      voice_caller_id_lookup: false,
      voice_fallback_method: "POST",
      voice_fallback_url: null,
      voice_method: "POST",
      voice_url: HOOK,
    });
    await program.post(PARENT, "Applications", { FriendlyName: "second" });
    const names = async (query: string) =>
      (await program.get(PARENT, `Applications${query}`)).json.applications.map(
        (each: { friendly_name: string }) => each.friendly_name,
      );
    assert.deepEqual(await names(""), ["second", "first"]);
    assert.deepEqual(await names("?FriendlyName=first"), ["first"]);
    assert.deepEqual(await names("?PageSize=1"), ["second"]);
  });

  it("refuse what is no URL or method, and a fallback alone", async () => {
    const refused = async (form: Record<string, string>) => refusal(await program.post(PARENT, "Applications", form));
    assert.deepEqual(await refused({ MessageStatusCallback: "example.com" }), [400, 21402]);
    assert.deepEqual(await refused({ VoiceMethod: "DELETE" }), [400, 21403]);
    assert.deepEqual(await refused({ SmsFallbackUrl: HOOK }), [400, 21406]);
    assert.deepEqual(await refused({ VoiceFallbackUrl: HOOK }), [400, 21405]);
  });

  it("are at most 1,000 an account", async () => {
    await program.database.query(
      `insert into applications select 'AP' || lpad(n::text, 32, '0'), $1, 0, now(), now(), '', '', 'POST', '', 'POST',
         '', '', '', 'POST', '', 'POST', '', 'POST', false, false from generate_series(1, 1000) n`,
      [CHILD],
    );
    assert.deepEqual(refusal(await program.post(CHILD, "Applications", {})), [400, 20001]);
    assert.equal((await program.post(PARENT, "Applications", {})).status, 201);
  });
});

it("takes and loads more numbers than one statement holds", async () => {
  const program = await startProgram();
  const { module } = program;
  const count = 12_345;
  const numbers = Array.from({ length: count }, (_, index) => configured(`+1212${String(index).padStart(7, "0")}`));
  const synced = await module.syncInventory({ numbers, ownerSid: PARENT });
  assert.equal(synced.assigned, count);
  for (const { number } of numbers) assert.equal(module.directory.sender(PARENT, number)?.mms, true);
  const again = await module.syncInventory({ numbers, ownerSid: PARENT });
  assert.deepEqual(again, { configured: count, assigned: 0, orphaned: 0 });
  await program.stop();
});

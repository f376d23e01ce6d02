import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";
import { DescribedApi, hasDescriptions } from "./described-api.ts";
import { textFromPhone } from "./sdk-clients.ts";

const PHONE = "+15551260001";
const numbers = [
  { number: "+15005550100" },
  { number: "+12125550101" },
  { number: "+18335550102", type: "tollfree" },
  { number: "+447700900103", type: "mobile" },
  { number: "55501", type: "shortcode", mms: false, voice: false },
];

/** Served by us alone: the address of a medium's bytes is documented, but not described as an operation. */
const UNDESCRIBED = ["api FetchMediaContent"];

/**
 * The vendor's documentation allows more than its descriptions: events of requests have an
 * account or a key as their actor, and triggers that fire once recur never.
 */
const NARROW = [/Event .*actor_sid: does not fit .*: (AC|SK)\w{32}$/, /UsageTrigger .*\.recurring: is null$/];

const skip = hasDescriptions() ? false : "the API descriptions (../shared/specs/twilio) are not beside the repository";

describe("every served operation answers as it is described", { skip }, () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let api: DescribedApi;

  before(async () => {
    const config = { numbers, simulator: { enabled: true } };
    [system, customer] = await Promise.all([startSystemProcess({ config }), CustomerServer.start()]);
    api = await DescribedApi.read(system, ["api", "accounts", "iam", "monitor"]);
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  it("accounts and the balance", async () => {
    const sid = (await api.call("api", "CreateAccount", { form: { FriendlyName: "Sub" } })).text("sid");
    await api.call("api", "ListAccount", { query: { PageSize: "1" } });
    await api.call("api", "FetchAccount", { path: { Sid: sid } });
    await api.call("api", "UpdateAccount", { path: { Sid: sid }, form: { Status: "suspended" } });
    await api.call("api", "FetchBalance");
  });

  it("keys under their three names", async () => {
    for (const kind of ["Key", "SigningKey"]) {
      const sid = (await api.call("api", `CreateNew${kind}`, { form: { FriendlyName: "key" } })).text("sid");
      const path = { Sid: sid };
      await api.call("api", `List${kind}`);
      await api.call("api", `Fetch${kind}`, { path });
      await api.call("api", `Update${kind}`, { path, form: { FriendlyName: "renamed" } });
      await api.call("api", `Delete${kind}`, { path });
    }
    const sid = (await api.call("iam", "CreateNewKey", { form: { AccountSid: system.accountSid } })).text("sid");
    const path = { Sid: sid };
    await api.call("iam", "ListGetKeys", { query: { AccountSid: system.accountSid } });
    await api.call("iam", "FetchKey", { path });
    await api.call("iam", "UpdateKey", { path, form: { FriendlyName: "renamed" } });
    await api.call("iam", "DeleteKey", { path });
  });

  it("numbers, free and owned", async () => {
    const listed = await api.call("api", "ListIncomingPhoneNumber", { query: { PageSize: "2" } });
    assert.equal(listed.sids("incoming_phone_numbers").length, 2);
    const kinds = [
      ["Local", "+12125550101"],
      ["TollFree", "+18335550102"],
      ["Mobile", "+447700900103"],
    ] as const;
    for (const [kind, number] of kinds) {
      const mine = await api.call("api", `ListIncomingPhoneNumber${kind}`, { query: { PhoneNumber: number } });
      const sid = mine.sids("incoming_phone_numbers")[0] ?? "";
      await api.call("api", "DeleteIncomingPhoneNumber", { path: { Sid: sid } });
    }
    for (const kind of ["Local", "TollFree", "National", "SharedCost", "Voip", "MachineToMachine"]) {
      await api.call("api", `ListAvailablePhoneNumber${kind}`, { path: { CountryCode: "US" } });
    }
    await api.call("api", "ListAvailablePhoneNumberMobile", { path: { CountryCode: "GB" } });
    await api.call("api", "ListAvailablePhoneNumberCountry");
    await api.call("api", "FetchAvailablePhoneNumberCountry", { path: { CountryCode: "US" } });
    await api.call("api", "CreateIncomingPhoneNumberLocal", { form: { PhoneNumber: "+12125550101" } });
    await api.call("api", "CreateIncomingPhoneNumberTollFree", { form: { PhoneNumber: "+18335550102" } });
    const sid = (
      await api.call("api", "CreateIncomingPhoneNumberMobile", { form: { PhoneNumber: "+447700900103" } })
    ).text("sid");
    const path = { Sid: sid };
    await api.call("api", "DeleteIncomingPhoneNumber", { path });
    const again = await api.call("api", "CreateIncomingPhoneNumber", { form: { PhoneNumber: "+447700900103" } });
    await api.call("api", "FetchIncomingPhoneNumber", { path: { Sid: again.text("sid") } });
  });

  it("applications and short codes", async () => {
    const created = await api.call("api", "CreateApplication", {
      form: { FriendlyName: "a", SmsUrl: "https://example.org" },
    });
    const path = { Sid: created.text("sid") };
    await api.call("api", "ListApplication");
    await api.call("api", "FetchApplication", { path });
    await api.call("api", "UpdateApplication", { path, form: { FriendlyName: "b" } });
    await api.call("api", "DeleteApplication", { path });
    const listed = await api.call("api", "ListShortCode");
    const sid = listed.sids("short_codes")[0] ?? "";
    await api.call("api", "FetchShortCode", { path: { Sid: sid } });
    await api.call("api", "UpdateShortCode", { path: { Sid: sid }, form: { SmsUrl: "https://example.org" } });
  });

  it("messages with media and feedback", async () => {
    const mediaUrl = customer.on("/note.txt", { type: "text/plain", body: "a note" });
    const form = { To: PHONE, From: system.from, Body: "hello", MediaUrl: mediaUrl, ProvideFeedback: "true" };
    const sid = (await api.call("api", "CreateMessage", { form })).text("sid");
    const path = { Sid: sid };
    const isDelivered = async () => (await api.call("api", "FetchMessage", { path })).text("status") === "delivered";
    await waitFor("the message to be delivered", isDelivered);
    await api.call("api", "ListMessage", { query: { PageSize: "1" } });
    await api.call("api", "CreateMessageFeedback", { path: { MessageSid: sid }, form: { Outcome: "confirmed" } });
    const listed = await api.call("api", "ListMedia", { path: { MessageSid: sid } });
    const Sid = listed.sids("media_list")[0] ?? "";
    await api.call("api", "FetchMedia", { path: { MessageSid: sid, Sid } });
    await api.call("api", "FetchMediaContent", { path: { MessageSid: sid, Sid } });
    await api.call("api", "DeleteMedia", { path: { MessageSid: sid, Sid } });
    await api.call("api", "UpdateMessage", { path, form: { Body: "" } });
    await api.call("api", "DeleteMessage", { path });
  });

  it("an inbound message, and alerts of a webhook that fails", async () => {
    const listed = await api.call("api", "ListIncomingPhoneNumber", { query: { PhoneNumber: system.from } });
    const number = listed.sids("incoming_phone_numbers")[0] ?? "";
    const SmsUrl = customer.on("/broken", { status: 500, body: "out of order" });
    await api.call("api", "UpdateIncomingPhoneNumber", { path: { Sid: number }, form: { SmsUrl } });
    await textFromPhone(system, PHONE, { to: system.from, body: "hi" });
    const sid = await waitFor("an alert", async () => {
      const alerts = await api.call("monitor", "ListAlert", { query: { PageSize: "5" } });
      return alerts.sids("alerts")[0];
    });
    await api.call("monitor", "FetchAlert", { path: { Sid: sid } });
    await api.call("api", "ListMessage", { query: { From: PHONE } });
  });

  it("addresses, and what a number is sold with", async () => {
    const form = { CustomerName: "Owl", Street: "1 Main St", City: "Springfield", Region: "IL", PostalCode: "62701" };
    const created = await api.call("api", "CreateAddress", { form: { ...form, IsoCountry: "US" } });
    const path = { Sid: created.text("sid") };
    await api.call("api", "ListAddress");
    await api.call("api", "FetchAddress", { path });
    await api.call("api", "UpdateAddress", { path, form: { Street: "2 Main St" } });
    const ResourceSid = (await api.call("api", "ListIncomingPhoneNumber")).sids("incoming_phone_numbers")[0] ?? "";
    await api.call("api", "UpdateIncomingPhoneNumber", { path: { Sid: ResourceSid }, form: { AddressSid: path.Sid } });
    await api.call("api", "ListDependentPhoneNumber", { path: { AddressSid: path.Sid } });
    await api.call("api", "UpdateIncomingPhoneNumber", { path: { Sid: ResourceSid }, form: { AddressSid: "" } });
    await api.call("api", "DeleteAddress", { path });
    await api.call("api", "ListIncomingPhoneNumberAssignedAddOn", { path: { ResourceSid } });
    const addOn = { ResourceSid, Sid: `XE${"1".repeat(32)}`, AssignedAddOnSid: `XE${"1".repeat(32)}` };
    const InstalledAddOnSid = `XE${"1".repeat(32)}`;
    const install = { code: 20404, path: { ResourceSid }, form: { InstalledAddOnSid } };
    await api.refused("api", "CreateIncomingPhoneNumberAssignedAddOn", install);
    for (const one of ["FetchIncomingPhoneNumberAssignedAddOn", "DeleteIncomingPhoneNumberAssignedAddOn"]) {
      await api.refused("api", one, { code: 20404, path: addOn });
    }
    for (const verb of ["List", "Fetch"]) {
      await api.refused("api", `${verb}IncomingPhoneNumberAssignedAddOnExtension`, { code: 20404, path: addOn });
    }
  });

  it("usage", async () => {
    const kinds = ["", "AllTime", "Daily", "LastMonth", "Monthly", "ThisMonth", "Today", "Yearly", "Yesterday"];
    for (const kind of kinds) await api.call("api", `ListUsageRecord${kind}`, { query: { PageSize: "200" } });
    const form = { CallbackUrl: "https://example.org", TriggerValue: "+30", UsageCategory: "sms-outbound" };
    const created = await api.call("api", "CreateUsageTrigger", { form });
    const path = { Sid: created.text("sid") };
    await api.call("api", "ListUsageTrigger");
    await api.call("api", "FetchUsageTrigger", { path });
    await api.call("api", "UpdateUsageTrigger", { path, form: { FriendlyName: "thirty" } });
    await api.call("api", "DeleteUsageTrigger", { path });
  });

  it("consents, countries and events", async () => {
    const consent = { contact_id: PHONE, correlation_id: "a".repeat(32), sender_id: system.from };
    const Items = [JSON.stringify({ ...consent, status: "opt-out", source: "website" })];
    await api.call("accounts", "CreateBulkConsents", { form: { Items } });
    await api.call("accounts", "FetchMessagingGeopermissions", { query: { CountryCode: "US" } });
    const Permissions = [JSON.stringify({ country_code: "GB", type: "country", enabled: true })];
    await api.call("accounts", "UpdateMessagingGeopermissions", { form: { Permissions } });
    const events = await api.call("monitor", "ListEvent", { query: { PageSize: "100" } });
    for (const Sid of events.sids("events").slice(0, 20)) await api.call("monitor", "FetchEvent", { path: { Sid } });
  });

  it("auth tokens", async () => {
    await api.call("accounts", "CreateSecondaryAuthToken");
    await api.call("accounts", "DeleteSecondaryAuthToken");
    const authToken = (await api.call("accounts", "CreateSecondaryAuthToken")).text("secondary_auth_token");
    await api.call("accounts", "UpdateAuthTokenPromotion", { authToken });
  });

  it("nothing that is served was left out, and nothing differs from the description", (t) => {
    const { wrong, additional, missing } = api.differences();
    assert.deepEqual([...api.undescribed].toSorted(), UNDESCRIBED);
    for (const one of missing) t.diagnostic(`not served: ${one}`);
    for (const one of additional) t.diagnostic(`not described: ${one}`);
    assert.deepEqual(
      wrong.filter((one) => !NARROW.some((known) => known.test(one))),
      [],
    );
    t.diagnostic(`${api.served.length} operations served, ${api.findings.size} answers checked`);
  });
});

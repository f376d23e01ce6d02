/** The endpoints of numbers, services, rules, registrations, money and links, each called with marked data. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { refused, type MarkedCall, type Scene } from "./residency-scene.ts";
import { TRUST_CALLS, TRUST_MAKES } from "./residency-trust.ts";
import { WATCHING_CALLS, WATCHING_MAKES } from "./residency-watching.ts";

const SERVICES = "/v1/Services";
const LINKS = "/trunkline/v1/Links";
const DOMAINS = "/trunkline/v1/LinkDomains";
const LEDGER = "/trunkline/v1/Ledger";
const DLT = "/trunkline/v1/Dlt";
const HOUR_MS = 3_600_000;

const messaging = { product: "messaging" } as const;

/** The SID of a number that the account has. */
async function numberSid(scene: Scene, number: string): Promise<string> {
  const path = scene.own(`/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(number)}`);
  const { incoming_phone_numbers: held } = await scene.expect(200, { method: "GET", path });
  const [found] = held as readonly { readonly sid: string }[];
  assert.ok(found);
  return found.sid;
}

const remove = (scene: Scene, path: string, product = "api"): Promise<unknown> =>
  scene.expect(204, { method: "DELETE", product, path });

const marked = (scene: Scene, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, scene.marks.text()]));

function hooks({ customer, marks }: Scene, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, customer.url(`/${name}?p=${marks.plain()}`)]));
}

/** A service with a pool, messages by it at once and later; its number is free again at the end. */
const service: MarkedCall = async (scene) => {
  const { marks } = scene;
  const urls = hooks(scene, "InboundRequestUrl", "FallbackUrl", "StatusCallback");
  const made = { FriendlyName: marks.text(true), ...urls };
  const sid = await scene.createdSid({ ...messaging, path: SERVICES, form: made });
  const path = `${SERVICES}/${sid}`;
  await scene.expect(200, { ...messaging, path, form: { FriendlyName: marks.text(true) } });
  await scene.ask({ ...messaging, path, form: { Usecase: marks.text(), ...made } });
  const PhoneNumberSid = await numberSid(scene, scene.from);
  await scene.expect(201, { ...messaging, path: `${path}/PhoneNumbers`, form: { PhoneNumberSid } });
  await refused((all) => ({ ...messaging, path: `${path}/PhoneNumbers`, form: marked(all, "PhoneNumberSid") }))(scene);
  await refused((all) => ({ ...messaging, path: `${path}/ShortCodes`, form: marked(all, "ShortCodeSid") }))(scene);
  const alpha = { ...messaging, path: `${path}/AlphaSenders` };
  const name = await scene.createdSid({ ...alpha, form: { AlphaSender: "Owls" } });
  // Ireland takes registered names only.
  await remove(scene, `${alpha.path}/${name}`, "messaging");
  await refused((all) => ({ ...messaging, path: `${path}/AlphaSenders`, form: marked(all, "AlphaSender") }))(scene);
  const names = `${path}/DestinationAlphaSenders`;
  await refused((all) => ({ ...messaging, path: names, form: marked(all, "AlphaSender") }))(scene);
  await refused((all) => ({ ...messaging, path: `${path}/ChannelSenders`, form: marked(all, "Sid") }))(scene);
  // Whom it wrote to, and by which number, stays known; what is to be sent later is held.
  const from = { MessagingServiceSid: sid, From: "" };
  await scene.settled(await scene.message(from));
  const SendAt = new Date(Date.now() + HOUR_MS).toISOString();
  const later = await scene.message({ ...from, SendAt, ScheduleType: "fixed" });
  const held = await scene.expect(200, { method: "GET", path: scene.own(`/Messages/${later}.json`) });
  assert.equal(held["status"], "scheduled", JSON.stringify(held));
  await scene.expect(200, { path: scene.own(`/Messages/${later}.json`), form: { Status: "canceled" } });
  await remove(scene, path, "messaging");
};

const channelSender: MarkedCall = async (scene) => {
  const { marks } = scene;
  const profile = { name: marks.text(true), about: marks.text(true) };
  const json = { sender_id: `whatsapp:${marks.phone(true)}`, profile };
  const sid = await scene.createdSid({ ...messaging, path: "/v2/Channels/Senders", json }, 202);
  const path = `/v2/Channels/Senders/${sid}`;
  await scene.expect(202, { ...messaging, path, json: { profile: { ...profile, about: marks.text(true) } } });
  await scene.ask({ ...messaging, path, json: { profile: marks.text() } });
  await remove(scene, path, "messaging");
};

/** A toll-free number with all that is asked of whoever has it. */
const tollFree: MarkedCall = async (scene) => {
  const path = scene.own("/AvailablePhoneNumbers/US/TollFree.json");
  const { available_phone_numbers: numbers } = await scene.expect(200, { method: "GET", path });
  const [free] = numbers as readonly { readonly phone_number: string }[];
  assert.ok(free);
  const form = { PhoneNumber: free.phone_number };
  const number = await scene.createdSid({ path: scene.own("/IncomingPhoneNumbers.json"), form });
  const { marks } = scene;
  const names = ["BusinessName", "UseCaseSummary", "ProductionMessageSample", "BusinessStreetAddress", "BusinessCity"];
  const contact = ["BusinessContactFirstName", "BusinessContactLastName", "AdditionalInformation"];
  const business = {
    ...Object.fromEntries([...names, ...contact].map((name) => [name, marks.text(true)])),
    BusinessWebsite: `https://example.com/${marks.plain(true)}`,
    NotificationEmail: `${marks.plain(true)}@example.com`,
    BusinessContactEmail: `${marks.plain(true)}@example.com`,
    BusinessContactPhone: marks.phone(true),
    UseCaseCategories: "CUSTOMER_CARE",
    OptInImageUrls: `https://example.com/${marks.plain(true)}.png`,
    OptInType: "WEB_FORM",
    MessageVolume: "10",
    BusinessStateProvinceRegion: "NY",
    BusinessPostalCode: "10001",
    BusinessCountry: "US",
    TollfreePhoneNumberSid: number,
  };
  const list = "/v1/Tollfree/Verifications";
  const sid = await scene.createdSid({ ...messaging, path: list, form: business });
  await refused(() => ({ ...messaging, path: list, form: { ...business, MessageVolume: marks.text() } }))(scene);
  await scene.ask({ ...messaging, path: `${list}/${sid}`, form: marked(scene, "EditReason", "UseCaseSummary") });
  await remove(scene, `${list}/${sid}`, "messaging");
  await remove(scene, scene.own(`/IncomingPhoneNumbers/${number}.json`));
};

/** Who does not want to be written to, and words by which he says so. */
const consents: MarkedCall = async (scene) => {
  const { marks, from } = scene;
  const path = "/trunkline/v1/OptOuts";
  const recipients = [marks.phone(true), `no number ${marks.text()}`];
  const { changed } = await scene.expect(201, { path, json: { scope: from, recipients } });
  assert.equal(changed, 1);
  await scene.ask({ path, json: { scope: marks.text(), recipients: [marks.phone()] } });
  const item = { contact_id: marks.phone(true), correlation_id: marks.plain(), sender_id: from, status: "opt-out" };
  const bulk = { product: "accounts", path: "/v1/Consents/Bulk" };
  await scene.expect(201, { ...bulk, form: { Items: JSON.stringify(item) } });
  await scene.expect(201, { ...bulk, form: { Items: JSON.stringify({ ...item, contact_id: marks.text() }) } });
  const out = marks.phone(true);
  await scene.settled(await scene.message({ To: out }));
  await scene.textIn(out, "STOP");
  await refusedSoon(scene, out);
  const texts = { StopReply: marks.text(true), HelpReply: marks.text(true) };
  const configuration = { Scope: from, StopKeywords: marks.plain(), ...texts };
  const kept = await scene.createdSid({ path: `${path}/Configurations`, form: configuration });
  await refused((all) => ({ path: `${path}/Configurations`, form: marked(all, "Scope", "StopReply") }))(scene);
  await remove(scene, `${path}/Configurations/${kept}`);
};

/** Resolves once an opt-out that came by text is in force. */
async function refusedSoon(scene: Scene, to: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const form = { To: to, From: scene.from, Body: scene.marks.text() };
    const { status, json } = await scene.ask({ path: scene.own("/Messages.json"), form });
    if (json["code"] === 21610) return;
    assert.equal(status, 201, JSON.stringify(json));
    await scene.settled(String(json["sid"]));
  }
  assert.fail("the opt-out is not in force");
}

const geoPermissions: MarkedCall = async (scene) => {
  const asked = { method: "PATCH", product: "accounts", path: "/v1/Messaging/GeoPermissions" } as const;
  const permission = { country_code: "IE", type: "country", enabled: "true" };
  await scene.expect(200, { ...asked, form: { Permissions: JSON.stringify(permission) } });
  await scene.ask({ ...asked, form: { Permissions: JSON.stringify({ ...permission, note: scene.marks.text() }) } });
  await scene.ask({ ...asked, form: marked(scene, "Permissions") });
};

/** Setting by which an account is known to registries. A name that is kept is written down; the rest is refused. */
const dlt: MarkedCall = async (scene) => {
  const { marks } = scene;
  const id = (): string => String(marks.next()).padStart(19, "1");
  const header = String(marks.next()).padStart(6, "1");
  const EntityId = id();
  await scene.expect(201, { path: `${DLT}/Entities`, form: { EntityId, Name: marks.text(true) } });
  await scene.expect(201, { path: `${DLT}/Headers`, form: { EntityId, Header: header } });
  await refused((all) => ({ path: `${DLT}/Headers`, form: { EntityId, ...marked(all, "Header") } }))(scene);
  const Content = `${marks.text(true)} {#var#}`;
  const template = { EntityId, TemplateId: id(), Content, Category: "transactional", Headers: header };
  await scene.ask({ path: `${DLT}/Templates`, form: template });
};

const quietHours: MarkedCall = async (scene) => {
  const path = "/trunkline/v1/QuietHours";
  const form = { Action: "refuse", From: "09:00", To: "20:00" };
  const sid = await scene.createdSid({ path, form });
  await refused((all) => ({ path, form: { ...form, ...marked(all, "Scope") } }))(scene);
  await remove(scene, `${path}/${sid}`);
};

/** A customer's address. */
const address: MarkedCall = async (scene) => {
  const { marks } = scene;
  const names = ["CustomerName", "Street", "StreetSecondary", "City", "FriendlyName"];
  const person = Object.fromEntries(names.map((name) => [name, marks.text(true)]));
  const place = { Region: "NY", PostalCode: "10001", IsoCountry: "US" };
  const path = scene.own("/Addresses.json");
  const sid = await scene.createdSid({ path, form: { ...person, ...place } });
  const changed = { CustomerName: marks.text(true) };
  await scene.expect(200, { path: scene.own(`/Addresses/${sid}.json`), form: changed });
  await refused(() => ({ path, form: { ...person, ...place, PostalCode: marks.text() } }))(scene);
};

/** A number of a customer of somebody else, who is to lose it. */
const portIn: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const base = { product: "numbers", path: "/v1/Porting/PortIn" };
  const urls = {
    port_in_target_url: customer.url(`/ports?p=${marks.plain(true)}`),
    notifications_of: ["PortInCompleted"],
  };
  await scene.expect(201, { product: "numbers", path: "/v1/Porting/Configuration/Webhook", json: urls });
  const representative = `${marks.plain(true)}@example.com`;
  const request = {
    account_sid: scene.account.accountSid,
    documents: [`RD${"1".repeat(32)}`],
    phone_numbers: [{ phone_number: `+1312555${String(7_100 + marks.next()).slice(-4)}` }],
    notification_emails: [representative],
    losing_carrier_information: {
      customer_name: marks.text(true),
      authorized_representative: marks.text(true),
      authorized_representative_email: representative,
      address: { street: marks.text(true), city: marks.text(true), state: "IL", zip: "62701", country: "USA" },
    },
  };
  const { port_in_request_sid: sid } = await scene.expect(202, { ...base, json: request });
  await refused(() => ({ ...base, json: { ...request, phone_numbers: [{ phone_number: marks.text() }] } }))(scene);
  await remove(scene, `${base.path}/${String(sid)}`, "numbers");
};

const senderRegistration: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const json = {
    regulationId: `RN${"1".repeat(32)}`,
    regulationVersion: 1,
    friendlyName: marks.text(true),
    statusNotificationEmail: `${marks.plain(true)}@example.com`,
    statusCallbackUrl: customer.url(`/senders?p=${marks.plain(true)}`),
    comments: marks.text(true),
    data: { alphanumericSender: { senderId: `Owls${marks.next()}` }, contact: { name: marks.text(true) } },
  };
  const path = "/v1/SenderIdRegistrations";
  const { id } = await scene.expect(201, { product: "numbers", path, json });
  const session = { themeSetId: marks.plain(true) };
  await scene.expect(201, { product: "numbers", path: `${path}/${String(id)}/EmbeddedSessions`, json: session });
  await refused(() => ({ product: "numbers", path, json: { ...json, data: marks.text() } }))(scene);
};

const alphanumericSender: MarkedCall = async (scene) => {
  const path = "/trunkline/v1/AlphanumericSenders";
  // Each name once: what is registered comes from the count of marks.
  const sid = await scene.createdSid({ path, form: { Sender: `Owl${scene.marks.next()}` } });
  await refused((all) => ({ path, form: marked(all, "Sender") }))(scene);
  await refused((all) => ({ path: `${path}/${sid}`, form: marked(all, "Status") }))(scene);
  await remove(scene, `${path}/${sid}`);
};

const hold: MarkedCall = async (scene) => {
  const path = scene.own("/AvailablePhoneNumbers/US/Mobile.json");
  const { available_phone_numbers: numbers } = await scene.expect(200, { method: "GET", path });
  const [free] = numbers as readonly { readonly phone_number: string }[];
  assert.ok(free);
  const holds = "/trunkline/v1/NumberHolds";
  const sid = await scene.createdSid({ path: holds, form: { PhoneNumber: free.phone_number } });
  await refused((all) => ({ path: holds, form: { PhoneNumber: all.marks.phone() } }))(scene);
  await remove(scene, `${holds}/${sid}`);
};

const usageTrigger: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const path = scene.own("/Usage/Triggers.json");
  const CallbackUrl = customer.on(`/usage/${marks.plain(true)}`, { status: 500, body: marks.text() });
  const named = { CallbackUrl, UsageCategory: "sms-outbound", FriendlyName: marks.text(true) };
  const sid = await scene.createdSid({ path, form: { ...named, TriggerValue: "1" } });
  await scene.expect(200, { path: scene.own(`/Usage/Triggers/${sid}.json`), form: { FriendlyName: marks.text(true) } });
  await refused((all) => ({ path, form: { ...named, ...marked(all, "TriggerValue") } }))(scene);
  await scene.settled(await scene.message());
};

/** Links of a domain, in a message and beside it, and visits to them. */
const links: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  // Every edge has to know where a domain is at home, as it does of numbers; its name is public.
  const DomainName = `go${marks.next()}.example.org`;
  const domain = await scene.createdSid({ path: DOMAINS, form: { DomainName } });
  await refused((all) => ({ path: DOMAINS, form: marked(all, "DomainName") }))(scene);
  await scene.expect(200, { path: `${DOMAINS}/${domain}/Verification` });
  await refused((all) => ({ path: `${DOMAINS}/${domain}`, form: marked(all, "Status") }))(scene);
  const base = `/v1/LinkShortening/Domains/${domain}`;
  const config = {
    FallbackUrl: `https://example.com/${marks.plain(true)}`,
    CallbackUrl: customer.url(`/clicks?p=${marks.plain(true)}`),
  };
  await scene.expect(201, { ...messaging, path: `${base}/Config`, form: config });
  const TlsCert = `-----BEGIN CERTIFICATE-----\n${Buffer.from(marks.text()).toString("base64")}\n`;
  await refused(() => ({ ...messaging, path: `${base}/Certificate`, form: { TlsCert } }))(scene);
  await scene.ask({ ...messaging, path: `${base}/RequestManagedCert` });
  const TargetUrl = `https://example.com/${marks.plain(true)}?name=${encodeURIComponent(marks.text())}`;
  const secrets = { Title: marks.text(true), Tag: marks.plain(true), Password: marks.text() };
  const slug = marks.plain(true);
  const sid = await scene.createdSid({ path: LINKS, form: { TargetUrl, Slug: slug, DomainName, ...secrets } });
  await scene.expect(200, { path: `${LINKS}/${sid}`, form: { Title: marks.text(true), Password: "" } });
  const many = [
    { target_url: TargetUrl, domain_name: DomainName, tags: [marks.plain(true)] },
    { target_url: marks.text() },
  ];
  await scene.expect(201, { path: `${LINKS}/Bulk`, json: { links: many } });
  await linkInMessage(scene, { base, target: TargetUrl });
  await scene.ask({ method: "GET", host: DomainName, path: `/${slug}?visitor=${marks.plain()}` });
  await scene.ask({ method: "GET", host: DomainName, path: `/${marks.plain()}` });
};

async function linkInMessage(scene: Scene, { base, target }: { base: string; target: string }): Promise<void> {
  const FriendlyName = scene.marks.text(true);
  const sid = await scene.createdSid({ ...messaging, path: SERVICES, form: { FriendlyName } });
  const PhoneNumberSid = await numberSid(scene, scene.from);
  await scene.expect(201, { ...messaging, path: `${SERVICES}/${sid}/PhoneNumbers`, form: { PhoneNumberSid } });
  await scene.expect(201, { ...messaging, path: `${base}/MessagingServices/${sid}` });
  const Body = `${scene.marks.text(true)} ${target}`;
  await scene.settled(await scene.message({ MessagingServiceSid: sid, From: "", Body, ShortenUrls: "true" }));
  await remove(scene, `${SERVICES}/${sid}`, "messaging");
}

/** What is the operator's. */
const operators = (path: string, ...names: readonly string[]): MarkedCall =>
  refused((scene) => ({ path, form: { AccountSid: scene.account.accountSid, ...marked(scene, ...names) } }));

const ofLedger = (path: string): MarkedCall => operators(`${LEDGER}/${path}`, "Id", "Reason", "Amount");
const anyWallet: MarkedCall = async (scene) => {
  const path = `${LEDGER}/Accounts/${scene.account.accountSid}`;
  await operators(`${path}/Wallet`, "AlertUrl", "Floor")(scene);
  await operators(`${path}/Cap`, "Amount", "Period")(scene);
};

const addOn: MarkedCall = async (scene) => {
  const sid = await numberSid(scene, scene.from);
  const path = scene.own(`/IncomingPhoneNumbers/${sid}/AssignedAddOns.json`);
  await refused((all) => ({ path, form: marked(all, "InstalledAddOnSid") }))(scene);
};

const RULES = "POST api /trunkline/v1";
const PRICES = "/trunkline/v1/Prices";

/** By endpoint. Run in this order. */
export const COMMERCE_CALLS: Readonly<Record<string, MarkedCall>> = {
  ...TRUST_CALLS,
  ...WATCHING_CALLS,
  "POST messaging /v1/Services": service,
  "POST messaging /v2/Channels/Senders": channelSender,
  "POST messaging /v1/Tollfree/Verifications": tollFree,
  [`${RULES}/OptOuts`]: consents,
  "PATCH accounts /v1/Messaging/GeoPermissions": geoPermissions,
  [`${RULES}/GeoPermissions`]: operators("/trunkline/v1/GeoPermissions", "Place", "Enabled"),
  [`${RULES}/SenderRegistrations`]: operators("/trunkline/v1/SenderRegistrations", "Sender", "Reference"),
  [`${RULES}/QuietHours`]: quietHours,
  [`${RULES}/DoNotCall/Exemptions`]: operators("/trunkline/v1/DoNotCall/Exemptions", "List", "Reason"),
  [`${RULES}/ContentLists`]: operators("/trunkline/v1/ContentLists", "Name", "Phrases"),
  [`${RULES}/CountryRules/{Country}`]: operators("/trunkline/v1/CountryRules/IE", "SourceUrl"),
  [`${RULES}/Dlt/Entities`]: dlt,
  [`${RULES}/NumberHolds`]: hold,
  [`${RULES}/AlphanumericSenders`]: alphanumericSender,
  [`${RULES}/Numbers/{PhoneNumber}/PortOut`]: refused(({ marks }) => ({
    path: `/trunkline/v1/Numbers/${encodeURIComponent(marks.phone())}/PortOut`,
  })),
  "POST api /2010-04-01/Accounts/{AccountSid}/Addresses.json": address,
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns.json": addOn,
  "POST numbers /v1/SenderIdRegistrations": senderRegistration,
  "POST numbers /v1/Porting/PortIn": portIn,
  "POST api /2010-04-01/Accounts/{AccountSid}/Usage/Triggers.json": usageTrigger,
  [`${RULES}/Ledger/Accounts/{Sid}/Wallet`]: anyWallet,
  [`${RULES}/Ledger/Credits`]: ofLedger("Credits"),
  [`${RULES}/Ledger/Grants`]: ofLedger("Grants"),
  [`${RULES}/Ledger/Adjustments`]: ofLedger("Adjustments"),
  [`${RULES}/Ledger/Refunds`]: ofLedger("Refunds"),
  [`${RULES}/Prices/Tables`]: refused(({ marks }) => ({ path: `${PRICES}/Tables`, json: { note: marks.text() } })),
  [`${RULES}/Prices/Tables/{Version}`]: operators(`${PRICES}/Tables/1`, "Status"),
  [`${RULES}/Prices/Tables/{Version}/Rows`]: refused(({ marks }) => ({
    path: `${PRICES}/Tables/1/Rows`,
    body: `${marks.text()}\n`,
  })),
  [`${RULES}/Prices/Activations`]: operators(`${PRICES}/Activations`, "Version", "Reason"),
  [`${RULES}/Prices/Assignments`]: operators(`${PRICES}/Assignments`, "Account", "Reason"),
  [`${RULES}/LinkDomains`]: links,
  [`${RULES}/BlockedLinkHosts`]: operators("/trunkline/v1/BlockedLinkHosts", "Host", "Reason"),
};

const MADE_BY: Readonly<Record<string, readonly string[]>> = {
  ...TRUST_MAKES,
  ...WATCHING_MAKES,
  "POST messaging /v1/Services": [
    "messaging /v1/Services/{Sid}",
    ...["PhoneNumbers", "ShortCodes", "AlphaSenders", "DestinationAlphaSenders"].map(
      (pool) => `messaging /v1/Services/{ServiceSid}/${pool}`,
    ),
    "messaging /v1/Services/{MessagingServiceSid}/ChannelSenders",
  ],
  "POST messaging /v2/Channels/Senders": ["messaging /v2/Channels/Senders/{Sid}"],
  "POST messaging /v1/Tollfree/Verifications": ["messaging /v1/Tollfree/Verifications/{Sid}"],
  [`${RULES}/OptOuts`]: ["accounts /v1/Consents/Bulk", "api /trunkline/v1/OptOuts/Configurations"],
  [`${RULES}/Dlt/Entities`]: ["api /trunkline/v1/Dlt/Headers", "api /trunkline/v1/Dlt/Templates"],
  [`${RULES}/AlphanumericSenders`]: ["api /trunkline/v1/AlphanumericSenders/{Sid}"],
  "POST api /2010-04-01/Accounts/{AccountSid}/Addresses.json": [
    "api /2010-04-01/Accounts/{AccountSid}/Addresses/{Sid}.json",
  ],
  "POST numbers /v1/SenderIdRegistrations": ["numbers /v1/SenderIdRegistrations/{BundleSid}/EmbeddedSessions"],
  "POST numbers /v1/Porting/PortIn": ["numbers /v1/Porting/Configuration/Webhook"],
  "POST api /2010-04-01/Accounts/{AccountSid}/Usage/Triggers.json": [
    "api /2010-04-01/Accounts/{AccountSid}/Usage/Triggers/{Sid}.json",
  ],
  [`${RULES}/Ledger/Accounts/{Sid}/Wallet`]: ["api /trunkline/v1/Ledger/Accounts/{Sid}/Cap"],
  [`${RULES}/LinkDomains`]: [
    ...["LinkDomains/{Sid}", "LinkDomains/{Sid}/Verification", "Links", "Links/{Sid}", "Links/Bulk"].map(
      (path) => `api /trunkline/v1/${path}`,
    ),
    ...["Certificate", "RequestManagedCert", "Config", "MessagingServices/{MessagingServiceSid}"].map(
      (path) => `messaging /v1/LinkShortening/Domains/{DomainSid}/${path}`,
    ),
  ],
};

/** Endpoints that another one's call here calls as well. */
export const COMMERCE_CALLED_BY: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(MADE_BY).flatMap(([call, paths]) => paths.map((path) => [`POST ${path}`, call])),
);

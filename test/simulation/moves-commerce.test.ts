/** An account that moves with all that it has beside messages: money, rules, registrations, services, links. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { HttpResponse } from "../../src/platform/http/index.ts";
import type { WebhooksSettled } from "../../src/platform/webhooks/index.ts";
import { REVIEW_MS, withCommerce } from "./moves-commerce-world.ts";
import { driveTo, MovesWorld, NUMBER, OPERATOR, textOf, TOKEN, type CellWorld } from "./moves-world.ts";

const ACCOUNT_TOKEN = "a".repeat(32);
const PRIMARY = "RN6433641899984f951173ef1738c3bdd0";
const A2P = "RNb0d4771c2c98518d916a3d4cd70a8f8b";
const OTHER_NUMBER = "+15005550199";
const DOMAIN = "go.owl.example";
const HOUR_MS = 3_600_000;
const american = (n: number): string => `+1212555${String(n).padStart(4, "0")}`;
const british = (n: number): string => `+4477009${String(n).padStart(5, "0")}`;

type Form = Record<string, string> | URLSearchParams;
type Json = Readonly<Record<string, unknown>>;
const json = (response: HttpResponse): Json => JSON.parse(textOf(response)) as Json;

/** An account and what it asks of whichever cell it is in. */
class Customer {
  cell: CellWorld;
  readonly world: MovesWorld;
  readonly accountSid: string;

  constructor(world: MovesWorld, cell: CellWorld) {
    this.world = world;
    this.cell = cell;
    this.accountSid = world.minter.mint("AC");
  }

  own(path: string): string {
    return `/2010-04-01/Accounts/${this.accountSid}${path}`;
  }

  ask(method: string, target: string, form?: Form, product = "api"): Promise<HttpResponse> {
    const host = `${product}.twilio.com`;
    const auth = { user: this.accountSid, password: ACCOUNT_TOKEN, host };
    return this.cell.request(method, target, form === undefined ? auth : { ...auth, form });
  }

  async make(target: string, form: Form = {}, product = "api"): Promise<Json> {
    const answer = await this.ask("POST", target, form, product);
    assert.ok(answer.status >= 200 && answer.status < 300, `${target}: ${answer.status} ${textOf(answer)}`);
    return json(answer);
  }

  async fetch(target: string, product = "api"): Promise<Json> {
    const answer = await this.ask("GET", target, undefined, product);
    assert.equal(answer.status, 200, `${target}: ${textOf(answer)}`);
    return json(answer);
  }

  message(form: Record<string, string>): Promise<Json> {
    return this.make(this.own("/Messages.json"), { Body: "hello", ...form });
  }

  async balance(): Promise<string> {
    return String((await this.fetch(this.own("/Balance.json")))["balance"]);
  }

  /** A business that is registered, with its campaign. */
  async campaign(serviceSid: string): Promise<{ readonly brand: string; readonly campaign: string }> {
    const attributes = {
      business_name: "Owl, Inc.",
      business_type: "Corporation",
      business_registration_number: "12-3456789",
      business_registration_identifier: "EIN",
      business_identity: "direct_customer",
      business_industry: "TECHNOLOGY",
      business_regions_of_operation: "USA_AND_CANADA",
      website_url: "https://owl.example",
      social_media_profile_urls: "",
    };
    const person = {
      first_name: "Strix",
      last_name: "Aluco",
      email: "strix@owl.example",
      phone_number: "+12125550100",
      business_title: "Owner",
      job_position: "CEO",
    };
    const address = await this.make(this.own("/Addresses.json"), ADDRESS);
    const item = async (path: string, type: string, said: object): Promise<string> => {
      const form = { FriendlyName: type, Type: type, Attributes: JSON.stringify(said) };
      return String((await this.make(path, form, "trusthub"))["sid"]);
    };
    const items = [
      await item("/v1/EndUsers", "customer_profile_business_information", attributes),
      await item("/v1/EndUsers", "authorized_representative_1", person),
      await item("/v1/SupportingDocuments", "customer_profile_address", { address_sids: address["sid"] }),
    ];
    const profile = await this.approved("/v1/CustomerProfiles", PRIMARY, items);
    const company = await item("/v1/EndUsers", "us_a2p_messaging_profile_information", { company_type: "private" });
    const product = await this.approved("/v1/TrustProducts", A2P, [company, profile]);
    const wanted = { CustomerProfileBundleSid: profile, A2PProfileBundleSid: product };
    const brand = String((await this.make("/v1/a2p/BrandRegistrations", wanted, "messaging"))["sid"]);
    await this.until(`/v1/a2p/BrandRegistrations/${brand}`, "messaging", ["status", "APPROVED"]);
    const long = "A description of forty characters at least, which it is.";
    const sample = "A sample of more than twenty characters";
    const texts = { Description: long, MessageFlow: long };
    const flags = { HasEmbeddedLinks: "true", HasEmbeddedPhone: "false", AgeGated: "false", DirectLending: "false" };
    const said = { ...texts, ...flags, BrandRegistrationSid: brand, UsAppToPersonUsecase: "MIXED" };
    const form = new URLSearchParams(said);
    for (const text of [`${sample} one`, `${sample} two`]) form.append("MessageSamples", text);
    const path = `/v1/Services/${serviceSid}/Compliance/Usa2p`;
    const campaign = String((await this.make(path, form, "messaging"))["sid"]);
    await this.until(`${path}/${campaign}`, "messaging", ["campaign_status", "VERIFIED"]);
    return { brand, campaign };
  }

  private async approved(path: string, PolicySid: string, items: readonly string[]): Promise<string> {
    const form = { FriendlyName: "Owl", Email: "a@owl.example", PolicySid };
    const own = `${path}/${String((await this.make(path, form, "trusthub"))["sid"])}`;
    for (const ObjectSid of items) await this.make(`${own}/EntityAssignments`, { ObjectSid }, "trusthub");
    await this.make(own, { Status: "pending-review" }, "trusthub");
    await this.until(own, "trusthub", ["status", "twilio-approved"]);
    return own.slice(path.length + 1);
  }

  private async until(path: string, product: string, [field, value]: readonly [string, string]): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      const found = await this.fetch(path, product);
      if (found[field] === value) return;
      await this.world.advance(REVIEW_MS / 2);
    }
    assert.fail(`${path} is ${textOf(await this.ask("GET", path, undefined, product))}`);
  }
}

const ADDRESS = {
  CustomerName: "Owl",
  Street: "1 Main St",
  City: "New York",
  Region: "NY",
  PostalCode: "10001",
  IsoCountry: "US",
};

async function makeCustomer(world: MovesWorld, cell: CellWorld): Promise<Customer> {
  const customer = new Customer(world, cell);
  const { accountSid } = customer;
  await cell.alive.accounts.ensureFirstAccount({ accountSid, authToken: ACCOUNT_TOKEN });
  for (const PhoneNumber of [NUMBER, OTHER_NUMBER]) {
    await customer.make(customer.own("/IncomingPhoneNumbers.json"), { PhoneNumber, SmsUrl: "" });
  }
  for (const sid of [accountSid, NUMBER, OTHER_NUMBER]) world.homes.set(sid, { cell: cell.name, epoch: 1 });
  return customer;
}

const byOperator = (cell: CellWorld, target: string, form: Record<string, string>): Promise<HttpResponse> =>
  cell.request("POST", target, { user: OPERATOR, password: TOKEN, form });

/** Visits a short link as somebody would, by an edge. */
const visit = (cell: CellWorld, host: string, path: string): Promise<HttpResponse> =>
  cell.request("GET", path, { user: "", password: "", host, headers: { "x-trunkline-link": "1" } });

/** Everything that waits to be told counts as told. */
async function settleWebhooks(cell: CellWorld): Promise<void> {
  const delivered = [...cell.alive.webhooks.jobs.values()].map(({ id }) => id);
  const settled: WebhooksSettled = { kind: "webhook.settled", outcomes: [], delivered };
  await cell.alive.cell.commit(settled);
}

async function clicksOf(customer: Customer, sid: string): Promise<number> {
  const found = await customer.fetch(`/trunkline/v1/Links/${sid}/Analytics`);
  return Number(found["clicks"]) + Number(found["previews"]) + Number(found["bots"]);
}

const microsOf = (amount: string): number => Math.round(Number(amount) * 1_000_000);

/** Webhooks of a cell that are not sent, by their URL. */
const webhooksTo = (cell: CellWorld, url: string): number =>
  [...cell.alive.webhooks.jobs.values()].filter((job) => job.url.startsWith(url)).length;

describe("an account that moves with its money, rules, registrations and links", () => {
  it("finds all of it in the other cell, and nothing happens twice", async () => {
    const world = await MovesWorld.start(7, withCommerce());
    const [one, two] = [world.cell("messaging-1"), world.cell("messaging-2")];
    const customer = await makeCustomer(world, one);
    const { accountSid } = customer;
    for (const { carrier } of [one, two]) carrier.script = () => carrier.accept();

    // Money: prepaid, paid in, spent a little.
    const ledger = "/trunkline/v1/Ledger";
    const terms = { Mode: "prepaid", Floor: "0" };
    assert.equal((await byOperator(one, `${ledger}/Accounts/${accountSid}/Wallet`, terms)).status, 200);
    const paid = { AccountSid: accountSid, Amount: "10.123456", Id: "first" };
    assert.equal((await byOperator(one, `${ledger}/Credits`, paid)).status, 201);
    const trigger = { UsageCategory: "sms-outbound", CallbackUrl: "https://example.org/usage" };
    await customer.make(customer.own("/Usage/Triggers.json"), { ...trigger, TriggerValue: "5" });
    const fired = { ...trigger, TriggerValue: "1", CallbackUrl: "https://example.org/fired" };
    await customer.make(customer.own("/Usage/Triggers.json"), fired);

    // A service with a pool, a campaign, a domain.
    const service = String((await customer.make("/v1/Services", { FriendlyName: "pool" }, "messaging"))["sid"]);
    const numbers = await customer.fetch(customer.own("/IncomingPhoneNumbers.json"));
    const pool = `/v1/Services/${service}/PhoneNumbers`;
    for (const { sid } of numbers["incoming_phone_numbers"] as readonly { readonly sid: string }[]) {
      await customer.make(pool, { PhoneNumberSid: sid }, "messaging");
    }
    const { campaign } = await customer.campaign(service);
    const domain = String((await customer.make("/trunkline/v1/LinkDomains", { DomainName: DOMAIN }))["sid"]);
    world.homes.set(DOMAIN, { cell: "messaging-1", epoch: 1 });
    await customer.make(`/v1/LinkShortening/Domains/${domain}/MessagingServices/${service}`, {}, "messaging");
    const target = "https://owl.example/a-long-page-about-owls";
    const link = await customer.make("/trunkline/v1/Links", { TargetUrl: target });
    const code = new URL(String(link["short_url"])).pathname;
    await world.advance(100);
    assert.equal((await visit(one, DOMAIN, code)).status, 302);

    // Rules, senders, addresses.
    const permission = JSON.stringify({ country_code: "FR", type: "country", enabled: "false" });
    const geo = await customer.ask("PATCH", "/v1/Messaging/GeoPermissions", { Permissions: permission }, "accounts");
    assert.equal(geo.status, 200, textOf(geo));
    await customer.make("/trunkline/v1/AlphanumericSenders", { Sender: "Owls" });

    // One is sent, one opts out, one stays open, one is for later.
    const from = { MessagingServiceSid: service };
    const first = await customer.message({ ...from, To: american(1), Body: `see ${target}`, ShortenUrls: "true" });
    await world.rest();
    await one.carrier.receipt({ id: "messaging-1-carrier-1", to: american(1).slice(1) });
    await customer.message({ ...from, To: british(2) });
    await world.rest();
    assert.equal(await one.carrier.text({ text: "STOP", from: british(2), to: NUMBER }), true);
    await world.rest();
    // The text, and what answers the word that opts out.
    for (const id of [2, 3]) await one.carrier.receipt({ id: `messaging-1-carrier-${id}`, to: british(2).slice(1) });
    const SendAt = new Date(world.nowMs + HOUR_MS).toISOString();
    const later = { ...from, To: american(3), SendAt, ScheduleType: "fixed" };
    const scheduled = String((await customer.message(later))["sid"]);
    await world.advance(2_000);
    // It has gone, its hold is open, and what the carrier says comes after the account has left.
    one.carrier.script = () => undefined;
    const inFlight = String((await customer.message({ ...from, To: british(5) }))["sid"]);
    await world.advance(1_000);
    await settleWebhooks(one);
    const before = {
      balance: await customer.balance(),
      lines: (await customer.fetch(`${ledger}/Lines`))["lines"] as readonly unknown[],
      clicks: await clicksOf(customer, String(link["sid"])),
      links: (await customer.fetch("/trunkline/v1/Links"))["links"] as readonly unknown[],
      events: (await customer.fetch("/v1/Events", "monitor"))["events"] as readonly unknown[],
    };
    assert.notEqual(before.balance, "10.123456", "something was paid");
    assert.deepEqual([webhooksTo(one, "https://example.org/usage"), before.clicks], [0, 1]);
    const sentBefore = one.carrier.submissions.length;

    const move = await world.begin(accountSid, "messaging-2");
    await driveTo(world, "tail");
    one.carrier.answer();
    await world.rest();
    await one.carrier.receipt({ id: "messaging-1-carrier-4", to: british(5).slice(1) });
    await driveTo(world, undefined);
    assert.equal((await world.find(move.sid))?.["step"], "done", JSON.stringify(await world.find(move.sid)));
    customer.cell = two;
    await world.advance(2_000);

    // What there was is there.
    const late = await customer.fetch(customer.own(`/Messages/${inFlight}.json`));
    assert.deepEqual([late["status"], late["price"]], ["delivered", "-0.04200"]);
    const spent = microsOf(before.balance) - microsOf(await customer.balance());
    assert.equal(spent, 42_000, "to the micro");
    const lines = (await customer.fetch(`${ledger}/Lines`))["lines"] as readonly unknown[];
    for (const line of before.lines)
      assert.ok(
        lines.some((one) => isDeepStrictEqual(one, line)),
        JSON.stringify(line),
      );
    assert.equal(await clicksOf(customer, String(link["sid"])), before.clicks);
    assert.equal(((await customer.fetch("/trunkline/v1/Links"))["links"] as unknown[]).length, before.links.length);
    const events = (await customer.fetch("/v1/Events", "monitor"))["events"] as readonly unknown[];
    assert.ok(events.length >= before.events.length && before.events.length > 0, `${events.length} events`);
    const kept = await customer.fetch(`/v1/Services/${service}/Compliance/Usa2p/${campaign}`, "messaging");
    assert.equal(kept["campaign_status"], "VERIFIED");
    const permissions = await customer.fetch("/v1/Messaging/GeoPermissions?CountryCode=FR", "accounts");
    assert.equal((permissions["permissions"] as { enabled: boolean }[])[0]?.enabled, false);
    assert.equal(((await customer.fetch(customer.own("/Addresses.json")))["addresses"] as unknown[]).length, 1);
    const senders = (await customer.fetch("/trunkline/v1/AlphanumericSenders"))["alphanumeric_senders"] as unknown[];
    assert.equal(senders.length, 1);

    // And works: opt-out, country, link, campaign, wallet, trigger, schedule.
    const refusal = async (form: Record<string, string>): Promise<unknown> =>
      json(await customer.ask("POST", customer.own("/Messages.json"), { Body: "hello", ...form }))["code"];
    assert.equal(await refusal({ ...from, To: british(2) }), 21610);
    assert.equal(await refusal({ ...from, To: "+33612345678" }), 21408);
    assert.equal((await visit(two, DOMAIN, code)).status, 302);
    assert.equal((await visit(one, DOMAIN, code)).status, 421, "the cell that gave the code out knows where it is");
    const again = await customer.message({ ...from, To: american(1) });
    for (let second = 0; second < 5; second += 1) await world.advance(1_000);
    const senderOf = async ({ sid }: Json): Promise<unknown> =>
      (await customer.fetch(customer.own(`/Messages/${String(sid)}.json`)))["from"];
    assert.equal(await senderOf(again), await senderOf(first), "the sender sticks");
    assert.equal(two.carrier.submissions.length, 1);
    assert.equal(webhooksTo(two, "https://example.org/usage"), 1, "the fifth text fires the trigger");
    assert.equal(one.carrier.submissions.length, sentBefore, "the old cell sends nothing any more");
    for (let minute = 0; minute < 65; minute += 1) await world.advance(60_000);
    assert.equal(String((await customer.fetch(customer.own(`/Messages/${scheduled}.json`)))["status"]), "sent");
    const sent = [...one.carrier.submissions, ...two.carrier.submissions].filter(({ to }) => to === american(3));
    assert.equal(sent.length, 1, "once");
    assert.equal(webhooksTo(two, "https://example.org/usage"), 1);
    assert.equal(webhooksTo(two, "https://example.org/fired"), 0, "it has fired before");
    await world.close();
  });
});

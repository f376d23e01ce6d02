/** The products beside messages, with the official SDK, against several cells behind two edges. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";
import { forwardedClient, keyClient, refuses } from "./sdk-clients.ts";

type Client = ReturnType<typeof twilio>;

/** An account of one cell, by way of one edge. */
interface Way {
  readonly what: string;
  readonly account: FleetAccount;
  readonly baseUrl: string;
  readonly client: Client;
  /** The same account by the other edge. */
  readonly beside: Client;
  /** An account of the other cell, by this edge. */
  readonly stranger: Client;
}

const REGIONS = ["us1", "ie1"] as const;
const CELLS = ["messaging-1", "messaging-2"] as const;
const PRIMARY = "RN6433641899984f951173ef1738c3bdd0";
const PERSON = "+12065550123";

/** The answer of an endpoint that is no product of the SDK's. */
interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

describe("the products of numbers, services, rules and money, and a fleet of two cells and two edges", () => {
  let fleet: FleetProcess;
  const accounts = new Map<string, FleetAccount>();

  before(async () => {
    fleet = await startFleetProcess({ cells: "messaging=2", regions: REGIONS.join(",") });
    accounts.set("messaging-1", { ...fleet.operator, cell: "messaging-1" });
    accounts.set("messaging-2", await fleet.createAccount("ie1"));
  });
  after(async () => {
    assert.equal(await fleet?.stop(), 0, "it stops in order");
  });

  const clientOf = (cell: string, region: string): Client => {
    const account = accounts.get(cell);
    assert.ok(account);
    return forwardedClient({ ...account, baseUrl: fleet.edges.get(region) ?? "" });
  };
  const ways = (): Way[] =>
    CELLS.flatMap((cell, place) =>
      REGIONS.map((region, edge): Way => {
        const account = accounts.get(cell);
        assert.ok(account?.cell === cell);
        return {
          what: `${cell} by edge-${region}`,
          account,
          baseUrl: fleet.edges.get(region) ?? "",
          client: clientOf(cell, region),
          beside: clientOf(cell, REGIONS[1 - edge] ?? ""),
          stranger: clientOf(CELLS[1 - place] ?? "", region),
        };
      }),
    );

  /** A request to what this platform has beside the SDK's products. */
  const ask = async ({ account, baseUrl }: Way, path: string, form?: Record<string, string>): Promise<Answer> => {
    const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64")}`;
    const posted = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const response = await fetch(`${baseUrl}/trunkline/v1/${path}`, { headers: { authorization }, ...posted });
    return { status: response.status, json: (await response.json()) as Answer["json"] };
  };

  it("a service is made by one edge and found by the other, by its own account alone, with a key too", async () => {
    for (const { client, beside, stranger, account, baseUrl, what } of ways()) {
      const { sid } = await client.messaging.v1.services.create({ friendlyName: what });
      assert.equal((await beside.messaging.v1.services(sid).fetch()).friendlyName, what);
      await refuses(stranger.messaging.v1.services(sid).fetch(), 20404, 404);
      const key = await client.newKeys.create({ friendlyName: "worker" });
      const withKey = keyClient({ ...account, baseUrl }, key, account.accountSid);
      assert.equal((await withKey.messaging.v1.services(sid).phoneNumbers.list()).length, 0, what);
      const events = await waitFor("the change to be in the audit log", async () => {
        const found = await beside.monitor.v1.events.list({ resourceSid: sid });
        return found.length > 0 && found;
      });
      assert.equal(events[0]?.resourceSid, sid, what);
      assert.equal(await client.messaging.v1.services(sid).remove(), true);
    }
  });

  it("registrations and regulatory bundles are at home with their account", async () => {
    for (const { client, beside, stranger, what } of ways()) {
      const { customerProfiles } = client.trusthub.v1;
      const { sid } = await customerProfiles.create({ friendlyName: what, email: "a@owl.example", policySid: PRIMARY });
      assert.equal((await beside.trusthub.v1.customerProfiles(sid).fetch()).friendlyName, what);
      await refuses(stranger.trusthub.v1.customerProfiles(sid).fetch(), 20404, 404);
      const bundle = { friendlyName: what, email: "a@owl.example", isoCountry: "DE" } as const;
      const kinds = { endUserType: "business", numberType: "local" } as const;
      const made = await client.numbers.v2.regulatoryCompliance.bundles.create({ ...bundle, ...kinds });
      assert.equal((await beside.numbers.v2.regulatoryCompliance.bundles(made.sid).fetch()).friendlyName, what);
      const brand = { customerProfileBundleSid: sid, a2PProfileBundleSid: sid };
      await assert.rejects(client.messaging.v1.brandRegistrations.create(brand), { status: 400 }, what);
      assert.deepEqual(await beside.messaging.v1.brandRegistrations.list(), []);
      assert.deepEqual(await client.messaging.v1.tollfreeVerifications.list(), []);
    }
  });

  it("prices, balance, usage, permissions and ports answer by any edge", async () => {
    for (const { client, beside, what } of ways()) {
      assert.equal((await client.pricing.v1.messaging.countries("US").fetch()).priceUnit, "USD", what);
      assert.ok((await client.pricing.v1.phoneNumbers.countries.list()).length > 0, what);
      assert.equal((await client.pricing.v2.voice.countries.list({ limit: 1 })).length <= 1, true, what);
      assert.equal((await client.balance.fetch()).currency, "USD", what);
      assert.ok((await client.usage.records.list({ limit: 5 })).length > 0, what);
      const wanted = { callbackUrl: "https://example.org/usage", usageCategory: "sms", triggerValue: "9" };
      const trigger = await client.usage.triggers.create(wanted);
      assert.equal((await beside.usage.triggers(trigger.sid).fetch()).triggerValue, "9", what);
      assert.equal(await client.usage.triggers(trigger.sid).remove(), true);
      const [permission] = (await client.accounts.v1.messagingGeopermissions.fetch({ countryCode: "US" }))
        .permissions as unknown as { readonly enabled: boolean }[];
      assert.equal(permission?.enabled, true, what);
      const portable = await client.numbers.v1.portingPortabilities("+13125550199").fetch();
      assert.equal(portable.portable, true, what);
      assert.equal((await client.addresses.list()).length, 0, what);
    }
  });

  it("consent is kept in the account's own cell", async () => {
    for (const way of ways()) {
      const { client, beside, account, what } = way;
      const scope = account.accountSid;
      const items = [{ contact_id: PERSON, correlation_id: "1", sender_id: scope, status: "opt-out" }];
      const made = await client.accounts.v1.bulkConsents.create({ items: items.map((item) => JSON.stringify(item)) });
      assert.deepEqual(
        (made.items as { error_code: number }[]).map((item) => item.error_code),
        [0],
        what,
      );
      const { status, json } = await ask(way, `OptOuts?Recipient=${encodeURIComponent(PERSON)}`);
      assert.equal(status, 200, what);
      assert.equal((json["opt_outs"] as unknown[]).length, 1, what);
      assert.deepEqual(await beside.monitor.v1.alerts.list({ limit: 1, logLevel: "error" }), []);
    }
  });

  it("a link leads on at every edge, whichever cell it is in", async () => {
    const target = "https://owl.example/page";
    const links: { readonly host: string; readonly pathname: string; readonly what: string }[] = [];
    for (const [index, way] of ways().entries()) {
      const host = `go${index}.owl.example`;
      const domain = await ask(way, "LinkDomains", { DomainName: host });
      assert.equal(domain.status, 201, `${way.what}: ${JSON.stringify(domain.json)}`);
      const link = await ask(way, "Links", { TargetUrl: target, DomainName: host });
      assert.equal(link.status, 201, `${way.what}: ${JSON.stringify(link.json)}`);
      links.push({ host, pathname: new URL(String(link.json["short_url"])).pathname, what: way.what });
    }
    for (const { host, pathname, what } of links) {
      for (const edge of fleet.edges.values()) {
        // Edges hear of new domains after a moment.
        await waitFor(`${pathname} to lead on at ${edge}, made in ${what}`, async () => {
          const headers = { "x-forwarded-host": host };
          const response = await fetch(`${edge}${pathname}`, { redirect: "manual", headers });
          await response.arrayBuffer();
          return response.status === 302 && response.headers.get("location") === target;
        });
      }
    }
  });

  it("the operator's own resources are refused to others, and answered by the cell that he names", async () => {
    const [first, , second] = ways();
    assert.ok(first !== undefined && second !== undefined);
    for (const path of ["Ledger/Lines", "Rules", "CountryRules", "NumberHolds", "AlphanumericSenders"]) {
      const answers: Answer[] = await Promise.all([ask(first, path), ask(second, path)]);
      for (const { status } of answers) assert.equal(status, 200, path);
    }
    const credit = { AccountSid: second.account.accountSid, Amount: "1", Id: "fleet-products" };
    assert.equal((await ask(second, "Ledger/Credits", credit)).status, 404);
    const { accountSid, authToken } = fleet.operator;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const headers = { authorization, "x-trunkline-cell": "messaging-2" };
    for (const edge of fleet.edges.values()) {
      const url = `${edge}/trunkline/v1/Ledger/Credits`;
      const response = await fetch(url, { method: "POST", headers, body: new URLSearchParams(credit) });
      assert.ok(response.status === 201 || response.status === 200, `${response.status} ${await response.text()}`);
    }
    assert.equal((await second.client.balance.fetch()).balance, "1.00", "given once");
  });
});

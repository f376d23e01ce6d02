import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";
import { OwnApi } from "./own-api.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";

const PHONE = "+15551270001";
const KINDS = ["allTime", "daily", "lastMonth", "monthly", "thisMonth", "today", "yearly", "yesterday"] as const;

interface Line {
  readonly kind: string;
  readonly category: string;
  readonly amount: string;
  readonly paid_by_grants: string;
}

interface Proof {
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly entry: string;
  readonly proof: readonly string[];
}

describe("money, links and events, with the official SDK", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let client: ReturnType<typeof twilio>;
  let own: OwnApi;

  before(async () => {
    [system, customer] = await Promise.all([startSystemProcess(), CustomerServer.start()]);
    client = forwardedClient(system);
    own = new OwnApi(system);
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  const send = (body = "money") => client.messages.create({ from: system.from, to: PHONE, body });
  const delivered = async (): Promise<string> => {
    const { sid } = await send();
    await waitFor("delivery", async () => (await client.messages(sid).fetch()).status === "delivered");
    return sid;
  };
  const balance = async (): Promise<number> => Number((await client.balance.fetch()).balance);
  const wallet = (form: Readonly<Record<string, string>>) =>
    own.post(`Ledger/Accounts/${system.accountSid}/Wallet`, form);

  it("a text costs what is published, and is counted everywhere", async () => {
    const trigger = await client.usage.triggers.create({
      callbackUrl: customer.url("/usage"),
      triggerValue: "+1",
      usageCategory: "sms-outbound",
      triggerBy: "count",
    });
    const before = await balance();
    const { price, priceUnit } = await client.messages(await delivered()).fetch();
    assert.equal(priceUnit, "USD");
    assert.equal(Math.round((before - (await balance())) * 1e6), Math.round(-Number(price) * 1e6));
    const fired = await waitFor("the trigger", () => customer.requestsTo("/usage")[0]);
    const { UsageTriggerSid: sid, CurrentValue: value, UsageCategory: category } = fired.params;
    assert.deepEqual([sid, value, category], [trigger.sid, "1", "sms-outbound"]);
    assert.ok((await client.usage.triggers(trigger.sid).fetch()).dateFired instanceof Date);
    const counted: Record<string, string> = {};
    for (const kind of KINDS) {
      const { records } = client.usage;
      const [record] = await (records[kind] as typeof records.today).list({ category: "sms" });
      counted[kind] = record?.count ?? "none";
    }
    const none = { lastMonth: "0", yesterday: "0" };
    assert.deepEqual(counted, { ...Object.fromEntries(KINDS.map((kind) => [kind, "1"])), ...none });
    const { outboundSmsPrices, isoCountry } = await client.pricing.v1.messaging.countries("US").fetch();
    assert.ok(isoCountry === "US" && outboundSmsPrices.length > 0);
    assert.ok((await client.pricing.v1.messaging.countries.list()).length > 50);
    assert.ok((await client.pricing.v1.phoneNumbers.countries("US").fetch()).phoneNumberPrices.length > 0);
  });

  it("an account without credit is refused before anything is sent, and grants are spent first", async () => {
    await wallet({ Mode: "prepaid", Floor: "0" });
    await refuses(send(), 20_003, 403);
    const credit = { AccountSid: system.accountSid, Amount: "5", Id: "payment-1" };
    await own.post("Ledger/Credits", credit);
    const again = await own.send("POST", "Ledger/Credits", credit);
    assert.equal(again.status, 200, "an id is applied once");
    await own.post("Ledger/Grants", { AccountSid: system.accountSid, Amount: "0.5", Priority: "1" });
    const before = await balance();
    const ResourceSid = await delivered();
    const lines = await waitFor("the lines", async () => {
      const found = await own.get<{ lines: Line[] }>(`Ledger/Lines?ResourceSid=${ResourceSid}`);
      return found.lines.filter(({ kind }) => kind === "charge").length === 2 && found.lines;
    });
    const charged = lines.filter(({ kind }) => kind === "charge");
    const sum = charged.reduce((total, { amount }) => total + Number(amount), 0);
    assert.equal(Math.round(sum * 1e6), Math.round((before - (await balance())) * 1e6));
    assert.ok(charged.every(({ amount, paid_by_grants: granted }) => amount === granted));
    assert.deepEqual((await own.get<{ holds: unknown[] }>("Ledger/Holds")).holds, []);
    await own.post("Ledger/Refunds", { AccountSid: system.accountSid, Amount: sum.toFixed(6), ResourceSid });
    assert.equal(Math.round((before - (await balance())) * 1e6), 0);
    await wallet({ Mode: "postpaid", Floor: "none" });
  });

  it("an invoice adds up, and is a CSV", async () => {
    const period = new Date().toISOString().slice(0, 7);
    const now = Math.round((await balance()) * 1e6);
    await waitFor("the invoice to have every line", async () => {
      const invoice = await own.get<Record<string, string>>(`Invoices/${period}`);
      const of = (name: string): number => Math.round(Number(invoice[name]) * 1e6);
      assert.equal(of("closing_balance"), of("opening_balance") + of("credits") - of("charges"));
      return of("closing_balance") === now;
    });
    const csv = await own.send("GET", `Invoices/${period}.csv`);
    assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.match(await csv.text(), /^invoice,section,account_sid,.*\r\n.*opening balance/);
  });

  it("links are made, found by their slugs, locked, ended and counted", async () => {
    const DomainName = "go.example.com";
    await own.post("LinkDomains", { DomainName });
    const make = (fields: Readonly<Record<string, string>>) =>
      own.post<{ sid: string; short_url: string }>("Links", {
        TargetUrl: "https://shop.example/",
        DomainName,
        ...fields,
      });
    const sale = await make({ Slug: "sale" });
    assert.equal(sale.short_url, "https://go.example.com/sale");
    const taken = await own.send("POST", "Links", { TargetUrl: "https://shop.example/", DomainName, Slug: "sale" });
    assert.equal(taken.status, 409);
    assert.equal((await own.visit(sale.short_url, { headers: { Referer: "https://news.example/" } })).status, 302);
    assert.equal(
      (await own.visit(sale.short_url, { headers: { "User-Agent": "Slackbot-LinkExpanding 1.0" } })).status,
      302,
    );
    const counts = await waitFor("the preview, for which nobody waited", async () => {
      const found = await own.get<Record<string, unknown>>(`Links/${sale.sid}/Analytics`);
      assert.equal(found["clicks"], 1);
      return found["previews"] === 1 && found;
    });
    assert.deepEqual(counts["referrers"], [{ name: "news.example", clicks: 1 }]);
    const locked = (await make({ Password: "sesame" })).short_url;
    const tries = [await own.visit(locked), await own.visit(locked, { form: "password=x" })];
    tries.push(await own.visit(locked, { form: "password=sesame" }));
    assert.deepEqual(
      tries.map(({ status }) => status),
      [200, 403, 303],
    );
    const over = await make({ DateExpires: new Date(Date.now() - 60_000).toISOString() });
    assert.equal((await own.visit(over.short_url)).status, 410);
    const png = await own.send("GET", `Links/${sale.sid}/QrCode?Format=png`);
    assert.equal(Buffer.from(await png.arrayBuffer()).toString("latin1", 1, 4), "PNG");
    const links = ["https://shop.example/1", "nonsense"].map((url) => ({ target_url: url, domain_name: DomainName }));
    const bulk = await own.post<{ created: number; failed: number }>("Links/Bulk", { links });
    assert.deepEqual([bulk.created, bulk.failed], [1, 1]);
    await own.delete(`Links/${sale.sid}`);
    assert.equal((await own.visit(sale.short_url)).status, 404);
  });

  it("every change is an event, no message is, and anybody can check that none was taken away", async () => {
    const events = await client.monitor.v1.events.list({ limit: 200 });
    const types = new Set(events.map(({ eventType }) => eventType));
    for (const type of ["wallet.updated", "credit.created", "link-domain.created", "link.deleted", "trigger.created"]) {
      assert.ok(types.has(type), `${type} is among ${[...types].join(", ")}`);
    }
    assert.ok(![...types].some((type) => type.startsWith("message.")), "what was written to whom is no setting");
    assert.equal((await client.monitor.v1.events.list({ eventType: "link.deleted" })).length, 1);
    const head = await own.get<Record<string, string>>("Audit/Head");
    const size = Number(head["size"]);
    for (const { sid } of events.slice(0, 10)) {
      const proof = await own.get<Proof>(`Audit/Events/${sid}/Proof`);
      assert.deepEqual([rootOf(proof), proof.size], [proof.root, size]);
      assert.equal(proof.root, head["root"]);
    }
    const signed = ["cell", "size", "root", "date_ms"].map((name) => head[name]);
    assert.ok(isSigned(signed, head), "the head is signed with the key that it shows");
  });
});

/** Whether a head was signed with the key that it shows: the text is that of a checkpoint, with its time. */
function isSigned(lines: readonly (string | undefined)[], head: Readonly<Record<string, string>>): boolean {
  const x = Buffer.from(head["public_key"] ?? "", "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signature = Buffer.from(head["signature"] ?? "", "base64");
  return verify(null, Buffer.from(`trunkline/${lines.join("\n")}\n`), key, signature);
}

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();

/** The root that a proof leads to (RFC 9162, 2.1.3.2), written from the RFC and not with our own code. */
function rootOf({ entry, index, size, proof }: Proof): string {
  let hash = sha256(Buffer.of(0), Buffer.from(entry));
  let [place, last] = [index, size - 1];
  for (const step of proof.map((text) => Buffer.from(text, "base64"))) {
    assert.ok(last > 0, "the proof is too long");
    if (place % 2 === 1 || place === last) {
      hash = sha256(Buffer.of(1), step, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else hash = sha256(Buffer.of(1), hash, step);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  assert.equal(last, 0, "the proof is too short");
  return hash.toString("base64");
}

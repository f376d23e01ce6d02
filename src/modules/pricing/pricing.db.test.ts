import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../adapters/postgres/index.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { mostMicros } from "./index.ts";
import { CUSTOMER, EUROPEAN, input, PricingWorld, START_MS, SUBACCOUNT } from "./sample-prices.test.ts";

const sms = { item: "message", channel: "sms", direction: "outbound" };

describe("prices", () => {
  let postgres: TestPostgres;
  let one: PricingWorld;
  let two: PricingWorld;
  before(async () => {
    postgres = await startTestPostgres();
    one = new PricingWorld(postgres.database);
    await migrate(postgres.database, one.module.migrations);
    two = new PricingWorld(postgres.database);
    await one.module.start();
    await two.module.start();
  });
  after(async () => {
    one.module.close();
    two.module.close();
    await postgres.stop();
  });

  const publish = async (rows: readonly object[], body: object = {}): Promise<number> => {
    const made = await one.call("POST", "Tables", { currency: "USD", ...body, rows });
    assert.equal(made.status, 201, made.body);
    return made.json.version as number;
  };
  const activate = async (version: number, from?: string) => {
    const made = await one.post("Activations", {
      Version: String(version),
      Reason: "test",
      ...(from === undefined ? {} : { From: from }),
    });
    assert.equal(made.status, 201, made.body);
  };

  it("are built in at first: every country, several currencies, with the version in the quote", () => {
    const quote = one.quote({ network: "310260" });
    assert.deepEqual(quote, {
      currency: "USD",
      version: 0,
      unitMicros: 8_000,
      carrierFees: { "*": 3_000 },
      attemptMicros: 0,
      failedMicros: 1_000,
      category: "sms-outbound-longcode",
      country: "US",
      network: "310260",
    });
    assert.equal(one.quote({ to: "+290123456" })?.unitMicros, 150_000);
    assert.equal(one.quote({ currency: "EUR" })?.unitMicros, 7_200);
    assert.deepEqual(one.quote({ currency: "EUR" })?.carrierFees, { "*": 2_700 });
    assert.equal(one.quote({ currency: "XAU" }), undefined);
    const inbound = one.quote({ direction: "inbound", from: "+447700900123", to: "+14155550100" });
    assert.deepEqual([inbound?.unitMicros, inbound?.category, inbound?.country], [8_000, "sms-inbound-longcode", "GB"]);
    assert.equal(one.quote({ channel: "mms", senderKind: "alphanumeric" })?.category, "mms-outbound");
    assert.equal(one.module.prices.priceOf(CUSTOMER, "lookups"), 5_000);
    assert.equal(one.module.prices.priceOf(EUROPEAN, "lookups"), 4_500);
    assert.equal(one.module.prices.priceOf(CUSTOMER, "unheard-of"), 0);
    assert.equal(one.module.prices.numberMonth(CUSTOMER, "US", "tollfree"), 2_150_000);
    assert.equal(one.module.prices.numberMonth(CUSTOMER, "SH", "local"), undefined);
    if (quote !== undefined) assert.equal(mostMicros(quote, 3, 2), 33_000);
  });

  it("answer a quote in two microseconds", () => {
    const inputs = ["+14155550100", "+447700900123", "+290123456", "+4915112345678"].map((to) => input({ to }));
    const run = (count: number): number => {
      const started = process.hrtime.bigint();
      for (let index = 0; index < count; index += 1) one.module.prices.quote(inputs[index & 3] ?? input());
      return Number(process.hrtime.bigint() - started) / count / 1_000;
    };
    run(20_000);
    // The best of several: other work on the machine makes some of them slow.
    const bestMicroseconds = Math.min(...Array.from({ length: 10 }, () => run(10_000)));
    assert.ok(bestMicroseconds < 2, `${bestMicroseconds} µs`);
  });

  it("are the operator's own once a table is activated, in every process", async () => {
    const version = await publish([
      { ...sms, country: "US", price: "0.01" },
      { ...sms, country: "US", network: "310410", name: "AT&T", price: 0.011 },
      { item: "attempt", channel: "sms", direction: "outbound", price: "0.002" },
      { item: "category", category: "lookups", price: "0.006" },
    ]);
    assert.equal(one.quote()?.version, 0);
    await activate(version);
    assert.deepEqual([one.quote()?.version, one.quote()?.unitMicros], [version, 10_000]);
    assert.equal(one.quote({ network: "310410" })?.unitMicros, 11_000);
    assert.equal(one.quote()?.attemptMicros, 2_000);
    assert.equal(one.quote()?.carrierFees, undefined);
    // The operator's table has no row for everywhere, so nothing is sent for nothing.
    assert.equal(one.quote({ to: "+447700900123" }), undefined);
    assert.equal(two.quote()?.version, 0);
    two.clock.advance(5_000);
    for (let turn = 0; turn < 200 && two.quote()?.version !== version; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(two.quote()?.version, version);
    await activate(0);
    assert.equal(one.quote()?.unitMicros, 8_000);
  });

  it("change at the moment that was said, without the database", async () => {
    const version = await publish([{ ...sms, price: "0.5" }]);
    await activate(version, new Date(START_MS + 3_600_000).toISOString());
    assert.equal(one.quote()?.unitMicros, 8_000);
    one.clock.advance(3_599_999);
    assert.equal(one.quote()?.unitMicros, 8_000);
    one.clock.advance(1);
    assert.equal(one.quote()?.unitMicros, 500_000);
    const past = await one.post("Activations", { Version: "0", Reason: "x", From: "2020-01-01T00:00:00Z" });
    assert.deepEqual([past.status, past.json.code], [400, 20001]);
    await activate(0);
  });

  it("may be an account's own, or with a discount, and its subaccounts' too", async () => {
    await publish([{ ...sms, country: "US", price: "0.002" }], { list: "gold" }).then(activate);
    const assign = (form: Readonly<Record<string, string>>) => one.post("Assignments", { Reason: "deal", ...form });
    const made = await assign({ Account: CUSTOMER, List: "gold", DiscountPercent: "12.5" });
    assert.deepEqual([made.status, made.json.discount_percent, made.json.list], [201, 12.5, "gold"]);
    for (const accountSid of [CUSTOMER, SUBACCOUNT]) {
      assert.equal(one.quote({ accountSid })?.unitMicros, 2_000);
      // Not in the account's own list: off the standard one, but the networks' fees are handed on whole.
      assert.equal(one.quote({ accountSid, to: "+447700900123" })?.unitMicros, 36_750);
      assert.deepEqual(one.quote({ accountSid })?.carrierFees, { "*": 3_000 });
    }
    assert.equal(one.quote({ accountSid: EUROPEAN })?.unitMicros, 8_000);
    assert.equal((await assign({ Account: CUSTOMER, List: "none" })).status, 400);
    assert.equal((await one.call("GET", `Assignments/${CUSTOMER}`)).json.reason, "deal");
    assert.equal((await one.call("GET", "Assignments")).json.assignments.length, 1);
    const country = await one.call("GET", "/v1/Messaging/Countries/US", undefined, CUSTOMER);
    const [ofAll] = country.json.outbound_sms_prices;
    assert.deepEqual(ofAll.prices[0], { number_type: "local", base_price: "0.008", current_price: "0.002" });
    assert.equal((await one.call("DELETE", `Assignments/${CUSTOMER}`)).status, 204);
    assert.equal((await one.call("GET", `Assignments/${CUSTOMER}`)).status, 404);
    assert.equal(one.quote()?.unitMicros, 8_000);
  });

  it("are tables with errors that name their place, and none of a bad table is stored", async () => {
    const count = async () => (await one.call("GET", "Tables")).json.tables.length as number;
    const had = await count();
    const bad = await one.call("POST", "Tables", {
      currency: "USD",
      rows: [
        { ...sms, price: "1" },
        { ...sms, price: "x" },
      ],
    });
    assert.deepEqual([bad.status, bad.json.code], [400, 20001]);
    assert.match(bad.json.message, /at rows\[1\]\.price/);
    const csv = await one.call("POST", "Tables", { currency: "USD", csv: "item,price\nmessage,1\n" });
    assert.match(csv.json.message, /at line 2\.channel: a message needs it/);
    for (const body of [
      { currency: "USD", rows: [] },
      { currency: "USD", row: [] },
      [],
      { currency: "USD", rows: [], csv: "" },
    ]) {
      assert.equal((await one.call("POST", "Tables", body)).status, 400);
    }
    assert.equal(await count(), had);
    const stranger = await one.call("GET", "Tables", undefined, CUSTOMER);
    assert.deepEqual([stranger.status, stranger.json.code], [404, 20404]);
  });

  it("come in parts, as CSV and as JSON, and are compared", async () => {
    const draft = (await one.call("POST", "Tables", { currency: "USD", note: "in parts" })).json;
    assert.equal(draft.status, "draft");
    const add = (body: object) => one.call("POST", `Tables/${draft.version}/Rows`, body);
    assert.equal(
      (await add({ count: 0, csv: "item,channel,direction,country,price\nmessage,sms,outbound,FR,0.07\n" })).status,
      201,
    );
    assert.equal((await add({ count: 0, rows: [] })).status, 409);
    assert.equal((await add({ count: 1, rows: [{ ...sms, country: "DE", price: "0.08" }] })).json.rows, 2);
    assert.equal((await one.post("Activations", { Version: String(draft.version), Reason: "x" })).status, 409);
    const complete = (await one.post(`Tables/${draft.version}`, { Status: "complete" })).json;
    assert.equal(complete.status, "complete");
    assert.equal((await add({ count: 2, rows: [] })).status, 409);
    const whole = await publish([
      { ...sms, country: "FR", price: "0.07" },
      { ...sms, country: "DE", price: "0.08" },
    ]);
    assert.equal((await one.call("GET", `Tables/${whole}`)).json.hash, complete.hash);
    const next = await publish([
      { ...sms, country: "FR", price: "0.06" },
      { ...sms, country: "ES", price: "0.05" },
    ]);
    const { json } = await one.call("GET", `Tables/${next}/Comparison?Against=${whole}`);
    assert.deepEqual([json.added_count, json.removed_count, json.changed_count], [1, 1, 1]);
    assert.deepEqual(json.changed[0], { ...sms, country: "FR", price: "0.06", previous_price: "0.07" });
    const csv = await one.call("GET", `Tables/${whole}/Rows.csv`);
    assert.equal(
      csv.body,
      "item,channel,direction,country,network,prefix,origin,sender,via,category,name,price\r\n" +
        "message,sms,outbound,FR,,,,,,,,0.07\r\nmessage,sms,outbound,DE,,,,,,,,0.08\r\n",
    );
  });

  it("may be a hundred thousand rows, sent at once and read in pages", async () => {
    const lines = ["item,channel,direction,prefix,price"];
    for (let index = 0; index < 100_000; index += 1)
      lines.push(`message,sms,outbound,${4_400_000 + index},0.0${(index % 90) + 10}`);
    const made = await one.call("POST", "Tables", { currency: "USD", list: "huge", csv: lines.join("\n") });
    assert.deepEqual([made.status, made.json.rows], [201, 100_000], made.body.slice(0, 200));
    const { version } = made.json;
    await activate(version);
    await one.post("Assignments", { Account: CUSTOMER, List: "huge", Reason: "x" });
    assert.equal(one.quote({ to: "+4477009001" })?.unitMicros, one.quote({ to: "+44770090019999" })?.unitMicros);
    assert.equal(one.quote({ to: "+4440012399" })?.version, version);
    assert.equal(one.quote({ to: "+440012" })?.version, 0);
    assert.equal(one.quote({ to: "+4540012399" })?.version, 0);
    const page = (await one.call("GET", `Tables/${version}/Rows?PageSize=1000`)).json;
    assert.deepEqual([page.rows.length, page.rows[999].prefix], [1_000, "4400999"]);
    const url = new URL(page.meta.next_page_url as string);
    const second = (await one.call("GET", url.pathname + url.search)).json;
    assert.equal(second.rows[0].prefix, "4401000");
    await one.call("DELETE", `Assignments/${CUSTOMER}`);
  });

  it("are tried out by the operator", async () => {
    const { json } = await one.call("GET", "Quotes?To=%2B447700900123&Currency=GBP");
    assert.deepEqual([json.unit_micros, json.currency, json.country], [33_600, "GBP", "GB"]);
    assert.equal((await one.call("GET", "Quotes?To=abc")).status, 400);
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../src/adapters/postgres/index.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { CUSTOMER, PricingWorld } from "../../src/modules/pricing/sample-prices.test.ts";

const call = (rest: object) => ({ item: "call", ...rest });
const trunk = (rest: object) => ({ item: "trunk", ...rest });

const ROWS = [
  { item: "message", channel: "sms", direction: "outbound", country: "US", price: "0.0079" },
  { item: "message", channel: "sms", direction: "outbound", country: "US", sender: "shortcode", price: "0.0085" },
  {
    item: "message",
    channel: "sms",
    direction: "outbound",
    country: "US",
    network: "310410",
    name: "AT&T",
    price: "0.01",
  },
  { item: "message", channel: "sms", direction: "inbound", country: "US", sender: "local", price: "0.0075" },
  { item: "message", channel: "sms", direction: "outbound", country: "GB", price: "0.04" },
  { item: "number", country: "US", sender: "local", price: "1.15" },
  { item: "number", country: "US", sender: "tollfree", price: "2.15" },
  call({ direction: "outbound", prefix: "1907", name: "United States - Alaska", price: "0.09" }),
  call({ direction: "outbound", prefix: "1", country: "US", name: "United States", price: "0.014" }),
  call({ direction: "outbound", prefix: "1", origin: "44", country: "US", name: "United States", price: "0.02" }),
  call({ direction: "inbound", country: "US", sender: "local", price: "0.0085" }),
  trunk({ direction: "outbound", prefix: "1", country: "US", name: "United States", price: "0.007" }),
  trunk({ direction: "inbound", country: "US", sender: "tollfree", price: "0.013" }),
];

/** The SDK's objects as plain values. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The SDK hands these on as they came, whatever its types say. */
function priceRows(prices: unknown): string[][] {
  const rows = plain(prices) as { number_type: string; current_price: string }[];
  return rows.map((price) => [price.number_type, price.current_price]);
}

describe("the pricing APIs, with the SDK", () => {
  let postgres: TestPostgres;
  let world: PricingWorld;
  let client: ReturnType<typeof forwardedClient>;
  before(async () => {
    postgres = await startTestPostgres();
    world = new PricingWorld(postgres.database);
    await migrate(postgres.database, world.module.migrations);
    await world.module.start();
    const made = await world.call("POST", "Tables", { currency: "USD", rows: ROWS });
    await world.post("Activations", { Version: String(made.json.version), Reason: "test" });
    const { port } = await world.server.listen({ host: "127.0.0.1", port: 0 });
    client = forwardedClient({ baseUrl: `http://127.0.0.1:${port}`, accountSid: CUSTOMER, authToken: "secret" });
  });
  after(async () => {
    world.module.close();
    await world.server.close();
    await postgres.stop();
  });

  it("shows what texts to and from a country cost, by network and kind of number", async () => {
    const us = await client.pricing.v1.messaging.countries("US").fetch();
    assert.deepEqual([us.country, us.isoCountry, us.priceUnit], ["United States", "US", "USD"]);
    assert.equal(us.url, "https://pricing.twilio.com/v1/Messaging/Countries/US".replace("https", "http"));
    const [att, others] = us.outboundSmsPrices;
    assert.deepEqual([att?.carrier, att?.mcc, att?.mnc], ["AT&T", "310", "410"]);
    assert.deepEqual(priceRows(others?.prices), [
      ["local", "0.0079"],
      ["mobile", "0.0079"],
      ["toll free", "0.0079"],
      ["shortcode", "0.0085"],
    ]);
    assert.deepEqual(us.inboundSmsPrices.map(plain), [
      { numberType: "local", basePrice: "0.0075", currentPrice: "0.0075" },
    ]);
    assert.deepEqual(
      (await client.pricing.v1.messaging.countries.list()).map(({ isoCountry }) => isoCountry),
      ["GB", "US"],
    );
    const pages = await client.pricing.v1.messaging.countries.list({ pageSize: 1 });
    assert.equal(pages.length, 2);
    await refuses(client.pricing.v1.messaging.countries("FR").fetch(), 20404, 404);
    await refuses(client.pricing.v1.messaging.countries("ZZ").fetch(), 20404, 404);
  });

  it("shows what numbers cost", async () => {
    const us = await client.pricing.v1.phoneNumbers.countries("us").fetch();
    assert.deepEqual(us.phoneNumberPrices.map(plain), [
      { numberType: "local", basePrice: "1.15", currentPrice: "1.15" },
      { numberType: "toll free", basePrice: "2.15", currentPrice: "2.15" },
    ]);
    assert.equal((await client.pricing.v1.phoneNumbers.countries.list()).length, 1);
    await refuses(client.pricing.v1.phoneNumbers.countries("GB").fetch(), 20404, 404);
  });

  it("shows what calls would cost, from the rows that there are", async () => {
    const us = await client.pricing.v1.voice.countries("US").fetch();
    assert.deepEqual(
      us.outboundPrefixPrices.map((zone) => [zone.prefixes, zone.friendlyName, zone.currentPrice]),
      [
        [["1907"], "United States - Alaska", "0.09"],
        [["1"], "United States", "0.014"],
        [["1"], "United States", "0.02"],
      ],
    );
    assert.equal(us.inboundCallPrices[0]?.numberType, "local");
    const alaska = await client.pricing.v1.voice.numbers("+19075550100").fetch();
    assert.deepEqual(plain(alaska.outboundCallPrice), { basePrice: "0.09", currentPrice: "0.09" });
    assert.equal(alaska.inboundCallPrice.currentPrice, null);
    const any = await client.pricing.v2.voice.numbers("+14155550100").fetch({ originationNumber: "+447700900123" });
    assert.deepEqual(
      any.outboundCallPrices.map((price) => [price.originationPrefixes, price.currentPrice]),
      [[["44"], "0.02"]],
    );
    const other = await client.pricing.v2.voice.numbers("+14155550100").fetch({ originationNumber: "+33612345678" });
    assert.equal(other.outboundCallPrices[0]?.currentPrice, "0.014");
    assert.equal(other.originationNumber, "+33612345678");
    const country = await client.pricing.v2.voice.countries("US").fetch();
    assert.deepEqual(country.outboundPrefixPrices[0]?.destinationPrefixes, ["1907"]);
    await refuses(client.pricing.v2.voice.numbers("+447700900123").fetch(), 20404, 404);
    await refuses(client.pricing.v1.voice.numbers("nonsense").fetch(), 20404, 404);
    await refuses(client.pricing.v1.voice.countries("GB").fetch(), 20404, 404);
    assert.equal((await client.pricing.v1.voice.countries.list()).length, 1);
  });

  it("shows what trunks would cost", async () => {
    const us = await client.pricing.v2.countries("US").fetch();
    assert.equal(us.terminatingPrefixPrices[0]?.currentPrice, "0.007");
    assert.deepEqual(plain(us.originatingCallPrices[0]), {
      numberType: "toll free",
      basePrice: "0.013",
      currentPrice: "0.013",
    });
    const number = await client.pricing.v2.numbers("+14155550100").fetch();
    assert.deepEqual(number.terminatingPrefixPrices[0]?.originationPrefixes, ["ALL"]);
    assert.equal((await client.pricing.v2.countries.list()).length, 1);
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";

const numbers = [
  { number: "+15005550100" },
  { number: "+12125550101" },
  { number: "+12125550102", voice: false },
  { number: "+18335550103", type: "tollfree" },
  { number: "+447700900104", type: "mobile" },
  { number: "55501", type: "shortcode", mms: false, voice: false },
];

describe("numbers and applications with the official SDK", () => {
  let system: SystemProcess;
  let client: ReturnType<typeof twilio>;

  before(async () => {
    system = await startSystemProcess({ config: { numbers, simulator: { enabled: true } } });
    client = forwardedClient(system);
  });

  after(() => system.stop());

  const find = async (phoneNumber: string) => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber });
    assert.ok(found !== undefined, phoneNumber);
    return found;
  };
  const written = (list: readonly { readonly phoneNumber: string }[]): string[] =>
    list.map(({ phoneNumber }) => phoneNumber).toSorted();

  it("the numbers of the configuration belong to the first account, each under its kind", async () => {
    const all = await client.incomingPhoneNumbers.list({ pageSize: 2 });
    assert.deepEqual(written(all), ["+12125550101", "+12125550102", "+15005550100", "+18335550103", "+447700900104"]);
    const { local, mobile, tollFree } = client.incomingPhoneNumbers;
    assert.deepEqual(written(await local.list()), ["+12125550101", "+12125550102", "+15005550100"]);
    assert.deepEqual(written(await mobile.list()), ["+447700900104"]);
    assert.deepEqual(written(await tollFree.list()), ["+18335550103"]);
    const { capabilities } = await find("+12125550102");
    assert.deepEqual([capabilities.sms, capabilities.mms, capabilities.voice], [true, true, false]);
  });

  it("a number is configured, and cannot be told nonsense", async () => {
    const { sid } = await find("+15005550100");
    const updated = await client.incomingPhoneNumbers(sid).update({
      friendlyName: "Front desk",
      smsUrl: "https://example.org/sms",
      smsMethod: "GET",
      smsFallbackUrl: "https://example.org/fallback",
    });
    assert.deepEqual(
      [updated.friendlyName, updated.smsUrl, updated.smsMethod, updated.smsFallbackUrl],
      ["Front desk", "https://example.org/sms", "GET", "https://example.org/fallback"],
    );
    assert.equal((await client.incomingPhoneNumbers(sid).fetch()).friendlyName, "Front desk");
    await refuses(client.incomingPhoneNumbers(sid).update({ smsUrl: "not a url" }), 21402);
    await refuses(client.incomingPhoneNumbers(`PN${"0".repeat(32)}`).fetch(), 20404, 404);
  });

  it("a released number is found by every search that fits, and bought again", async () => {
    const released = await find("+12125550101");
    assert.equal(await client.incomingPhoneNumbers(released.sid).remove(), true);
    const us = client.availablePhoneNumbers("US");
    const fits = ["+12125550101"];
    assert.deepEqual(written(await us.local.list()), fits);
    assert.deepEqual(written(await us.local.list({ areaCode: 212 })), fits);
    assert.deepEqual(written(await us.local.list({ contains: "212555****" })), fits);
    assert.deepEqual(written(await us.local.list({ smsEnabled: true, voiceEnabled: true })), fits);
    assert.deepEqual(written(await us.local.list({ inRegion: "NY" })), fits);
    assert.deepEqual(await us.local.list({ areaCode: 415 }), []);
    assert.deepEqual(await us.tollFree.list(), []);
    const country = await us.fetch();
    assert.equal(country.countryCode, "US");
    assert.ok((await client.availablePhoneNumbers.list()).some(({ countryCode }) => countryCode === "US"));
    const bought = await client.incomingPhoneNumbers.create({
      phoneNumber: "+12125550101",
      smsUrl: "https://example.org/s",
    });
    assert.deepEqual([bought.phoneNumber, bought.smsUrl], ["+12125550101", "https://example.org/s"]);
    await refuses(client.incomingPhoneNumbers.create({ phoneNumber: "+12125550101" }), 21422);
    await refuses(client.incomingPhoneNumbers.create({ areaCode: "415" }), 21452);
  });

  it("a number is bought by area code, and by the resource of its kind", async () => {
    const { sid } = await find("+12125550102");
    await client.incomingPhoneNumbers(sid).remove();
    assert.equal((await client.incomingPhoneNumbers.create({ areaCode: "212" })).phoneNumber, "+12125550102");
    for (const [kind, phoneNumber] of [
      ["tollFree", "+18335550103"],
      ["mobile", "+447700900104"],
      ["local", "+12125550101"],
    ] as const) {
      await client.incomingPhoneNumbers((await find(phoneNumber)).sid).remove();
      assert.equal((await client.incomingPhoneNumbers[kind].create({ phoneNumber })).phoneNumber, phoneNumber);
    }
  });

  it("applications are created, listed, updated and removed", async () => {
    const created = await client.applications.create({ friendlyName: "Shop", smsUrl: "https://example.org/shop" });
    assert.match(created.sid, /^AP[0-9a-f]{32}$/);
    assert.equal((await client.applications.list({ friendlyName: "Shop" }))[0]?.sid, created.sid);
    const { smsUrl } = await client.applications(created.sid).update({ smsUrl: "https://example.org/other" });
    assert.equal(smsUrl, "https://example.org/other");
    assert.equal((await client.applications(created.sid).fetch()).smsUrl, "https://example.org/other");
    const number = await find("+15005550100");
    const bound = await client.incomingPhoneNumbers(number.sid).update({ smsApplicationSid: created.sid });
    assert.equal(bound.smsApplicationSid, created.sid);
    assert.equal(await client.applications(created.sid).remove(), true);
    await refuses(client.applications(created.sid).fetch(), 20404, 404);
  });

  it("short codes are listed, fetched and configured", async () => {
    const [listed] = await client.shortCodes.list({ shortCode: "55501" });
    assert.equal(listed?.shortCode, "55501");
    const code = client.shortCodes(listed?.sid ?? "");
    assert.equal((await code.update({ smsUrl: "https://example.org/code" })).smsUrl, "https://example.org/code");
    assert.equal((await code.fetch()).smsUrl, "https://example.org/code");
    const message = await client.messages.create({ to: "+15551230001", from: "55501", body: "by short code" });
    assert.equal(message.from, "55501");
  });
});

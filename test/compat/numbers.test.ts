import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";

const numbers = [
  { number: "+12125550101" },
  { number: "+14155550102" },
  { number: "+442071838750", type: "local" },
  { number: "+447700900104", type: "mobile" },
  { number: "+18335550103", type: "tollfree" },
].map((number) => ({ ...number, sms: true, mms: true, voice: true }));

const address = {
  customerName: "Ada",
  street: "1 Main St",
  city: "Springfield",
  region: "Illinois",
  postalCode: "62701",
  isoCountry: "US",
};

describe("inventory, addresses, ports and senders with the official SDK", () => {
  let system: SystemProcess;
  let client: ReturnType<typeof twilio>;

  before(async () => {
    system = await startSystemProcess({ config: { numbers, simulator: { enabled: true } } });
    client = forwardedClient(system);
    const all = await client.incomingPhoneNumbers.list();
    // Given back by its owner, a number is kept for it, and not for sale to others.
    for (const { sid } of all) await client.incomingPhoneNumbers(sid).remove();
  });
  after(() => system.stop());

  it("what was given back comes back to whose it was", async () => {
    const bought = await client.incomingPhoneNumbers.create({ phoneNumber: "+12125550101", friendlyName: "back" });
    assert.deepEqual([bought.friendlyName, bought.origin, bought.addressRequirements], ["back", "twilio", "none"]);
    const british = await client.incomingPhoneNumbers.mobile.create({ phoneNumber: "+447700900104" });
    assert.equal(british.addressRequirements, "any");
    assert.deepEqual(await client.incomingPhoneNumbers(bought.sid).assignedAddOns.list(), []);
    const countries = await client.availablePhoneNumbers.list();
    assert.deepEqual(countries.map(({ countryCode }) => countryCode).toSorted(), ["GB", "US"]);
  });

  it("searches take every filter of the SDK", async () => {
    const found = await client.availablePhoneNumbers("US").local.list({
      areaCode: 212,
      contains: "555*",
      inRegion: "NY",
      inLocality: "New York",
      nearLatLong: "40.7,-74.0",
      distance: 25,
      smsEnabled: true,
      excludeAllAddressRequired: true,
      beta: false,
    });
    assert.deepEqual(found, [], "the only one of the area code is sold");
    const { national, voip, sharedCost, machineToMachine } = client.availablePhoneNumbers("US");
    for (const kind of [await national.list(), await voip.list(), await sharedCost.list()]) assert.deepEqual(kind, []);
    assert.deepEqual(await machineToMachine.list(), []);
  });

  it("an address is made, used by a number, changed, and deleted when nothing uses it", async () => {
    const made = await client.addresses.create({ ...address, friendlyName: "home" });
    assert.deepEqual([made.region, made.validated, made.isoCountry], ["IL", true, "US"]);
    const [number] = await client.incomingPhoneNumbers.list();
    assert.ok(number);
    await client.incomingPhoneNumbers(number.sid).update({ addressSid: made.sid });
    const dependents = await client.addresses(made.sid).dependentPhoneNumbers.list();
    assert.deepEqual(
      dependents.map(({ sid }) => sid),
      [number.sid],
    );
    await refuses(client.addresses(made.sid).remove(), 20409, 409);
    await client.incomingPhoneNumbers(number.sid).update({ addressSid: "" });
    assert.equal((await client.addresses(made.sid).update({ street: "2 Main St" })).street, "2 Main St");
    assert.equal((await client.addresses.list({ friendlyName: "home" })).length, 1);
    assert.equal(await client.addresses(made.sid).remove(), true);
    await refuses(client.addresses.create({ ...address, postalCode: "1" }), 21628);
  });

  it("a port-in request is made, fetched, listed and called off", async () => {
    const porting = client.numbers.v1;
    const possible = await porting.portingPortabilities("+13125550199").fetch();
    assert.deepEqual([possible.portable, possible.numberType, possible.country], [true, "LOCAL", "US"]);
    const configuration = await porting.portingWebhookConfigurations.create({
      portInTargetUrl: "https://example.org/in",
      notificationsOf: ["PortInCompleted"],
    } as unknown as Parameters<typeof porting.portingWebhookConfigurations.create>[0]);
    assert.equal(configuration.portInTargetUrl, "https://example.org/in");
    const made = await porting.portingPortIns.create({
      accountSid: client.accountSid,
      documents: [`RD${"1".repeat(32)}`],
      phoneNumbers: [{ phoneNumber: "+13125557006" }],
      losingCarrierInformation: {
        customerName: "Ada",
        authorizedRepresentative: "Ada L",
        authorizedRepresentativeEmail: "ada@example.org",
        address: { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "USA" },
      },
    });
    assert.match(made.portInRequestSid, /^KW[0-9a-f]{32}$/);
    const sid = made.portInRequestSid;
    const found = await porting.portingPortIns(sid).fetch();
    const [number] = found.phoneNumbers as unknown as { portInPhoneNumberSid: string }[];
    const fetched = await porting.portingPortInPhoneNumber(sid, number?.portInPhoneNumberSid ?? "").fetch();
    assert.equal(fetched.phoneNumber, "+13125557006");
    assert.equal(await porting.portingPortIns(sid).remove(), true);
    assert.equal((await porting.portingPortIns(sid).fetch()).portInRequestStatus, "Canceled");
    const registered = await porting.senderIdRegistrations.create({
      regulationId: `RN${"1".repeat(32)}`,
      regulationVersion: 1,
      friendlyName: "Acme",
      data: { alphanumericSender: { senderId: "Acme" } },
    });
    assert.deepEqual([registered.status, registered.friendlyName], ["DRAFT", "Acme"]);
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";
import { OwnApi } from "./own-api.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";
import { approveProfiles } from "./trust-samples.ts";

const LOCAL = "+12125550101";
const TOLL_FREE = "+18335550102";
const PHONE = "+12125559999";
const numbers = [{ number: LOCAL }, { number: TOLL_FREE, type: "tollfree" }, { number: "+14155550103" }];

const campaign = {
  description: "Tells customers of the shop when their orders are ready.",
  messageFlow: "Customers tick a box below the order form of the website that says what is sent and how often.",
  messageSamples: ["Owl: your order 1234 is ready for pickup.", "Owl: your order 1234 was returned to us today."],
  usAppToPersonUsecase: "DELIVERY_NOTIFICATION",
  hasEmbeddedLinks: false,
  hasEmbeddedPhone: false,
};

describe("registration of a business and its traffic, and numbers, with the official SDK", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let client: ReturnType<typeof twilio>;

  before(async () => {
    const a2p = { enforcement: "on", simulatedReviewMs: 50 };
    const config = { numbers, simulator: { enabled: true }, a2p };
    [system, customer] = await Promise.all([startSystemProcess({ config }), CustomerServer.start()]);
    client = forwardedClient(system);
  });

  after(async () => {
    await Promise.all([system.stop(), customer.stop()]);
  });

  const sidOf = async (phoneNumber: string): Promise<string> =>
    (await client.incomingPhoneNumbers.list({ phoneNumber }))[0]?.sid ?? "";
  const outcome = async (from: string): Promise<string> => {
    const { sid } = await client.messages.create({ from, to: PHONE, body: "Your order is ready." });
    return waitFor(`${sid} to end`, async () => {
      const { status, errorCode, price } = await client.messages(sid).fetch();
      if (status === "failed") assert.equal(price, null);
      return status === "delivered" ? status : status === "failed" && String(errorCode);
    });
  };

  it("a local number sends to the United States once its campaign is verified", async () => {
    assert.equal(await outcome(LOCAL), "30034");
    const { customer: customerProfileBundleSid, a2p } = await approveProfiles(client, customer.url("/profiles"));
    await waitFor("six callbacks", () => customer.requestsTo("/profiles").length === 6);
    const told = customer.requestsTo("/profiles").map(({ params }) => params["Status"]);
    const steps = ["pending-review", "in-review", "twilio-approved"];
    assert.deepEqual(told, [...steps, ...steps]);
    const { brandRegistrations, services } = client.messaging.v1;
    const made = await brandRegistrations.create({ customerProfileBundleSid, a2PProfileBundleSid: a2p });
    assert.equal(made.status, "PENDING");
    const brand = await waitFor("the brand to be vetted", async () => {
      const found = await brandRegistrations(made.sid).fetch();
      return found.brandScore !== null && found;
    });
    assert.deepEqual([brand.status, brand.identityStatus], ["APPROVED", "VETTED_VERIFIED"]);
    const service = services((await services.create({ friendlyName: "Owl" })).sid);
    await service.phoneNumbers.create({ phoneNumberSid: await sidOf(LOCAL) });
    assert.equal((await service.fetch()).usAppToPersonRegistered, false);
    const { sid } = await service.usAppToPerson.create({ ...campaign, brandRegistrationSid: made.sid });
    const verified = await waitFor("the campaign to be verified", async () => {
      const found = await service.usAppToPerson(sid).fetch();
      return found.campaignStatus === "VERIFIED" && found;
    });
    assert.deepEqual(Object.keys(verified.rateLimits as object), ["att", "tmobile"]);
    assert.equal((await service.fetch()).usAppToPersonRegistered, true);
    assert.equal(await outcome(LOCAL), "delivered");
  });

  it("a toll-free number sends once it is verified", async () => {
    assert.equal(await outcome(TOLL_FREE), "30032");
    const { tollfreeVerifications } = client.messaging.v1;
    const { sid, status } = await tollfreeVerifications.create({
      businessName: "Owl, Inc.",
      businessWebsite: "https://owl.example",
      notificationEmail: "support@owl.example",
      useCaseCategories: ["TWO_FACTOR_AUTHENTICATION"],
      useCaseSummary: "Codes for signing in.",
      productionMessageSample: "Owl: your code is 123456.",
      optInImageUrls: ["https://owl.example/opt-in.png"],
      optInType: "WEB_FORM",
      messageVolume: "1,000",
      tollfreePhoneNumberSid: await sidOf(TOLL_FREE),
    });
    assert.equal(status, "PENDING_REVIEW");
    const isApproved = async () => (await tollfreeVerifications(sid).fetch()).status === "TWILIO_APPROVED";
    await waitFor("the verification to be approved", isApproved);
    assert.equal(await outcome(TOLL_FREE), "delivered");
  });

  it("a number is found, held, bought, ported in and handed to a subaccount", async () => {
    const number = "+14155550103";
    await client.incomingPhoneNumbers(await sidOf(number)).remove();
    const found = await client.availablePhoneNumbers("US").local.list({ areaCode: 415 });
    assert.deepEqual(
      found.map(({ phoneNumber, region }) => [phoneNumber, region]),
      [[number, "CA"]],
    );
    const own = new OwnApi(system);
    const hold = await own.post<{ sid: string; phone_number: string }>("NumberHolds", { PhoneNumber: number });
    assert.equal(hold.phone_number, number);
    const bought = await client.incomingPhoneNumbers.create({ phoneNumber: number });
    await refuses(client.incomingPhoneNumbers.create({ phoneNumber: number }), 21_422);
    const { sid: accountSid } = await client.api.v2010.accounts.create({ friendlyName: "Branch" });
    assert.equal((await client.incomingPhoneNumbers(bought.sid).update({ accountSid })).accountSid, accountSid);
    assert.equal((await client.api.v2010.accounts(accountSid).incomingPhoneNumbers.list()).length, 1);
  });
});

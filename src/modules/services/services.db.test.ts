import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { MAX_POOL_NUMBERS } from "./pool-member.ts";
import { ACCOUNT, startProgram, STRANGER, wishFor, type Program } from "./sample-services.test.ts";

type Client = ReturnType<Program["client"]>;

async function refuses(request: Promise<unknown>, code: number, status = 400): Promise<void> {
  await assert.rejects(request, (error: unknown) => {
    assert.ok(error instanceof twilio.RestException, String(error));
    assert.deepEqual([error.code, error.status], [code, status], error.message);
    return true;
  });
}

const HOOK = "https://example.org/in";
const DEACTIVATED = "12125550100\n12125550101\n";

describe("Messaging Services with the official SDK", () => {
  let program: Program;
  let client: Client;
  let stranger: Client;

  before(async () => {
    program = await startProgram({
      alphaAllowed: (country) => country === "GB",
      deactivated: (date) => Promise.resolve(date === "2025-01-29" ? Buffer.from(DEACTIVATED) : undefined),
    });
    client = program.client(ACCOUNT);
    stranger = program.client(STRANGER);
  });
  after(() => program.stop());

  const newService = (friendlyName = "pool") => client.messaging.v1.services.create({ friendlyName });

  it("a service has Twilio's defaults, its address and its links", async () => {
    const made = await newService("first");
    const { sid, url, links, dateCreated, dateUpdated, ...rest } = made.toJSON();
    assert.match(sid, /^MG[0-9a-f]{32}$/);
    assert.equal(url, `https://messaging.twilio.com/v1/Services/${sid}`);
    assert.equal(links["phone_numbers"], `${url}/PhoneNumbers`);
    assert.equal(links["us_app_to_person_usecases"], `${url}/Compliance/Usa2p/Usecases`);
    assert.equal(Object.keys(links).length, 8);
    assert.deepEqual(dateCreated, dateUpdated);
    assert.deepEqual(rest, {
      accountSid: ACCOUNT,
      areaCodeGeomatch: true,
      fallbackMethod: "POST",
      fallbackToLongCode: true,
      fallbackUrl: null,
      friendlyName: "first",
      inboundMethod: "POST",
      inboundRequestUrl: null,
      mmsConverter: true,
      scanMessageContent: "inherit",
      smartEncoding: true,
      statusCallback: null,
      stickySender: true,
      synchronousValidation: false,
      usAppToPersonRegistered: false,
      useInboundWebhookOnNumber: false,
      usecase: "undeclared",
      validityPeriod: 36_000,
    });
    assert.deepEqual((await client.messaging.v1.services(sid).fetch()).toJSON(), made.toJSON());
  });

  it("everything of a service can be set, and set back", async () => {
    const everything = {
      inboundRequestUrl: HOOK,
      inboundMethod: "GET",
      fallbackUrl: `${HOOK}/fallback`,
      fallbackMethod: "GET",
      statusCallback: `${HOOK}/status`,
      stickySender: false,
      mmsConverter: false,
      smartEncoding: false,
      scanMessageContent: "disable" as const,
      fallbackToLongCode: false,
      areaCodeGeomatch: false,
      validityPeriod: 600,
      synchronousValidation: true,
      usecase: "marketing",
      useInboundWebhookOnNumber: true,
    };
    const made = await client.messaging.v1.services.create({ friendlyName: "second", ...everything });
    for (const [key, value] of Object.entries(everything)) {
      assert.equal(made[key as keyof typeof everything], value, key);
    }
    program.clock.advance(5_000);
    const updated = await client.messaging.v1.services(made.sid).update({ fallbackUrl: "", friendlyName: "renamed" });
    assert.deepEqual([updated.fallbackUrl, updated.friendlyName, updated.usecase], [null, "renamed", "marketing"]);
    assert.equal(updated.dateUpdated.getTime() - updated.dateCreated.getTime(), 5_000);
    const known = program.module.directory.service(ACCOUNT, made.sid);
    assert.deepEqual([known?.inboundRequestUrl, known?.fallbackUrl, known?.validityPeriod], [HOOK, undefined, 600]);
    assert.equal(program.module.directory.service(STRANGER, made.sid), undefined);
  });

  it("nonsense is refused with Twilio's codes", async () => {
    const { services } = client.messaging.v1;
    await refuses(services.create({ friendlyName: "" }), 20001);
    await refuses(services.create({ friendlyName: "x".repeat(65) }), 20001);
    await refuses(services.create({ friendlyName: "x", inboundRequestUrl: "ftp://x" }), 21402);
    await refuses(services.create({ friendlyName: "x", inboundMethod: "PUT" }), 21403);
    await refuses(services.create({ friendlyName: "x", validityPeriod: 0 }), 20001);
    await refuses(services.create({ friendlyName: "x", validityPeriod: 36_001 }), 20001);
    await refuses(services.create({ friendlyName: "x", usecase: "2fa" }), 21713);
    const { sid } = await newService();
    await refuses(services(sid).update({ friendlyName: "" }), 20001);
    await refuses(stranger.messaging.v1.services(sid).fetch(), 20404, 404);
    await refuses(stranger.messaging.v1.services(sid).update({ friendlyName: "mine" }), 20404, 404);
    await refuses(stranger.messaging.v1.services(sid).remove(), 20404, 404);
    await refuses(services(`MG${"0".repeat(32)}`).phoneNumbers.list(), 20404, 404);
  });

  it("services are listed page by page, newest first, and deleted with their pools", async () => {
    const made = [];
    for (let i = 0; i < 5; i += 1) {
      made.push(await stranger.messaging.v1.services.create({ friendlyName: `listed ${i}` }));
      program.clock.advance(1_000);
    }
    const listed = await stranger.messaging.v1.services.list({ pageSize: 2 });
    assert.deepEqual(
      listed.map(({ friendlyName }) => friendlyName),
      ["listed 4", "listed 3", "listed 2", "listed 1", "listed 0"],
    );
    const { sid } = made[0] as { sid: string };
    const number = program.numbers.give(STRANGER, "+12125559000");
    await stranger.messaging.v1.services(sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    assert.equal(await stranger.messaging.v1.services(sid).remove(), true);
    await refuses(stranger.messaging.v1.services(sid).fetch(), 20404, 404);
    assert.equal(program.module.directory.serviceOfSender(STRANGER, "+12125559000"), undefined);
    const other = (made[1] as { sid: string }).sid;
    await stranger.messaging.v1.services(other).phoneNumbers.create({ phoneNumberSid: number.sid });
    assert.equal(program.module.directory.serviceOfSender(STRANGER, "12125559000")?.sid, other);
  });

  it("what a service can be for is told", async () => {
    const { usecases } = await client.messaging.v1.usecases.fetch();
    assert.deepEqual(
      usecases.map(({ usecase }: { usecase: string }) => usecase),
      ["notifications", "marketing", "verification", "discussion", "poll", "undeclared"],
    );
    assert.ok(usecases.every((each: Record<string, string>) => each["description"] !== "" && each["purpose"] !== ""));
  });

  it("a number is in one pool at most, and can be asked for there", async () => {
    const first = await newService();
    const second = await newService();
    const number = program.numbers.give(ACCOUNT, "+12125550100", { voice: false });
    const foreign = program.numbers.give(STRANGER, "+12125550101");
    const mute = program.numbers.give(ACCOUNT, "+12125550102", { sms: false, mms: false });
    const { phoneNumbers } = client.messaging.v1.services(first.sid);
    const added = await phoneNumbers.create({ phoneNumberSid: number.sid });
    assert.deepEqual(
      [added.sid, added.serviceSid, added.phoneNumber, added.countryCode, added.capabilities],
      [number.sid, first.sid, "+12125550100", "US", ["MMS", "SMS"]],
    );
    assert.equal(added.url, `https://messaging.twilio.com/v1/Services/${first.sid}/PhoneNumbers/${number.sid}`);
    assert.deepEqual((await phoneNumbers(number.sid).fetch()).toJSON(), added.toJSON());
    await refuses(phoneNumbers.create({ phoneNumberSid: number.sid }), 21710, 409);
    const elsewhere = client.messaging.v1.services(second.sid).phoneNumbers;
    await refuses(elsewhere.create({ phoneNumberSid: number.sid }), 21712, 409);
    await refuses(elsewhere(number.sid).fetch(), 20404, 404);
    await refuses(elsewhere(number.sid).remove(), 20404, 404);
    await refuses(phoneNumbers.create({ phoneNumberSid: foreign.sid }), 21421);
    await refuses(phoneNumbers.create({ phoneNumberSid: "PNx" }), 21421);
    await refuses(phoneNumbers.create({ phoneNumberSid: mute.sid }), 21715);
    await refuses(client.messaging.v1.services(first.sid).shortCodes(number.sid).fetch(), 20404, 404);
    assert.equal(program.module.directory.serviceOfSender(ACCOUNT, "+12125550100")?.sid, first.sid);
    assert.equal(program.module.directory.serviceOfSender(STRANGER, "+12125550100"), undefined);
    assert.equal(await phoneNumbers(number.sid).remove(), true);
    assert.deepEqual(await phoneNumbers.list(), []);
    assert.equal(program.module.directory.serviceOfSender(ACCOUNT, "+12125550100"), undefined);
    assert.equal((await elsewhere.create({ phoneNumberSid: number.sid })).serviceSid, second.sid);
  });

  it("of two who put one number into two pools at the same time, one succeeds", async () => {
    const services = await Promise.all([newService(), newService(), newService()]);
    const { sid: phoneNumberSid } = program.numbers.give(ACCOUNT, "+12125550110");
    const answers = await Promise.allSettled(
      services.map(({ sid }) => client.messaging.v1.services(sid).phoneNumbers.create({ phoneNumberSid })),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), ["fulfilled", "rejected", "rejected"]);
  });

  it(`a pool takes ${MAX_POOL_NUMBERS} numbers and short codes`, async () => {
    const { sid } = await newService("full");
    const { phoneNumbers, shortCodes } = client.messaging.v1.services(sid);
    for (let i = 0; i < MAX_POOL_NUMBERS - 1; i += 1) {
      const number = program.numbers.give(ACCOUNT, `+1312555${String(i).padStart(4, "0")}`);
      await phoneNumbers.create({ phoneNumberSid: number.sid });
    }
    const code = program.numbers.give(ACCOUNT, "55501", { country: "US", mms: false, voice: false });
    const added = await shortCodes.create({ shortCodeSid: code.sid });
    assert.deepEqual([added.shortCode, added.countryCode, added.capabilities], ["55501", "US", ["SMS"]]);
    const one = program.numbers.give(ACCOUNT, "+13125559999");
    await refuses(phoneNumbers.create({ phoneNumberSid: one.sid }), 21714);
    assert.equal((await phoneNumbers.list()).length, MAX_POOL_NUMBERS - 1);
    assert.equal(await shortCodes(code.sid).remove(), true);
    await phoneNumbers.create({ phoneNumberSid: one.sid });
  });

  it("alphanumeric senders have 11 characters with a letter, once for each country, and must be the account's", async () => {
    const { sid } = await newService();
    const { alphaSenders, destinationAlphaSenders } = client.messaging.v1.services(sid);
    for (const alpha of ["Acme", "Acme GB", "ACME"]) program.numbers.allow(alpha);
    for (const alphaSender of ["TwelveLetter", "12345", "Ac/me", "Größe", "+12125550100"]) {
      await refuses(alphaSenders.create({ alphaSender }), 21709);
    }
    await refuses(alphaSenders.create({ alphaSender: "" }), 21708);
    await refuses(alphaSenders.create({ alphaSender: "Unknown" }), 21709);
    const added = await alphaSenders.create({ alphaSender: " Acme " });
    assert.match(added.sid, /^AI[0-9a-f]{32}$/);
    assert.deepEqual([added.alphaSender, added.capabilities, added.serviceSid], ["Acme", ["SMS"], sid]);
    await refuses(alphaSenders.create({ alphaSender: "ACME" }), 21710, 409);
    await refuses(destinationAlphaSenders.create({ alphaSender: "Acme", isoCountryCode: "GBR" }), 20001);
    const british = await destinationAlphaSenders.create({ alphaSender: "Acme GB", isoCountryCode: "gb" });
    assert.equal(british.isoCountryCode, "GB");
    assert.deepEqual(
      (await alphaSenders.list()).map(({ alphaSender }) => alphaSender),
      ["Acme"],
    );
    const all = await destinationAlphaSenders.list();
    assert.deepEqual(all.map(({ isoCountryCode }) => isoCountryCode).toSorted(), ["", "GB"]);
    const british2 = await destinationAlphaSenders.list({ isoCountryCode: "GB" });
    assert.deepEqual(
      british2.map(({ alphaSender }) => alphaSender),
      ["Acme GB"],
    );
    await refuses(alphaSenders(british.sid).fetch(), 20404, 404);
    const choice = program.module.directory.chooseSender(wishFor("+447700900100", { serviceSid: sid }));
    assert.deepEqual(choice, {
      sender: { address: "Acme GB", kind: "alphanumeric", mms: false, country: "GB" },
      reason: "alphanumeric",
    });
    assert.equal(await destinationAlphaSenders(british.sid).remove(), true);
    assert.equal(await alphaSenders(added.sid).remove(), true);
    assert.equal(program.module.directory.chooseSender(wishFor("+447700900100", { serviceSid: sid })), "empty");
  });

  it("senders of channels are registered, described, added to a pool, and leave it when they are deleted", async () => {
    const { channelsSenders } = client.messaging.v2;
    const made = await channelsSenders.create({
      sender_id: "whatsapp:+1 (212) 555-0100",
      configuration: { waba_id: "1234" },
      webhook: { callback_url: HOOK, callback_method: "POST" },
      profile: {
        name: "Acme",
        websites: ["https://acme.example"],
        emails: [{ email: "a@acme.example", label: "Office" }],
      },
    } as never);
    assert.match(made.sid, /^XE[0-9a-f]{32}$/);
    assert.deepEqual([made.senderId, made.status], ["whatsapp:+12125550100", "OFFLINE"]);
    assert.equal(made.offlineReasons[0]?.code, "63007");
    assert.deepEqual(made.profile.websites, [{ website: "https://acme.example", label: "Website" }]);
    await refuses(channelsSenders.create({ sender_id: "whatsapp:+12125550100" } as never), 20409, 409);
    await refuses(channelsSenders.create({ sender_id: "+12125550100" } as never), 21657);
    const wrong = { sender_id: "rcs:agent", webhook: { callback_url: "no" } };
    await refuses(channelsSenders.create(wrong as never), 20001);
    const changed = await channelsSenders(made.sid).update({ profile: { about: "We make things" } } as never);
    assert.deepEqual([changed.profile.name, changed.profile.about], ["Acme", "We make things"]);
    assert.equal((await channelsSenders.list({ channel: "whatsapp" })).length, 1);
    assert.deepEqual(await channelsSenders.list({ channel: "rcs" }), []);
    await refuses(stranger.messaging.v2.channelsSenders(made.sid).fetch(), 20404, 404);

    const { sid } = await newService();
    const { channelSenders } = client.messaging.v1.services(sid);
    await refuses(channelSenders.create({ sid: `XE${"0".repeat(32)}` }), 21421);
    const added = await channelSenders.create({ sid: made.sid });
    assert.deepEqual(
      [added.sender, added.senderType, added.countryCode, added.messagingServiceSid],
      ["whatsapp:+12125550100", "WhatsApp", "US", sid],
    );
    assert.deepEqual((await channelSenders(made.sid).fetch()).toJSON(), added.toJSON());
    assert.equal(program.module.directory.chooseSender(wishFor("+12125550199", { serviceSid: sid })), "empty");
    assert.equal(await channelsSenders(made.sid).remove(), true);
    assert.deepEqual(await channelSenders.list(), []);
  });

  it("deactivated numbers of a day are in a file whose address works for two minutes", async () => {
    // The SDK has no type for what it hands on.
    const ask = async (date?: Date): Promise<{ readonly redirect_to: string }> =>
      (await client.messaging.v1.deactivations().fetch(date === undefined ? {} : { date })) as never;
    const { redirect_to: redirectTo } = await ask(new Date("2025-01-29T00:00:00Z"));
    assert.match(redirectTo, /^https:\/\/messaging\.twilio\.com\/deactivations\/2025-01-29\..*\.txt$/);
    const file = await program.get(redirectTo);
    assert.deepEqual([file.status, file.body], [200, DEACTIVATED]);
    assert.match(file.headers["content-type"] ?? "", /^text\/plain/);
    const none = await program.get((await ask()).redirect_to);
    assert.deepEqual([none.status, none.body], [200, ""]);
    assert.equal((await program.get(redirectTo.replace("01-29", "01-28"))).status, 404, "another day's proof");
    await refuses(ask(new Date("2025-02-02T00:00:00Z")), 20001);
    program.clock.advance(120_001);
    assert.equal((await program.get(redirectTo)).status, 404);
    assert.equal((await program.get("https://messaging.twilio.com/deactivations/x")).status, 404);
  });

  it("a number that is released leaves its pool at once, and may go into another account's", async () => {
    const { sid } = await newService();
    const { phoneNumbers } = client.messaging.v1.services(sid);
    const number = program.numbers.give(ACCOUNT, "+12125550120");
    await phoneNumbers.create({ phoneNumberSid: number.sid });
    const wish = wishFor("+12125550199", { serviceSid: sid });
    assert.equal(typeof program.module.directory.chooseSender(wish), "object");
    program.numbers.release(number);
    assert.equal(program.module.directory.chooseSender(wish), "empty");
    assert.equal(program.module.directory.serviceOfSender(ACCOUNT, "+12125550120"), undefined);
    assert.deepEqual(await phoneNumbers.list(), []);
    assert.equal(await program.module.numberReleased(number), true);
    assert.equal(await program.module.numberReleased(number), false);
    const again = program.numbers.give(ACCOUNT, "+12125550120");
    await phoneNumbers.create({ phoneNumberSid: again.sid });
    assert.equal(typeof program.module.directory.chooseSender(wish), "object");
    program.numbers.transfer(again, STRANGER);
    const theirs = await stranger.messaging.v1.services.create({ friendlyName: "theirs" });
    await stranger.messaging.v1.services(theirs.sid).phoneNumbers.create({ phoneNumberSid: again.sid });
    assert.equal(program.module.directory.chooseSender(wish), "empty");
    assert.equal(program.module.directory.serviceOfSender(STRANGER, "+12125550120")?.sid, theirs.sid);
    assert.equal(await program.module.numberReleased(again), false, "it is in the other account's pool by now");
    assert.equal(program.module.directory.serviceOfSender(STRANGER, "+12125550120")?.sid, theirs.sid);
  });

  it("pools and sticky senders are the same after a restart", async () => {
    const { sid } = await newService();
    for (let i = 0; i < 20; i += 1) {
      const number = program.numbers.give(ACCOUNT, `+1415555${String(i).padStart(4, "0")}`);
      await client.messaging.v1.services(sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    }
    const recipients = Array.from({ length: 200 }, (_, i) => `+1628555${String(i).padStart(4, "0")}`);
    const choose = (): string[] =>
      recipients.map((to) => {
        const choice = program.module.directory.chooseSender(wishFor(to, { serviceSid: sid }));
        assert.ok(typeof choice !== "string");
        return choice.sender.address;
      });
    const before = choose();
    program = await program.restart();
    client = program.client(ACCOUNT);
    assert.deepEqual(choose(), before);
    assert.ok(new Set(before).size >= 18, "all are used");
    assert.equal((await client.messaging.v1.services(sid).phoneNumbers.list()).length, 20);
  });
});

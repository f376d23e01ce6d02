import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import {
  A2P_PROFILE,
  campaignOf,
  CUSTOMER_PROFILE,
  LOCAL,
  LONE,
  OTHER_SERVICE,
  OWNER,
  REVIEW_MS,
  SERVICE,
  startProgram,
  STRANGER,
  type Program,
} from "./sample-registrations.test.ts";

const profiles = { customerProfileBundleSid: CUSTOMER_PROFILE, a2PProfileBundleSid: A2P_PROFILE };

async function approvedBrand(program: Program, name: string, more: object = {}): Promise<string> {
  program.business(name);
  const { sid } = await program.client().messaging.v1.brandRegistrations.create({ ...profiles, ...more });
  await program.pass(4 * REVIEW_MS);
  return sid;
}

describe("campaigns", () => {
  let program: Program;
  let brandSid = "";
  before(async () => {
    program = await startProgram();
    brandSid = await approvedBrand(program, "Owl [score 80]");
  });
  after(() => program.stop());

  const campaigns = (serviceSid = SERVICE, accountSid = OWNER) =>
    program.client(accountSid).messaging.v1.services(serviceSid).usAppToPerson;
  const gap = (from = LOCAL) => program.module.registrations.gap({ accountSid: OWNER, from });
  const clear = async (serviceSid = SERVICE) => {
    for (const { sid } of await campaigns(serviceSid).list()) await campaigns(serviceSid)(sid).remove();
  };

  it("let the senders of their service send, once they are verified", async () => {
    assert.equal(gap(), "unregistered");
    const created = await campaigns().create(campaignOf(brandSid));
    assert.match(created.sid, /^QE[0-9a-f]{32}$/);
    assert.deepEqual(
      [created.campaignStatus, created.campaignId, created.rateLimits, created.isExternallyRegistered, created.mock],
      ["PENDING", null, null, false, false],
    );
    assert.deepEqual(created.helpKeywords, ["HELP", "INFO"]);
    assert.equal(gap(), "campaign-pending");
    await program.pass(REVIEW_MS / 2 + 1_000);
    assert.equal((await campaigns()(created.sid).fetch()).campaignStatus, "IN_PROGRESS");
    assert.equal(gap(), "campaign-pending");
    await program.pass(REVIEW_MS);
    const verified = await campaigns()(created.sid).fetch();
    assert.equal(verified.campaignStatus, "VERIFIED");
    assert.match(verified.campaignId, /^C[0-9A-Z]+$/);
    assert.deepEqual(verified.rateLimits, { att: { mps: 60, msg_class: "A" }, tmobile: { brand_tier: "TOP" } });
    assert.equal(gap(), undefined);
    assert.equal(gap(LONE), "unregistered", "a number that is in no service");
    assert.equal(program.module.registrations.gap({ accountSid: STRANGER, from: LOCAL }), "unregistered");
    const restarted = await program.restart();
    assert.equal(restarted.module.registrations.gap({ accountSid: OWNER, from: LOCAL }), undefined);
    const unenforced = await program.restart({ isEnforced: false });
    assert.equal(unenforced.module.registrations.gap({ accountSid: OWNER, from: LONE }), undefined);
  });

  it("limit their traffic by the recipient's network, in under a microsecond", () => {
    const { registrations } = program.module;
    const limits = (network?: string) => registrations.limits({ accountSid: OWNER, from: LOCAL, network });
    const shape = (network?: string) => limits(network).map(({ segments, per }) => `${segments}/${per}`);
    assert.deepEqual(shape("310410"), ["3600/minute"]);
    assert.deepEqual(shape("310260"), ["200000/day"]);
    assert.equal(limits("310260")[0]?.zone, "America/Los_Angeles");
    assert.match(limits("310260")[0]?.key ?? "", /^brand:tax-123456789:tmobile/);
    assert.deepEqual(shape("311480"), ["60/second"]);
    assert.match(limits("311480")[0]?.key ?? "", /^number:\+12125550100:verizon/);
    assert.deepEqual(shape("311220"), ["600/minute"], "a small network");
    assert.deepEqual(shape(), ["3600/minute", "600000/day"], "a network that nobody knows");
    assert.deepEqual(shape("302720"), [], "a network of another country");
    const networks = ["310410", "310260", "311480", "311220", undefined];
    const random = seededRandom(7);
    const asked = Array.from({ length: 1_000 }, () => networks[Math.floor(random() * networks.length)]);
    const measure = (): number => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < 100; i += 1) for (const network of asked) limits(network);
      return Number(process.hrtime.bigint() - start) / 100_000;
    };
    const best = Math.min(...Array.from({ length: 5 }, measure));
    assert.ok(best < 5_000, `${best} ns, on a machine that does other things too`);
  });

  it("pass what needs no campaign: test numbers, numbers registered elsewhere, short codes, other countries", () => {
    for (const from of ["+15005550006", "+12125550177", "72345", "+447700900123"]) assert.equal(gap(from), undefined);
  });

  it("are one for a service, and end when they are deleted", async () => {
    await assert.rejects(campaigns().create(campaignOf(brandSid)), { code: 20409, status: 409 });
    const [only] = await campaigns().list();
    assert.ok(only !== undefined);
    await assert.rejects(campaigns(OTHER_SERVICE)(only.sid).fetch(), { code: 20404 });
    await assert.rejects(campaigns(SERVICE, STRANGER).list(), { code: 20404 });
    assert.equal(await campaigns()(only.sid).remove(), true);
    assert.equal(gap(), "unregistered");
    await program.pass(1_000);
    assert.deepEqual(await program.module.waiting(), { due: 0, filed: 1 }, "the registry has been told");
    await assert.rejects(campaigns()(only.sid).remove(), { code: 20404 });
  });

  it("are refused with the codes for what they lack", async () => {
    const good = campaignOf(brandSid);
    const refused = (change: object, code: number) =>
      assert.rejects(campaigns().create({ ...good, ...change }), { code, status: 400 });
    await refused({ description: "too short" }, 21728);
    await refused({ messageFlow: "" }, 21727);
    await refused({ messageSamples: ["Only one sample, which is not enough"] }, 21728);
    await refused({ messageSamples: ["short", "also short"] }, 21728);
    await refused({ optInKeywords: ["not a word!"] }, 21728);
    await refused({ helpMessage: "brief" }, 21728);
    await refused({ usAppToPersonUsecase: "NONSENSE" }, 21720);
    await refused({ usAppToPersonUsecase: "SOLE_PROPRIETOR" }, 21717);
    await refused({ brandRegistrationSid: `BN${"0".repeat(32)}` }, 21717);
    const pending = await program.client().messaging.v1.brandRegistrations.create(profiles);
    await refused({ brandRegistrationSid: pending.sid }, 21717);
  });

  it("fail with the errors that are asked for, are changed and submitted again", async () => {
    const created = await campaigns().create(campaignOf(brandSid, "[30886]"));
    const change = { ...campaignOf(brandSid), ageGated: false, directLending: false };
    await assert.rejects(campaigns()(created.sid).update(change), { code: 20001 });
    await program.pass(2 * REVIEW_MS);
    const failed = await campaigns()(created.sid).fetch();
    assert.equal(failed.campaignStatus, "FAILED");
    assert.deepEqual(
      failed.errors.map(({ error_code, fields }) => [error_code, fields]),
      [[30886, ["USE_CASE_DESCRIPTION"]]],
    );
    assert.equal(gap(), "unregistered");
    const updated = await campaigns()(created.sid).update(change);
    assert.deepEqual([updated.campaignStatus, updated.errors], ["PENDING", []]);
    await program.pass(2 * REVIEW_MS);
    assert.equal((await campaigns()(created.sid).fetch()).campaignStatus, "VERIFIED");
    await clear();
    const messageSamples = ["Owl: see https://bit.ly/abc for news", "Owl: your order 1234 was returned to us."];
    const shortened = await campaigns().create({ ...campaignOf(brandSid), messageSamples });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await campaigns()(shortened.sid).fetch()).errors[0]?.error_code, 30892);
    await clear();
  });

  it("are suspended after they were verified", async () => {
    const { sid } = await campaigns().create(campaignOf(brandSid, "[suspend]"));
    await program.pass(2 * REVIEW_MS);
    assert.equal(gap(), undefined);
    await program.pass(4 * REVIEW_MS);
    assert.equal((await campaigns()(sid).fetch()).campaignStatus, "SUSPENDED");
    assert.equal(gap(), "campaign-suspended");
    assert.equal(program.told.at(-1)?.notice.type, "campaign.suspended");
    assert.equal(program.module.registrations.limits({ accountSid: OWNER, from: LOCAL }).length, 0);
    await assert.rejects(campaigns()(sid).remove(), { code: 21729 });
    const change = { ...campaignOf(brandSid), ageGated: false, directLending: false };
    await assert.rejects(campaigns()(sid).update(change), { code: 21729 });
    await program.database.query("delete from a2p_campaigns");
    program = await program.restart();
  });

  it("of mock brands send nothing, and those of unverified brands fail", async () => {
    const mock = await approvedBrand(program, "Owl", { mock: true });
    const tried = await campaigns().create(campaignOf(mock));
    const unverified = await approvedBrand(program, "Owl [unverified]");
    const other = await campaigns(OTHER_SERVICE).create(campaignOf(unverified));
    await program.pass(2 * REVIEW_MS);
    const verified = await campaigns()(tried.sid).fetch();
    assert.deepEqual([verified.campaignStatus, verified.mock], ["VERIFIED", true]);
    assert.equal(gap(), "unregistered");
    assert.equal((await campaigns(OTHER_SERVICE)(other.sid).fetch()).errors[0]?.error_code, 30991);
    await clear();
    await clear(OTHER_SERVICE);
  });

  it("of sole proprietors are one, of one use case, and slow", async () => {
    const sole = await approvedBrand(program, "Owl", { brandType: "SOLE_PROPRIETOR" });
    const usecases = program.client().messaging.v1.services(SERVICE).usAppToPersonUsecases;
    const { usAppToPersonUsecases } = await usecases.fetch({ brandRegistrationSid: sole });
    assert.deepEqual(
      usAppToPersonUsecases.map(({ code }) => code as string),
      ["SOLE_PROPRIETOR"],
    );
    await assert.rejects(campaigns().create(campaignOf(sole)), { code: 21717 });
    const usAppToPersonUsecase = "SOLE_PROPRIETOR";
    await campaigns().create({ ...campaignOf(sole), usAppToPersonUsecase });
    const second = { ...campaignOf(sole), usAppToPersonUsecase };
    await assert.rejects(campaigns(OTHER_SERVICE).create(second), { code: 21717 });
    await program.pass(2 * REVIEW_MS);
    const limits = program.module.registrations.limits({ accountSid: OWNER, from: LOCAL, network: "310260" });
    assert.deepEqual(
      limits.map(({ segments, per }) => [segments, per]),
      [[1_000, "day"]],
    );
    await clear();
  });

  it("can be for twenty things", async () => {
    const found = await program.client().messaging.v1.services(SERVICE).usAppToPersonUsecases.fetch();
    assert.equal(found.usAppToPersonUsecases.length, 20);
    assert.deepEqual(Object.keys(found.usAppToPersonUsecases[0]), [
      "code",
      "name",
      "description",
      "post_approval_required",
    ]);
  });

  it("that were registered elsewhere are connected by their id", async () => {
    const external = program.client().messaging.v1.externalCampaign;
    const created = await external.create({ campaignId: "CABC123", messagingServiceSid: SERVICE });
    assert.match(created.sid, /^QE/);
    assert.deepEqual([created.campaignId, created.messagingServiceSid], ["CABC123", SERVICE]);
    await assert.rejects(external.create({ campaignId: "CABC123", messagingServiceSid: SERVICE }), { code: 20409 });
    await assert.rejects(external.create({ campaignId: "C1", messagingServiceSid: `MG${"0".repeat(32)}` }), {
      code: 21701,
    });
    await program.pass(2 * REVIEW_MS);
    const [campaign] = await campaigns().list();
    assert.deepEqual(
      [campaign?.campaignStatus, campaign?.isExternallyRegistered, campaign?.brandRegistrationSid],
      ["VERIFIED", true, null],
    );
    assert.equal(gap(), undefined);
    await clear();
  });
});

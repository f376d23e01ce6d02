import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  A2P_PROFILE,
  CUSTOMER_PROFILE,
  DRAFT_PROFILE,
  OWNER,
  REVIEW_MS,
  startProgram,
  STRANGER,
  type Program,
} from "./sample-registrations.test.ts";

const profiles = { customerProfileBundleSid: CUSTOMER_PROFILE, a2PProfileBundleSid: A2P_PROFILE };
const TOKEN = "cv|1.0|tcr|10dlc|9975c339-d46f-49b7-a399|GQ3tokenAXXBUNBT2AgL";

describe("brands", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  const brands = (accountSid?: string) => program.client(accountSid).messaging.v1.brandRegistrations;

  it("are pending, then approved, then vetted, and each is told once", async () => {
    program.business("Owl [score 82]", { company_type: "public" });
    const created = await brands().create(profiles);
    assert.match(created.sid, /^BN[0-9a-f]{32}$/);
    assert.deepEqual(
      [created.status, created.brandType, created.tcrId, created.brandScore, created.identityStatus, created.mock],
      ["PENDING", "STANDARD", null, null, null, false],
    );
    assert.equal(created.url, `https://messaging.twilio.com/v1/a2p/BrandRegistrations/${created.sid}`);
    assert.deepEqual(created.links, {
      brand_vettings: `${created.url}/Vettings`,
      brand_registration_otps: `${created.url}/SmsOtp`,
    });
    await program.pass(REVIEW_MS + 2_000);
    const approved = await brands()(created.sid).fetch();
    assert.deepEqual(
      [approved.status, approved.identityStatus, approved.russell3000, approved.governmentEntity, approved.errors],
      ["APPROVED", "VERIFIED", true, false, []],
    );
    assert.match(approved.tcrId, /^B[0-9A-Z]+$/);
    await program.pass(2 * REVIEW_MS);
    const vetted = await brands()(created.sid).fetch();
    assert.deepEqual([vetted.identityStatus, vetted.brandScore], ["VETTED_VERIFIED", 82]);
    const told = program.told
      .filter(({ notice }) => notice.resourceSid === created.sid)
      .map(({ notice }) => notice.type);
    assert.deepEqual(told, ["brand.approved", "brand.approved"]);
    assert.equal((await program.module.waiting()).due, 0);
  });

  it("get a score that depends on nothing but the business", async () => {
    program.business("Barn Owl LLC", { company_type: "private" });
    const made = [await brands().create(profiles), await brands().create(profiles)];
    await program.pass(4 * REVIEW_MS);
    const scores = await Promise.all(made.map(async ({ sid }) => (await brands()(sid).fetch()).brandScore));
    assert.equal(scores[0], scores[1]);
    assert.ok((scores[0] ?? 0) >= 1 && (scores[0] ?? 0) <= 100);
  });

  it("fail with the errors that the name asks for, and can be updated three times", async () => {
    program.business("Owl [30701] [30792]");
    const { sid } = await brands().create(profiles);
    await assert.rejects(brands()(sid).update(), { code: 21725, status: 400 });
    await program.pass(2 * REVIEW_MS);
    const failed = await brands()(sid).fetch();
    assert.deepEqual([failed.status, failed.tcrId, failed.brandFeedback], ["FAILED", null, ["TAX_ID"]]);
    assert.equal(failed.failureReason, failed.errors[0].description);
    assert.deepEqual(failed.errors[0], {
      url: "https://www.twilio.com/docs/api/errors/30701",
      error_code: 30701,
      description: "The state, region or province is not valid.",
      fields: ["region"],
    });
    assert.equal(program.told.at(-1)?.notice.errorCode, 30701);
    for (let i = 0; i < 2; i += 1) {
      assert.equal((await brands()(sid).update()).status, "PENDING");
      await program.pass(2 * REVIEW_MS);
    }
    program.business("Owl");
    await brands()(sid).update();
    await program.pass(2 * REVIEW_MS);
    assert.equal((await brands()(sid).fetch()).status, "APPROVED");
    program.business("Owl [30702]");
    const other = await brands().create(profiles);
    for (let i = 0; i < 3; i += 1) {
      await program.pass(2 * REVIEW_MS);
      await brands()(other.sid).update();
    }
    await program.pass(2 * REVIEW_MS);
    await assert.rejects(brands()(other.sid).update(), { code: 21724 });
  });

  it("are looked at without end, skip vetting, are mock, or are suspended, where that is asked for", async () => {
    program.business("Owl [in review]");
    const stuck = await brands().create(profiles);
    program.business("Owl [suspend]");
    const suspended = await brands().create(profiles);
    program.business("Owl");
    const unvetted = await brands().create({ ...profiles, skipAutomaticSecVet: true });
    const mock = await brands().create({ ...profiles, mock: true });
    await program.pass(6 * REVIEW_MS);
    assert.equal((await brands()(stuck.sid).fetch()).status, "IN_REVIEW");
    assert.equal((await brands()(suspended.sid).fetch()).status, "SUSPENDED");
    const low = await brands()(unvetted.sid).fetch();
    assert.deepEqual([low.status, low.brandScore, low.skipAutomaticSecVet], ["APPROVED", null, true]);
    const tried = await brands()(mock.sid).fetch();
    assert.deepEqual([tried.status, tried.brandScore, tried.mock], ["APPROVED", null, true]);
  });

  it("of sole proprietors wait for their owner to confirm, who can be asked again", async () => {
    program.business("Owl [no reply]");
    const { sid } = await brands().create({ ...profiles, brandType: "SOLE_PROPRIETOR" });
    await assert.rejects(brands()(sid).brandRegistrationOtps.create(), { code: 20001 });
    await program.pass(4 * REVIEW_MS);
    assert.equal((await brands()(sid).fetch()).identityStatus, "UNVERIFIED");
    const otp = await brands()(sid).brandRegistrationOtps.create();
    assert.deepEqual([otp.accountSid, otp.brandRegistrationSid], [OWNER, sid]);
    await brands()(sid).brandRegistrationOtps.create();
    await program.pass(3 * REVIEW_MS);
    assert.equal((await brands()(sid).fetch()).identityStatus, "VERIFIED");
    await assert.rejects(brands()(sid).brandRegistrationOtps.create(), { code: 20001 });
  });

  it("need approved profiles of the account, and are nobody else's", async () => {
    program.business("Owl");
    await assert.rejects(brands().create({ ...profiles, customerProfileBundleSid: DRAFT_PROFILE }), { code: 20001 });
    await assert.rejects(brands().create({ ...profiles, a2PProfileBundleSid: `BU${"9".repeat(32)}` }), { code: 20001 });
    await assert.rejects(brands(STRANGER).create(profiles), { code: 20001 });
    await assert.rejects(brands().create({ ...profiles, brandType: "STARTER" }), { code: 20001 });
    await assert.rejects(brands().create({ ...profiles, a2PProfileBundleSid: "" }), { code: 20001 });
    const { sid } = await brands().create(profiles);
    await assert.rejects(brands(STRANGER)(sid).fetch(), { code: 20404, status: 404 });
    await assert.rejects(brands(STRANGER)(sid).update(), { code: 20404 });
    assert.deepEqual(await brands(STRANGER).list(), []);
  });

  it("are listed newest first, in pages", async () => {
    const all = await brands().list();
    const paged = await brands().list({ pageSize: 3 });
    assert.deepEqual(
      paged.map(({ sid }) => sid),
      all.map(({ sid }) => sid),
    );
    assert.deepEqual(
      all.map(({ sid }) => sid),
      all.map(({ sid }) => sid).toSorted((a, b) => (a < b ? 1 : -1)),
    );
  });

  it("are vetted by others: a token that is imported, and an order", async () => {
    program.business("Owl [score 10]");
    const { sid } = await brands().create(profiles);
    const vettings = brands()(sid).brandVettings;
    await assert.rejects(vettings.create({ vettingProvider: "aegis" }), { code: 21721 });
    await program.pass(4 * REVIEW_MS);
    await assert.rejects(vettings.create({ vettingProvider: "campaign-verify", vettingId: "x" }), { code: 21722 });
    const imported = await vettings.create({ vettingProvider: "campaign-verify", vettingId: TOKEN });
    assert.match(imported.brandVettingSid, /^VT[0-9a-f]{32}$/);
    assert.deepEqual(
      [imported.vettingClass, imported.vettingStatus, imported.vettingId, imported.brandSid],
      ["POLITICAL", "PENDING", TOKEN, sid],
    );
    await assert.rejects(vettings.create({ vettingProvider: "aegis" }), { code: 21723 });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await vettings(imported.brandVettingSid).fetch()).vettingStatus, "SUCCESS");
    assert.equal((await brands()(sid).fetch()).brandScore, 10, "a political vetting gives no score");
    await vettings.create({ vettingProvider: "aegis" });
    await program.pass(2 * REVIEW_MS);
    const failing = await vettings.create({ vettingProvider: "campaign-verify", vettingId: `${TOKEN}FAIL` });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await vettings(failing.brandVettingSid).fetch()).vettingStatus, "FAILED");
    const classes = (await vettings.list()).map(({ vettingClass }) => vettingClass);
    assert.deepEqual(classes, ["POLITICAL", "STANDARD", "POLITICAL"]);
    assert.equal((await vettings.list({ vettingProvider: "aegis" })).length, 1);
    await assert.rejects(brands(STRANGER)(sid).brandVettings.list(), { code: 20404 });
  });
});

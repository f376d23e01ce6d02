import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  CUSTOMER_PROFILE,
  LOCAL_SID,
  OWNER,
  REVIEW_MS,
  startProgram,
  STRANGER,
  TOLL_FREE,
  TOLL_FREE_SID,
  verificationOf,
  type Program,
} from "./sample-registrations.test.ts";

const DAY_MS = 86_400_000;

describe("toll-free verifications", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  const verifications = (accountSid = OWNER) => program.client(accountSid).messaging.v1.tollfreeVerifications;
  const gap = () => program.module.registrations.gap({ accountSid: OWNER, from: TOLL_FREE });
  const summary = "Codes for signing in, and news of the shop.";

  it("go through review, are rejected, edited, and approved", async () => {
    assert.equal(gap(), "toll-free-unverified");
    const created = await verifications().create({
      ...verificationOf(`${summary} [30445]`),
      externalReferenceId: "mine",
      customerProfileSid: CUSTOMER_PROFILE,
      optInKeywords: ["START"],
    });
    assert.match(created.sid, /^HH[0-9a-f]{32}$/);
    assert.deepEqual(
      [created.status, created.tollfreePhoneNumberSid, created.rejectionReason, created.editAllowed],
      ["PENDING_REVIEW", TOLL_FREE_SID, null, null],
    );
    assert.deepEqual(created.useCaseCategories, ["TWO_FACTOR_AUTHENTICATION", "MARKETING"]);
    assert.deepEqual([created.optInKeywords, created.businessCity], [["START"], null]);
    await assert.rejects(verifications()(created.sid).update({ businessName: "Barn Owl" }), { code: 20001 });
    await program.pass(REVIEW_MS / 2 + 1_000);
    assert.equal((await verifications()(created.sid).fetch()).status, "IN_REVIEW");
    assert.equal(gap(), "toll-free-unverified");
    await program.pass(REVIEW_MS);
    const rejected = await verifications()(created.sid).fetch();
    assert.deepEqual([rejected.status, rejected.errorCode, rejected.editAllowed], ["TWILIO_REJECTED", 30445, true]);
    assert.deepEqual(rejected.rejectionReasons, [{ reason: rejected.rejectionReason, code: 30445 }]);
    assert.ok(rejected.editExpiration.getTime() > program.clock.nowMs() + 6 * DAY_MS);
    assert.equal(gap(), "toll-free-rejected");

    await assert.rejects(verifications()(created.sid).update({ businessWebsite: "nonsense" }), { code: 20001 });
    const updated = await verifications()(created.sid).update({ useCaseSummary: summary, editReason: "corrected" });
    assert.deepEqual(
      [updated.status, updated.rejectionReason, updated.businessName, updated.useCaseSummary],
      ["PENDING_REVIEW", null, "Owl, Inc.", summary],
    );
    await program.pass(2 * REVIEW_MS);
    assert.equal((await verifications()(created.sid).fetch()).status, "TWILIO_APPROVED");
    assert.equal(gap(), undefined);
    assert.equal(program.module.registrations.gap({ accountSid: STRANGER, from: TOLL_FREE }), "toll-free-unverified");
    const types = program.told.map(({ notice }) => notice.type);
    assert.deepEqual(types, [
      "toll-free.in-review",
      "toll-free.twilio-rejected",
      "toll-free.in-review",
      "toll-free.twilio-approved",
    ]);
    await assert.rejects(verifications().create(verificationOf(summary)), { code: 20409, status: 409 });
  });

  it("are found by number, status and reference, and taken back", async () => {
    const found = async (query: object) => (await verifications().list(query)).length;
    assert.equal(await found({ status: "TWILIO_APPROVED" }), 1);
    assert.equal(await found({ status: "TWILIO_REJECTED" }), 0);
    assert.equal(await found({ externalReferenceId: "mine", tollfreePhoneNumberSid: TOLL_FREE_SID }), 1);
    assert.equal(await found({ externalReferenceId: "other" }), 0);
    assert.equal(await found({ includeSubAccounts: true }), 1);
    assert.equal(await found({ trustProductSid: [CUSTOMER_PROFILE] }), 0);
    const [only] = await verifications().list();
    assert.ok(only !== undefined);
    await assert.rejects(verifications(STRANGER)(only.sid).fetch(), { code: 20404 });
    assert.equal(
      await verifications(STRANGER)(only.sid)
        .remove()
        .catch(() => false),
      false,
    );
    assert.equal(await verifications()(only.sid).remove(), true);
    assert.equal(gap(), "toll-free-unverified");
  });

  it("cannot be edited where that is ruled out, or after seven days; a new one takes their place", async () => {
    const { sid } = await verifications().create(verificationOf(`${summary} [30444] [no edit]`));
    await program.pass(2 * REVIEW_MS);
    assert.equal((await verifications()(sid).fetch()).editAllowed, false);
    await assert.rejects(verifications()(sid).update({ businessName: "Barn Owl" }), { code: 20001 });
    const second = await verifications().create(verificationOf(`${summary} [30446]`));
    await program.pass(2 * REVIEW_MS);
    program.clock.advance(7 * DAY_MS + 1);
    await assert.rejects(verifications()(second.sid).update({ useCaseSummary: summary }), { code: 30437 });
    await verifications().create(verificationOf(summary));
    await program.pass(2 * REVIEW_MS);
    assert.equal(gap(), undefined);
    assert.equal((await program.restart()).module.registrations.gap({ accountSid: OWNER, from: TOLL_FREE }), undefined);
    for (const each of await verifications().list()) await verifications()(each.sid).remove();
  });

  it("are refused for what is missing or wrong", async () => {
    const refused = (change: object, code: number) =>
      assert.rejects(verifications().create({ ...verificationOf(summary), ...change }), { code, status: 400 });
    await refused({ tollfreePhoneNumberSid: LOCAL_SID }, 30436);
    await refused({ tollfreePhoneNumberSid: `PN${"0".repeat(32)}` }, 30436);
    await refused({ businessName: "" }, 20001);
    await refused({ useCaseCategories: ["NONSENSE"] }, 20001);
    await refused({ useCaseCategories: [] }, 20001);
    await refused({ messageVolume: "7" }, 20001);
    await refused({ notificationEmail: "nobody" }, 20001);
    await refused({ businessContactPhone: "12" }, 20001);
    await refused({ businessType: "PRIVATE_PROFIT" }, 20001);
    await refused({ customerProfileSid: `BU${"9".repeat(32)}` }, 20001);
    const business = {
      businessType: "PRIVATE_PROFIT",
      businessRegistrationNumber: "123456789",
      businessRegistrationAuthority: "EIN",
      businessRegistrationCountry: "US",
    } as const;
    const created = await verifications().create({ ...verificationOf(summary), ...business });
    assert.equal(created.businessRegistrationAuthority, "EIN");
  });
});

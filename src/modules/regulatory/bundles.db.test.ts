import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  ADDRESS,
  bundleOf,
  CHILD,
  OWNER,
  REVIEW_MS,
  startProgram,
  STRANGER,
  type Program,
} from "./sample-dossiers.test.ts";

describe("regulatory bundles", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  const rc = (accountSid?: string) => program.client(accountSid).numbers.v2.regulatoryCompliance;
  const approved = async (friendlyName?: string) => {
    const made = await bundleOf(program.client(), friendlyName);
    await made.bundle.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await made.bundle.fetch()).status, "twilio-approved");
    return made;
  };

  it("are evaluated, submitted, approved, and found by numbers", async () => {
    const { sid, bundle, created, items } = await bundleOf(program.client());
    const url = `https://numbers.twilio.com/v2/RegulatoryCompliance/Bundles/${sid}`;
    assert.equal(created.url, url);
    assert.deepEqual(created.links, {
      evaluations: `${url}/Evaluations`,
      item_assignments: `${url}/ItemAssignments`,
      bundle_copies: `${url}/Copies`,
    });
    const evaluation = await bundle.evaluations.create();
    assert.equal(evaluation.status, "compliant", JSON.stringify(evaluation.results));
    assert.equal(evaluation.regulationSid, created.regulationSid);
    await bundle.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    const found = { status: "twilio-approved", isoCountry: "DE", numberType: "local" };
    assert.deepEqual(await program.module.bundle(OWNER, sid), found);
    assert.equal(await program.module.bundle(STRANGER, sid), undefined);
    assert.equal(
      (
        await rc()
          .supportingDocuments(items[1] ?? "")
          .fetch()
      ).status,
      "approved",
    );
    program.used.add(sid);
    await assert.rejects(bundle.remove(), { code: 21648 });
    program.used.delete(sid);
    await bundle.remove();
    assert.equal(await program.module.bundle(OWNER, sid), undefined);
  });

  it("hold documents to what the end user says, and addresses to the country", async () => {
    const { bundle, items } = await bundleOf(program.client());
    await rc()
      .supportingDocuments(items[1] ?? "")
      .update({ attributes: { business_name: "Crow GmbH", document_number: "HRB 1" } });
    await assert.rejects(bundle.update({ status: "pending-review" }), { code: 22218 });
    await rc()
      .supportingDocuments(items[1] ?? "")
      .update({ attributes: { business_name: "Owl GmbH" } });
    await assert.rejects(bundle.update({ status: "pending-review" }), { code: 22217 });
    await rc()
      .supportingDocuments(items[1] ?? "")
      .update({ attributes: { business_name: "Owl GmbH", document_number: "1" } });
    await rc()
      .supportingDocuments(items[2] ?? "")
      .update({ attributes: { address_sids: [ADDRESS] } });
    await assert.rejects(bundle.update({ status: "pending-review" }), { code: 22219 });
    const [, assignment] = await bundle.itemAssignments.list();
    await bundle.itemAssignments(assignment?.sid ?? "").remove();
    await assert.rejects(bundle.update({ status: "pending-review" }), { code: 22216 });
  });

  it("are made for a regulation, and are test bundles where they say so", async () => {
    const make = (more: object) => rc().bundles.create({ friendlyName: "x", email: "a@b.example", ...more });
    await assert.rejects(make({}), { code: 22202 });
    await assert.rejects(make({ isoCountry: "DE", numberType: "spoken" }), { code: 22213 });
    await assert.rejects(make({ isoCountry: "US", numberType: "local" }), { code: 22201 });
    await assert.rejects(make({ isoCountry: "DE", numberType: "local", endUserType: "owl" }), { code: 22212 });
    const [regulation] = await rc().regulations.list({
      isoCountry: "GB",
      numberType: "mobile",
      endUserType: "individual",
    });
    assert.equal(regulation?.friendlyName, "United Kingdom: Mobile - Individual");
    const made = await make({ regulationSid: regulation.sid });
    assert.equal(made.regulationSid, regulation.sid);
    const shown = await rc().regulations(regulation.sid).fetch({ includeConstraints: true });
    assert.equal(shown.requirements.end_user[0].detailed_fields[0].constraint, "text");
    assert.ok((await rc().regulations.list({ pageSize: 50 })).length > 100);
    const test = await bundleOf(program.client(), "Owl", true);
    await test.bundle.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await test.bundle.fetch()).status, "twilio-rejected");
    const document = await rc()
      .supportingDocuments(test.items[1] ?? "")
      .fetch();
    assert.deepEqual([document.status, document.errors[0].code], ["rejected", 18601]);
    await assert.rejects(test.bundle.itemAssignments.create({ objectSid: made.sid }), { code: 22206 });
  });

  it("end where they are valid for a time, and are renewed by a copy", async () => {
    const { sid, bundle } = await approved("Owl [expires 600]");
    assert.ok((await bundle.fetch()).validUntil);
    const copy = await bundle.bundleCopies.create({ friendlyName: "Renewed" });
    assert.deepEqual([copy.status, copy.friendlyName], ["draft", "Renewed"]);
    assert.deepEqual(
      (await bundle.bundleCopies.list()).map((each) => each.sid),
      [copy.sid],
    );
    await assert.rejects(rc().bundles(copy.sid).bundleCopies.create(), { code: 22223 });
    await assert.rejects(bundle.replaceItems.create({ fromBundleSid: copy.sid }), { code: 22224 });
    await assert.rejects(bundle.replaceItems.create({ fromBundleSid: sid }), { code: 22226 });
    await assert.rejects(bundle.replaceItems.create({ fromBundleSid: `BU${"9".repeat(32)}` }), { code: 22225 });
    await rc().bundles(copy.sid).update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    const renewed = await bundle.replaceItems.create({ fromBundleSid: copy.sid });
    assert.deepEqual([renewed.sid, renewed.validUntil, renewed.status], [sid, null, "twilio-approved"]);
    await rc().bundles(copy.sid).remove();
    await program.pass(620_000);
    assert.equal((await bundle.fetch()).status, "twilio-approved", "it was renewed in time");

    const ending = await approved("Crow [expires 60]");
    await program.pass(62_000);
    assert.equal((await ending.bundle.fetch()).status, "twilio-rejected");
    assert.equal(program.told.at(-1)?.notice.status, "twilio-rejected");
  });

  it("are cloned into a subaccount and nowhere else", async () => {
    const { sid, items } = await approved();
    const { bundleClone } = program.client().numbers.v2;
    const clone = await bundleClone(sid).create({ targetAccountSid: CHILD, friendlyName: "Clone" });
    assert.deepEqual([clone.accountSid, clone.status, clone.friendlyName], [CHILD, "twilio-approved", "Clone"]);
    const theirs = await rc(CHILD).bundles(clone.bundleSid).itemAssignments.list();
    assert.equal(theirs.length, items.length);
    assert.ok(
      theirs.every(({ objectSid }) => !items.includes(objectSid)),
      "items of its own",
    );
    const draft = await bundleClone(sid).create({ targetAccountSid: CHILD, moveToDraft: true });
    assert.equal(draft.status, "draft");
    await assert.rejects(bundleClone(sid).create({ targetAccountSid: STRANGER }), { code: 20001 });
    const inside = program.client(STRANGER).numbers.v2;
    await assert.rejects(inside.bundleClone(sid).create({ targetAccountSid: STRANGER }), { code: 20404 });
  });

  it("are listed by what they are for, and in other orders", async () => {
    const all = await rc().bundles.list();
    for (const sortBy of ["valid-until", "date-updated"] as const) {
      for (const sortDirection of ["ASC", "DESC"] as const) {
        const whole = await rc().bundles.list({ sortBy, sortDirection });
        const paged = await rc().bundles.list({ sortBy, sortDirection, pageSize: 2 });
        assert.equal(whole.length, all.length);
        assert.deepEqual(
          paged.map(({ sid }) => sid),
          whole.map(({ sid }) => sid),
        );
      }
    }
    assert.equal((await rc().bundles.list({ isoCountry: "de" })).length, all.length - 1);
    assert.deepEqual(await rc().bundles.list({ isoCountry: "FR" }), []);
    assert.equal((await rc().bundles.list({ bundleSids: `${all[0]?.sid},${all[1]?.sid}` })).length, 2);
    await assert.rejects(rc().bundles.list({ bundleSids: "x" }), { code: 20001 });
    assert.ok((await rc().bundles.list({ hasValidUntilDate: true })).every(({ validUntil }) => validUntil !== null));
    assert.deepEqual(await rc(STRANGER).bundles.list(), []);
  });
});

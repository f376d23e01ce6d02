import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  A2P,
  ADDRESS,
  BUSINESS,
  CALLBACK,
  CHILD,
  NUMBER,
  OWNER,
  PRIMARY,
  profileOf,
  REVIEW_MS,
  SECONDARY,
  startProgram,
  STRANGER,
  type Program,
} from "./sample-dossiers.test.ts";

describe("Trust Hub", () => {
  let program: Program;
  before(async () => {
    program = await startProgram();
  });
  after(() => program.stop());

  const hub = (accountSid?: string) => program.client(accountSid).trusthub.v1;

  it("takes a profile from draft to approved, and tells of each step once", async () => {
    const { sid, profile } = await profileOf(program.client(), PRIMARY);
    const draft = await profile.fetch();
    assert.match(sid, /^BU[0-9a-f]{32}$/);
    assert.deepEqual(
      [draft.status, draft.policySid, draft.email, draft.statusCallback, draft.validUntil, draft.errors],
      ["draft", PRIMARY, "a@owl.example", CALLBACK, null, null],
    );
    const url = `https://trusthub.twilio.com/v1/CustomerProfiles/${sid}`;
    assert.equal(draft.url, url);
    assert.deepEqual(draft.links, {
      customer_profiles_entity_assignments: `${url}/EntityAssignments`,
      customer_profiles_evaluations: `${url}/Evaluations`,
      customer_profiles_channel_endpoint_assignment: `${url}/ChannelEndpointAssignments`,
    });
    const evaluation = await profile.customerProfilesEvaluations.create({ policySid: PRIMARY });
    assert.equal(evaluation.status, "compliant", JSON.stringify(evaluation.results));
    assert.equal((await profile.update({ status: "pending-review" })).status, "pending-review");
    await program.pass(REVIEW_MS / 2);
    assert.equal((await profile.fetch()).status, "in-review");
    await program.pass(REVIEW_MS);
    assert.equal((await profile.fetch()).status, "twilio-approved");
    const told = program.told.filter(({ notice }) => notice.dossierSid === sid).map(({ notice }) => notice.status);
    assert.deepEqual(told, ["pending-review", "in-review", "twilio-approved"]);
    const asked = await program.module.profiles.profile(OWNER, sid);
    assert.equal(asked?.status, "twilio-approved");
    assert.deepEqual(asked.attributes["customer_profile_business_information"], BUSINESS);
    assert.equal(await program.module.profiles.profile(STRANGER, sid), undefined);
  });

  it("refuses to submit what lacks something, with the code of what is lacking", async () => {
    const { v1 } = program.client().trusthub;
    const made = await v1.customerProfiles.create({ friendlyName: "Bare", email: "a@b.example", policySid: PRIMARY });
    const profile = v1.customerProfiles(made.sid);
    await assert.rejects(profile.update({ status: "pending-review" }), { code: 22214, status: 400 });
    const evaluation = await profile.customerProfilesEvaluations.create({ policySid: PRIMARY });
    const results = evaluation.results as { object_type: string; passed: boolean; error_code: number; invalid: [] }[];
    assert.equal(evaluation.status, "noncompliant");
    assert.deepEqual(
      results.map(({ object_type, passed, error_code }) => [object_type, passed, error_code]),
      [
        ["customer_profile_business_information", false, 22214],
        ["authorized_representative_1", false, 22214],
        ["customer_profile_address", false, 22216],
      ],
    );
    assert.equal(results[0]?.invalid.length, 8);
    assert.equal((await profile.customerProfilesEvaluations(evaluation.sid).fetch()).status, "noncompliant");
    assert.equal((await profile.customerProfilesEvaluations.list()).length, 1);

    const wrong = await profileOf(program.client(), PRIMARY, { business: { ...BUSINESS, website_url: "no" } });
    await assert.rejects(wrong.profile.update({ status: "pending-review" }), { code: 22215 });
    await v1.supportingDocuments(wrong.items[2] ?? "").update({ attributes: { address_sids: `AD${"9".repeat(32)}` } });
    await v1.endUsers(wrong.items[0] ?? "").update({ attributes: BUSINESS });
    await assert.rejects(wrong.profile.update({ status: "pending-review" }), { code: 22219 });
    await v1.supportingDocuments(wrong.items[2] ?? "").update({ attributes: { address_sids: ADDRESS } });
    assert.equal((await wrong.profile.update({ status: "pending-review" })).status, "pending-review");
    assert.equal((await v1.supportingDocuments(wrong.items[2] ?? "").fetch()).status, "PENDING_REVIEW");
  });

  it("lets a subaccount name the main account's profile, and a trust product the profile", async () => {
    const primary = await profileOf(program.client(), PRIMARY);
    const lone = await profileOf(program.client(CHILD), SECONDARY);
    await assert.rejects(lone.profile.update({ status: "pending-review" }), { code: 22216 });
    const secondary = await profileOf(program.client(CHILD), SECONDARY, { primary: primary.sid });
    await assert.rejects(secondary.profile.update({ status: "pending-review" }), { code: 22216 }, "it is a draft");
    await primary.profile.update({ status: "pending-review" });
    await secondary.profile.update({ status: "pending-review" });
    const { trustProducts, endUsers } = hub(CHILD);
    const made = await trustProducts.create({ friendlyName: "A2P", email: "a@owl.example", policySid: A2P });
    const product = trustProducts(made.sid);
    const info = await endUsers.create({
      friendlyName: "a2p",
      type: "us_a2p_messaging_profile_information",
      attributes: { company_type: "private" },
    });
    for (const objectSid of [info.sid, secondary.sid])
      await product.trustProductsEntityAssignments.create({ objectSid });
    assert.equal((await product.trustProductsEvaluations.create({ policySid: A2P })).status, "compliant");
    await assert.rejects(
      product.trustProductsChannelEndpointAssignment.create({
        channelEndpointType: "phone-number",
        channelEndpointSid: NUMBER,
      }),
      { code: 20001 },
    );
    await product.update({ status: "pending-review" });
    await program.pass(4 * REVIEW_MS);
    assert.equal((await product.fetch()).status, "twilio-approved");
    assert.equal((await secondary.profile.fetch()).status, "twilio-approved");
    await assert.rejects(primary.profile.remove(), { code: 21647 });
    const found = await product.trustProductsEntityAssignments.list({
      objectType: "us_a2p_messaging_profile_information",
    });
    assert.deepEqual(
      found.map(({ objectSid }) => objectSid),
      [info.sid],
    );
  });

  it("rejects what a word in brackets says, shows why, and takes it again", async () => {
    const { profile, sid, items } = await profileOf(program.client(), PRIMARY, { friendlyName: "Owl [18602]" });
    await profile.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    const rejected = await profile.fetch();
    assert.deepEqual([rejected.status, rejected.errors[0].code], ["twilio-rejected", 18602]);
    assert.equal(
      (
        await hub()
          .supportingDocuments(items[2] ?? "")
          .fetch()
      ).status,
      "REJECTED",
    );
    assert.match(program.told.at(-1)?.notice.failureReason ?? "", /18602/);
    await profile.update({ friendlyName: "Owl" });
    await profile.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    const approved = await profile.fetch();
    assert.deepEqual([approved.status, approved.errors], ["twilio-approved", null]);
    const brand = await profileOf(program.client(), PRIMARY, {
      business: { ...BUSINESS, business_name: "Owl [30701] [in review] [slow]" },
    });
    await brand.profile.update({ status: "pending-review" });
    await program.pass(2 * REVIEW_MS);
    assert.equal((await brand.profile.fetch()).status, "twilio-approved", "those words are for the brand");
    assert.notEqual(sid, brand.sid);
  });

  it("refuses changes that the state does not allow", async () => {
    const { profile, items, entities } = await profileOf(program.client(), PRIMARY, { friendlyName: "[in review]" });
    await assert.rejects(profile.update({ status: "twilio-approved" }), { code: 20001 });
    await assert.rejects(profile.update({ status: "pending-review", email: "b@owl.example" }), { code: 22204 });
    await assert.rejects(profile.update({ status: "done" as "draft" }), { code: 22203 });
    const [, , address = ""] = items;
    await assert.rejects(hub().supportingDocuments(address).remove(), { code: 21645 });
    await assert.rejects(
      hub()
        .endUsers(items[0] ?? "")
        .remove(),
      { code: 21644 },
    );
    await profile.update({ status: "pending-review" });
    assert.equal((await profile.update({ status: "draft" })).status, "draft", "taken back");
    await profile.update({ status: "pending-review" });
    await program.pass(20 * REVIEW_MS);
    assert.equal((await profile.fetch()).status, "in-review", "looked at and never decided");
    await assert.rejects(profile.update({ friendlyName: "New" }), { code: 20001 });
    await assert.rejects(profile.update({ status: "draft" }), { code: 20001 });
    await assert.rejects(profile.remove(), { code: 21647 });
    await assert.rejects(
      hub()
        .endUsers(items[0] ?? "")
        .update({ attributes: {} }),
      { code: 20001 },
    );
    assert.equal(
      (
        await hub()
          .endUsers(items[0] ?? "")
          .update({ friendlyName: "x" })
      ).friendlyName,
      "x",
    );
    const [assignment] = await entities.list();
    await assert.rejects(entities(assignment?.sid ?? "").remove(), { code: 22229 });
    await assert.rejects(entities.create({ objectSid: items[0] ?? "" }), { code: 20001 });
  });

  it("checks what is assigned, and attributes", async () => {
    const { profile, entities, items, sid } = await profileOf(program.client(), PRIMARY);
    await assert.rejects(entities.create({ objectSid: items[0] ?? "" }), { code: 20409, status: 409 });
    await assert.rejects(entities.create({ objectSid: `IT${"9".repeat(32)}` }), { code: 22205 });
    await assert.rejects(entities.create({ objectSid: `PN${"9".repeat(32)}` }), { code: 22206 });
    await assert.rejects(entities.create({ objectSid: sid }), { code: 22206 });
    const make = (attributes: unknown, type = "cnam_information") =>
      hub().endUsers.create({ friendlyName: "x", type, attributes });
    await assert.rejects(make({}, "unknown"), { code: 20001 });
    await assert.rejects(make("{"), { code: 22207 });
    await assert.rejects(make("[]"), { code: 22207 });
    await assert.rejects(make({ cnam_display_name: { a: 1 } }), { code: 20001 });
    await assert.rejects(make({ other: "\0" }), { code: 20001 });
    await assert.rejects(make({ other: "\ud800" }), { code: 20001 });
    await assert.rejects(make({ other: "é".repeat(9_000) }), { code: 20001 });
    await assert.rejects(make({ a: { b: { c: { d: { e: 1 } } } } }), { code: 20001 });
    const kept = await make({ other: "kept", cnam_display_name: "Owl" });
    assert.deepEqual(kept.attributes, { other: "kept", cnam_display_name: "Owl" });
    await hub().endUsers(kept.sid).remove();
    await assert.rejects(hub().endUsers(kept.sid).fetch(), { code: 20404 });
    const endpoints = profile.customerProfilesChannelEndpointAssignment;
    const assigned = await endpoints.create({ channelEndpointType: "phone-number", channelEndpointSid: NUMBER });
    assert.match(assigned.sid, /^RA/);
    assert.deepEqual(
      (await endpoints.list({ channelEndpointSids: NUMBER })).map((each) => each.sid),
      [assigned.sid],
    );
    await assert.rejects(
      endpoints.create({ channelEndpointType: "phone-number", channelEndpointSid: `PN${"0".repeat(32)}` }),
      { code: 20001 },
    );
    assert.equal((await endpoints(assigned.sid).fetch()).channelEndpointSid, NUMBER);
    await endpoints(assigned.sid).remove();
    await profile.remove();
    await assert.rejects(profile.fetch(), { code: 20404 });
    await hub()
      .endUsers(items[0] ?? "")
      .remove();
  });

  it("shows nothing to strangers, and pages what it lists", async () => {
    const { sid, items } = await profileOf(program.client(), PRIMARY);
    const theirs = hub(STRANGER);
    await assert.rejects(theirs.customerProfiles(sid).fetch(), { code: 20404 });
    await assert.rejects(theirs.customerProfiles(sid).update({ status: "pending-review" }), { code: 20404 });
    await assert.rejects(theirs.customerProfiles(sid).remove(), { code: 20404 });
    await assert.rejects(theirs.customerProfiles(sid).customerProfilesEntityAssignments.list(), { code: 20404 });
    await assert.rejects(theirs.customerProfiles(sid).customerProfilesEvaluations.create({ policySid: PRIMARY }), {
      code: 20404,
    });
    await assert.rejects(theirs.endUsers(items[0] ?? "").fetch(), { code: 20404 });
    assert.deepEqual(await theirs.endUsers.list(), []);
    const own = await theirs.customerProfiles.create({ friendlyName: "x", email: "a@b.example", policySid: PRIMARY });
    await assert.rejects(
      theirs.customerProfiles(own.sid).customerProfilesEntityAssignments.create({ objectSid: items[0] ?? "" }),
      { code: 22205 },
    );
    const all = await hub().customerProfiles.list();
    const paged = await hub().customerProfiles.list({ pageSize: 2 });
    assert.deepEqual(
      paged.map((each) => each.sid),
      all.map((each) => each.sid),
    );
    assert.ok((await hub().customerProfiles.list({ status: "draft" })).every(({ status }) => status === "draft"));
    await assert.rejects(hub().trustProducts.create({ friendlyName: "x", email: "x", policySid: PRIMARY }), {
      code: 20001,
    });
    const policies = await hub().policies.list({ pageSize: 4 });
    assert.ok(policies.some((policy) => policy.sid === A2P));
    assert.equal((await hub().policies(PRIMARY).fetch()).requirements.end_user.length, 3);
    const types = await hub().endUserTypes.list();
    assert.equal(
      (
        await hub()
          .endUserTypes(types[0]?.sid ?? "")
          .fetch()
      ).machineName,
      types[0]?.machineName,
    );
    assert.ok((await hub().supportingDocumentTypes.list()).length >= 3);
  });

  it("steps once, also where the process ends before a step is committed or told", async () => {
    const { sid, profile } = await profileOf(program.client(), PRIMARY);
    await profile.update({ status: "pending-review" });
    const fragile = program.restart();
    fragile.database.isLost = (sql) => sql.startsWith("insert into regulatory_notices");
    await fragile.pass(REVIEW_MS / 2);
    assert.equal((await profile.fetch()).status, "pending-review", "the step and its notice are one");
    const again: string[] = [];
    let isDown = true;
    const next = program.restart({
      commit: (record) => {
        const { notice } = record as unknown as { notice: { id: string; dossierSid: string } };
        if (notice.dossierSid === sid) again.push(notice.id);
        return isDown ? Promise.reject(new Error("the log is full")) : Promise.resolve();
      },
    });
    await next.pass(40_000);
    isDown = false;
    await next.pass(2 * REVIEW_MS);
    assert.equal((await profile.fetch()).status, "twilio-approved");
    const first = fragile.told.filter(({ notice }) => notice.dossierSid === sid).map(({ notice }) => notice.id);
    const ids = [...first, ...new Set(again)];
    assert.ok(again.length > 2, "the log took none at first");
    assert.deepEqual(ids, [`${sid}:1`, `${sid}:2`, `${sid}:3`], "however often, under the same ids");
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Draft } from "../compliance.ts";
import { dltFamily, dltTlvs } from "../dlt/index.ts";
import { dltRegistry } from "./dlt-registry.ts";
import { codeOf, draft, set, world } from "./sample-world.test.ts";

const ENTITY = "1201159195062345678";
const TEMPLATE = "1207161234567890123";
const OTHER = "1207161234567890999";
const CONTENT = "{#var#} is your OTP for {#var#}. Do not share it. - ACME";

function registered() {
  const at = world();
  set(at.dlt, "dlt-entity", { entityId: ENTITY, name: "ACME" });
  set(at.dlt, "dlt-header", { entityId: ENTITY, header: "ACMEIN" });
  const template = { entityId: ENTITY, headers: [], category: "transactional" };
  set(at.dlt, "dlt-template", { ...template, templateId: TEMPLATE, content: CONTENT });
  set(at.dlt, "dlt-template", { ...template, templateId: OTHER, content: "Dear {#var#}, welcome. - ACME" });
  return at;
}

const toIndia = (more: Partial<Draft> = {}) =>
  draft({ to: "+919812345678", country: "IN", from: "ACMEIN", senderKind: "alphanumeric", ...more });
const BODY = "824926 is your OTP for INR 57.75. Do not share it. - ACME";

describe("the rule dlt-registry", () => {
  it("finds the template of a text and adds the ids that operators check", () => {
    const dlt = { entityId: ENTITY, templateId: TEMPLATE };
    const tlvs = { "5120": ENTITY, "5121": TEMPLATE };
    assert.deepEqual(dltRegistry.judge(toIndia({ body: BODY }), registered()), { dlt, tlvs, from: "ACMEIN" });
    assert.deepEqual(dltRegistry.judge(toIndia({ body: BODY, from: "acmein" }), registered()), {
      dlt,
      tlvs,
      from: "ACMEIN",
    });
  });

  it("refuses with 21901 what differs from the template by a character, or has more than 30 in a variable", () => {
    for (const body of [
      "824926 is your OTP for INR 57.75. Do not share it. - ACM",
      "824926 is your OTP for INR 57.75. Do not share it.- ACME",
      "824926 is your otp for INR 57.75. Do not share it. - ACME",
      `${"8".repeat(31)} is your OTP for INR 57.75. Do not share it. - ACME`,
    ]) {
      assert.equal(codeOf(dltRegistry.judge(toIndia({ body }), registered())), 21_901, body);
    }
    const named = toIndia({ body: BODY, dlt: { templateId: OTHER } });
    assert.equal(codeOf(dltRegistry.judge(named, registered())), 21_901);
  });

  it("refuses with 30018 a header that is not registered and with 21900 an entity that is not its own", () => {
    assert.equal(codeOf(dltRegistry.judge(toIndia({ from: "OTHERS" }), registered())), 30_018);
    const wrong = toIndia({ body: BODY, dlt: { entityId: "1201159195062340000" } });
    assert.equal(codeOf(dltRegistry.judge(wrong, registered())), 21_900);
  });

  it("lets long numbers go the international way", () => {
    assert.equal(dltRegistry.judge(draft({ to: "+919812345678", country: "IN" }), registered()), undefined);
  });

  it("gives each carrier the tags that it wants", () => {
    const ids = { entityId: ENTITY, templateId: TEMPLATE };
    assert.deepEqual(dltTlvs({ entityId: 0x1401, templateId: 0x1400 }, ids), { "5121": ENTITY, "5120": TEMPLATE });
    const chained = { entityId: 0x1400, templateId: 0x1401, chainHash: 0x1402, chainHashText: "abc" };
    assert.equal(dltTlvs(chained, ids)["5122"], "abc");
  });

  it("knows the families of scrubbing errors", () => {
    assert.equal(dltFamily(604), "entity");
    assert.equal(dltFamily(614), "telemarketer");
    assert.equal(dltFamily(620), "header");
    assert.equal(dltFamily(633), "template");
    assert.equal(dltFamily(12), undefined);
  });
});

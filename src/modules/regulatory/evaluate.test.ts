import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import type { ApplyContext } from "../../platform/cell/index.ts";
import { looksRight, MAX_ATTRIBUTES_OCTETS, readAttributes } from "./attributes.ts";
import { findItemType, ITEM_TYPES, POLICIES, REGULATIONS, regulationsOf, ruleBySid } from "./data/index.ts";
import type { Attributes, Item } from "./dossier.ts";
import { evaluate, type Evidence } from "./evaluate.ts";
import { magicWords } from "./magic-words.ts";
import { regulatoryMachine } from "./notice-machine.ts";
import type { ItemKind } from "./rule.ts";

let serial = 0;
function item(kind: ItemKind, type: string, attributes: Attributes): Item {
  serial += 1;
  return {
    sid: `${kind === "document" ? "RD" : "IT"}${String(serial).padStart(32, "0")}`,
    accountSid: `AC${"0".repeat(32)}`,
    kind,
    product: "numbers",
    type,
    friendlyName: "",
    attributes,
    status: "draft",
    failureReason: null,
    errors: [],
    createdMs: 0,
    updatedMs: 0,
  };
}

const HOME = `AD${"1".repeat(32)}`;
const evidence = (items: readonly Item[], isoCountry?: string): Evidence => ({
  items,
  profiles: [],
  addresses: new Map([[HOME, isoCountry === undefined ? {} : { isoCountry }]]),
});

const [GERMAN] = regulationsOf({ isoCountry: "DE", numberType: "local", endUserType: "individual" });

describe("an evaluation", () => {
  const person = item("end-user", "individual", { first_name: "Strix", last_name: "Aluco" });
  const passport = item("document", "passport", { first_name: " strix", last_name: "ALUCO" });
  const bill = item("document", "utility_bill", { address_sids: [HOME] });
  assert.ok(GERMAN !== undefined);
  const rule = GERMAN;
  const codes = (items: readonly Item[], country?: string) =>
    evaluate(rule, evidence(items, country)).results.map(({ error_code }) => error_code);

  it("passes where everything is there, however it is spelled", () => {
    const { isCompliant, results } = evaluate(rule, evidence([person, passport, bill], "DE"));
    assert.ok(isCompliant);
    assert.deepEqual(Object.keys(results[0] ?? {}).toSorted(), [
      "error_code",
      "failure_reason",
      "friendly_name",
      "invalid",
      "object_type",
      "passed",
      "requirement_friendly_name",
      "requirement_name",
      "valid",
    ]);
    assert.deepEqual(codes([person, passport, bill]), [null, null, null], "an address of a country nobody knows");
  });

  it("says of each requirement what is wrong, by Twilio's codes", () => {
    assert.deepEqual(codes([]), [22214, 22216, 22216]);
    assert.deepEqual(codes([item("end-user", "individual", { first_name: " " }), passport, bill], "DE"), [
      22215,
      null,
      null,
    ]);
    const other = item("document", "passport", { first_name: "Bubo", last_name: "Aluco" });
    const bare = item("document", "utility_bill", {});
    assert.deepEqual(codes([person, other, bare]), [null, 22218, 22219]);
    assert.deepEqual(codes([person, passport, bill], "FR"), [null, null, 22219]);
    assert.deepEqual(codes([person, item("document", "passport", {}), bill], "DE"), [null, 22217, null]);
  });

  it("takes the item that fits best of several", () => {
    const bad = item("document", "passport", {});
    assert.deepEqual(codes([person, bad, passport, bill], "DE"), [null, null, null]);
  });

  it("does not take what an object inherits for an attribute", () => {
    const type = findItemType("numbers", "end-user", "individual");
    assert.ok(type !== undefined);
    const attributes = readAttributes('{"__proto__":{"first_name":"x","last_name":"y"}}', type);
    assert.deepEqual(codes([item("end-user", "individual", attributes), passport, bill], "DE"), [22215, null, null]);
  });
});

describe("attributes", () => {
  const type = findItemType("trusthub", "end-user", "cnam_information");
  assert.ok(type !== undefined);
  const known = type;

  it("may have so many octets and not one more", () => {
    const sized = (octets: number) => `{"a":"${"x".repeat(octets - 8)}"}`;
    assert.equal(Object.keys(readAttributes(sized(MAX_ATTRIBUTES_OCTETS), known)).length, 1);
    assert.throws(() => readAttributes(sized(MAX_ATTRIBUTES_OCTETS + 1), known), AppError);
    assert.deepEqual(readAttributes("", known), {});
  });

  it("are looked at by kind, in bounded time", () => {
    assert.ok(looksRight("email", "a@b.example") && !looksRight("email", "a@b"));
    assert.ok(looksRight("phone", "+1 (212) 555-0100") && !looksRight("phone", "call me"));
    assert.ok(looksRight("url", "owl.example/x") && !looksRight("url", "owl"));
    assert.ok(looksRight(["private"], "Private") && !looksRight(["private"], "x"));
    assert.ok(looksRight("text", "anything") && looksRight("count", "12") && !looksRight("date", "today"));
    assert.ok(!looksRight("email", `${"a.".repeat(1_000)}@`));
  });
});

describe("the data", () => {
  it("has one SID for each rule and type, and finds rules by it", () => {
    const rules = [...POLICIES, ...REGULATIONS];
    const sids = [...rules, ...ITEM_TYPES].map(({ sid }) => sid);
    assert.equal(new Set(sids).size, sids.length);
    assert.ok(sids.every((sid) => isSid(sid)));
    for (const rule of rules) assert.equal(ruleBySid(rule.sid), rule);
    assert.equal(ruleBySid("RN"), undefined);
  });

  it("asks for profiles that a policy makes, and for at least one thing each", () => {
    const made = new Set(POLICIES.map(({ profileType }) => profileType));
    for (const rule of [...POLICIES, ...REGULATIONS]) {
      assert.ok(rule.endUsers.length + rule.documents.length + rule.profiles.length > 0, rule.friendlyName);
      for (const { type } of rule.profiles) assert.ok(made.has(type), type);
    }
    assert.ok(new Set(REGULATIONS.map(({ scope }) => scope?.isoCountry)).size >= 15);
  });
});

describe("words in brackets", () => {
  const named = (friendlyName: string, isTest = false) => magicWords({ friendlyName, isTest }, []);

  it("are read in names; in attributes only those that reject", () => {
    assert.deepEqual(
      named("Owl [18601] [22217] [30701]").errors.map(({ code }) => code),
      [18601, 22217],
    );
    assert.deepEqual(named("x", true).errors.length, 1);
    assert.deepEqual(
      [named("[In Review]").isStuck, named("[slow]").isSlow, named("[expires 60]").validSeconds],
      [true, true, 60],
    );
    const said = magicWords({ friendlyName: "", isTest: false }, [
      item("end-user", "individual", { first_name: "[in review] [slow] [expires 5] [reject]" }),
    ]);
    assert.deepEqual([said.isStuck, said.isSlow, said.validSeconds, said.errors.length], [false, false, undefined, 1]);
  });
});

describe("a change of status", () => {
  it("is a webhook with Twilio's fields, of an id of its own", () => {
    const facts: unknown[] = [];
    const emit = (fact: unknown): number => facts.push(fact);
    const context: ApplyContext = { offset: 0, atMs: 0, effect: () => undefined, emit };
    const notice = {
      id: "BU1:3",
      accountSid: "AC1",
      dossierSid: "BU1",
      status: "twilio-rejected",
      failureReason: "No.",
      validUntilMs: 0,
      url: "https://owl.example",
      atMs: 0,
    };
    regulatoryMachine().reducers["regulatory.told"]?.({ kind: "regulatory.told", notice }, context);
    assert.deepEqual(facts, [
      {
        kind: "webhook.requested",
        id: "regulatory:BU1:3",
        accountSid: "AC1",
        orderKey: "BU1",
        purpose: "regulatory-status",
        resourceSid: "BU1",
        url: "https://owl.example",
        method: "POST",
        params: [
          ["AccountSid", "AC1"],
          ["BundleSid", "BU1"],
          ["Status", "twilio-rejected"],
          ["FailureReason", "No."],
          ["ValidUntil", "1970-01-01T00:00:00Z"],
        ],
      },
    ]);
  });
});

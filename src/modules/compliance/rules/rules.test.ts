import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { COUNTRY_TABLE } from "../countries/index.ts";
import { RuleEngine } from "../rule-engine.ts";
import { rules } from "./index.ts";
import { ACCOUNT, draft, NOON_MS, world } from "./sample-world.test.ts";

/** The repository, wherever this was compiled to. */
function root(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "docs/rules"))) folder = dirname(folder);
  return folder;
}

const page = (name: string): string => readFileSync(join(root(), "docs/rules", `${name}.md`), "utf8");

describe("the rules", () => {
  it("have a page each that names its codes, its sources and when they were read", () => {
    for (const { name, errors } of rules) {
      const text = page(name);
      for (const { code } of errors) assert.ok(text.includes(String(code)), `${name} ${code}`);
      assert.match(text, /<https:\/\/[^>]+> \(.*read \d{4}-\d{2}-\d{2}\)/, name);
      assert.ok(page("README").includes(`(${name}.md)`), name);
    }
  });

  it("have a table of countries in the documentation that says what they say", () => {
    const text = page("countries");
    for (const { country, alphanumeric } of COUNTRY_TABLE.values()) {
      assert.match(text, new RegExp(`^\\| ${country} \\| ${alphanumeric} \\|`, "m"));
    }
  });

  it("refuse a text from an unregistered number to an opted-out phone at 3 a.m. for each reason in turn", () => {
    let gap: "unregistered" | undefined = "unregistered";
    const at = world({ registrations: { gap: () => gap, limits: () => [] } });
    const told: string[] = [];
    const engine = new RuleEngine(at, ({ rule, code }) => told.push(`${rule} ${code ?? ""}`));
    const night = draft({ trafficClass: "marketing", atMs: Date.UTC(2026, 10, 17, 8) });
    at.consents.pairs.add(ACCOUNT, night.from, night.to);
    const judge = (atMs = night.atMs): string => {
      const verdict = engine.judge({ ...night, atMs }, "accept");
      return verdict.kind === "refuse" ? `${verdict.rule} ${verdict.error.code}` : verdict.kind;
    };
    assert.equal(judge(), "opt-out 21610");
    at.consents.pairs.delete(ACCOUNT, night.from, night.to);
    assert.equal(judge(), "registration 30034");
    gap = undefined;
    assert.equal(judge(), "quiet-hours 30610");
    assert.equal(judge(NOON_MS), "accept");
    assert.deepEqual(told, ["opt-out 21610", "registration 30034", "quiet-hours 30610"]);
    assert.equal(engine.counts.get("quiet-hours")?.refused, 1);
  });

  it("are asked again at submit where their answer may have changed", () => {
    const at = world();
    const engine = new RuleEngine(at, () => undefined);
    assert.equal(engine.judge(draft(), "submit").kind, "accept");
    at.consents.pairs.add(ACCOUNT, "+12125550100", "+12125550199");
    assert.equal(engine.judge(draft(), "submit").kind, "refuse");
    const again = rules.filter(({ asked }) => asked === "both").map(({ name }) => name);
    assert.deepEqual(again, ["opt-out", "registration", "quiet-hours"]);
  });

  it("have nothing against a message to a country that nobody knows", () => {
    const engine = new RuleEngine(world(), () => undefined);
    const { country: _country, ...unknown } = draft({ to: "+80012345678" });
    assert.equal(engine.judge({ ...unknown, country: undefined }, "accept").kind, "accept");
  });
});

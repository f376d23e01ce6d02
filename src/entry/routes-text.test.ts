import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { comparisonText, explanationText, publicationText, tableListText } from "./routes-text.ts";

const side = (messages: number, costMicros: number) => ({ messages, cost_micros: costMicros, delivery_ratio: 0.95 });

describe("the texts of routes", () => {
  it("line up versions and publications", () => {
    assert.equal(tableListText([], []), "The table that follows from the settings decides.\n");
    const size = { parts: 1, carriers: 2, networks: 0, prefixes: 1_000, routes: 30, inputs: 0, octets: 9 };
    const made = {
      status: "complete",
      active: false,
      hash: "x",
      created_by: "AC",
      date_created: "2025-01-31T12:00:00Z",
    };
    const tables = [2, 10].map((version) => ({ version, note: "first\u0007", ...made, ...size }));
    const audit = { kind: "publish", actor: "AC", reason: "cheaper", date_published: "2025-01-31T12:00:00Z" };
    const text = tableListText(tables, [{ version: 2, previous_version: 0, ...audit }]);
    assert.match(text, /^Version 2 decides\.\n/);
    assert.match(text, /\n {6}2 {2}active {4}2025-01-31T12:00:00Z {9}2 {6}1000 {6}30 {2}first/);
    assert.ok(!text.includes("\u0007"));
    assert.match(text, /\n2025-01-31T12:00:00Z {2}publish {8}2 {7}0 {2}AC {2}cheaper\n$/);
  });

  it("say what was published", () => {
    const audit = { kind: "rollback", actor: "AC", reason: "", date_published: "" };
    const text = publicationText({ version: 0, previous_version: 3, ...audit });
    assert.equal(text, "From now on the table of the settings decides; before, version 3 did.\n");
  });

  it("show candidates with the inputs that weigh, and what was left out", () => {
    const candidate = {
      carrier: "north",
      place: 1,
      destination: "network",
      usable: false,
      reason: "breaker",
      excluded: false,
      priority: 2,
      price_micros: 4_200,
      currency: "USD",
      quantised_score: 33,
      terms: [
        { input: "price", points: -4.2 },
        { input: "priority", points: 0 },
      ],
    };
    const text = explanationText({
      table_version: 3,
      health_version: 7,
      network: "310260",
      country: "US",
      ported: true,
      order: ["priority"],
      candidates: [candidate],
      more_candidates: 0,
      left_out: [{ carrier: "south", why: "the carrier takes no UCS-2" }],
      more_left_out: 2,
    });
    assert.match(text, /^table 3, health 7; US, network 310260, ported; priority, before the score\n/);
    assert.match(text, /1 {2}north {4}breaker {2}network {10}2 {2}0\.0042 USD {5}33 {3}-4\.2\n/);
    assert.ok(!/price.*priority.*priority/.test(text), "an input that weighs nothing is no column");
    assert.match(text, /south {5}the carrier takes no UCS-2\n/);
    assert.match(text, /and 2 more/);
  });

  it("show what a table would change", () => {
    const text = comparisonText({
      from: { version: 1, currency: "USD" },
      to: { version: 2, currency: "EUR" },
      messages: 200,
      cut: true,
      moved: 50,
      unroutable_before: 0,
      unroutable_after: 1,
      before: side(200, 1_000_000),
      after: { ...side(0, 0), delivery_ratio: null },
      rows: [{ carrier: "a", country: "US", before: side(9, 1), after: side(8, 1), moved_away: 1, moved_here: 0 }],
    });
    assert.match(text, /^200 messages, of more, by version 2 in place of 1\n/);
    assert.match(text, /other carrier {3}50 \(25\.0 %\)/);
    assert.match(text, /cost {12}1\.00 USD → 0\.00 EUR/);
    assert.match(text, /delivery {8}95\.0 % → – expected/);
    assert.match(text, /without route {3}0 → 1\n/);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Candidate, differencesOf, type Explanation, joinParts, whyOf } from "./explanation.ts";

function candidate(carrier: string, place: number, change: Partial<Candidate> = {}): Candidate {
  return {
    carrier,
    place,
    destination: "country",
    usable: true,
    reason: null,
    excluded: false,
    priority: 100,
    weight: 1,
    price_micros: 0,
    currency: "USD",
    score: 0,
    quantised_score: 0,
    terms: [],
    ...change,
  };
}

function explained(...candidates: readonly Candidate[]): Explanation {
  return {
    table_version: 1,
    table_hash: "",
    health_version: 1,
    ranking: candidates.map(({ carrier }) => carrier),
    usable: candidates.length,
    network: null,
    country: null,
    ported: false,
    order: ["specificity", "priority"],
    quantum: 1,
    candidates,
    more_candidates: 0,
    left_out: [],
    more_left_out: 0,
  };
}

describe("why a carrier has its place", () => {
  it("is told by the first thing that differs", () => {
    const byRoute = explained(candidate("a", 1, { destination: "prefix of 4 digits" }), candidate("b", 2));
    assert.match(whyOf(byRoute, 0), /^Chosen: its route is more specific \(prefix of 4 digits/);
    const byPriority = explained(candidate("a", 1, { priority: 10 }), candidate("b", 2));
    assert.match(whyOf(byPriority, 1), /^a goes first: its priority is 10, against 100/);
    const price = { input: "price", value: 1, points: 5 };
    const byScore = explained(candidate("a", 1, { score: 5, quantised_score: 5, terms: [price] }), candidate("b", 2));
    assert.match(whyOf(byScore, 1), /it scores 5, against 0, most of it by price \(\+5\)/);
  });

  it("is told for those that are equal, unusable, excluded or alone", () => {
    const equal = explained(candidate("a", 1), candidate("b", 2));
    assert.match(whyOf(equal, 0), /^Chosen: it is equal to b/);
    assert.match(whyOf(equal, 1), /equal to a/);
    const down = explained(candidate("a", 1), candidate("b", 2, { usable: false, reason: "down" }));
    assert.match(whyOf(down, 0), /b, the next, cannot take it/);
    assert.match(whyOf(down, 1), /not connected/);
    assert.match(whyOf(explained(candidate("a", 1, { excluded: true })), 0), /refused/);
    assert.match(whyOf(explained(candidate("a", 1)), 0), /the only one/);
  });
});

describe("two tables", () => {
  it("differ by entries, whatever their order and that of their members", () => {
    const before = joinParts([{ format: 1, routes: [{ carrier: "a", priority: 1 }] }, { routes: [{ carrier: "b" }] }]);
    const after = { format: 1, routes: [{ carrier: "b" }, { priority: 2, carrier: "a" }] };
    assert.deepEqual(differencesOf(before, after), [
      { kind: "removed", section: "routes", text: '{"carrier":"a","priority":1}' },
      { kind: "added", section: "routes", text: '{"carrier":"a","priority":2}' },
    ]);
    assert.deepEqual(differencesOf(before, joinParts([before])), []);
  });
});

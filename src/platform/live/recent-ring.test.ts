import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RecentRing } from "./recent-ring.ts";
import { ringSource } from "./ring-source.ts";

const ONE = "AC1";
const TWO = "AC2";

function filled(count: number, capacity = 100): RecentRing<number> {
  const ring = new RecentRing<number>({ capacity, life: "a" });
  for (let i = 1; i <= count; i += 1) ring.add(i % 2 === 0 ? TWO : ONE, i);
  return ring;
}

describe("a ring of recent things", () => {
  it("recalls the newest to a first question, and then gives only what is new", () => {
    const ring = filled(10);
    const first = ring.ask({ cursor: undefined, accountSid: undefined, limit: 100, recall: 3 });
    assert.deepEqual(first, { cursor: "a-10", items: [8, 9, 10], skipped: 0 });
    ring.add(ONE, 11);
    const second = ring.ask({ cursor: first.cursor, accountSid: undefined, limit: 100, recall: 3 });
    assert.deepEqual(second, { cursor: "a-11", items: [11], skipped: 0 });
    const third = ring.ask({ cursor: second.cursor, accountSid: undefined, limit: 100, recall: 3 });
    assert.deepEqual(third, { cursor: "a-11", items: [], skipped: 0 });
  });

  it("shows an account only what is its own", () => {
    const ring = filled(10);
    const { items } = ring.ask({ cursor: undefined, accountSid: TWO, limit: 100, recall: 100 });
    assert.deepEqual(items, [2, 4, 6, 8, 10]);
    ring.add(undefined, 11);
    assert.deepEqual(ring.ask({ cursor: "a-8", accountSid: TWO, limit: 100 }).items, [10]);
    assert.deepEqual(ring.ask({ cursor: "a-8", accountSid: undefined, limit: 100 }).items, [9, 10, 11]);
  });

  it("picks the newest where there are more than the limit, and counts the others", () => {
    const ring = filled(100, 1_000);
    const answer = ring.ask({ cursor: "a-0", accountSid: TWO, limit: 3, matches: (item) => item > 20 });
    assert.deepEqual(answer, { cursor: "a-100", items: [96, 98, 100], skipped: 37 });
    assert.deepEqual(ring.ask({ cursor: "a-0", accountSid: TWO, limit: 0 }).skipped, 50);
  });

  it("counts exactly what was overwritten where all is asked for, and its likely share for an account", () => {
    const ring = filled(250, 100);
    assert.equal(ring.size, 100);
    assert.equal(ring.total, 250);
    const all = ring.ask({ cursor: "a-50", accountSid: undefined, limit: 10 });
    assert.deepEqual(all.items, [241, 242, 243, 244, 245, 246, 247, 248, 249, 250]);
    assert.equal(all.skipped, 190);
    assert.equal(ring.ask({ cursor: "a-50", accountSid: ONE, limit: 10 }).skipped, 90);
    assert.equal(ring.ask({ cursor: "a-50", accountSid: "AC3", limit: 10 }).skipped, 0);
  });

  it("takes a cursor of another life, of the future, or of nowhere as none", () => {
    const ring = filled(10);
    for (const cursor of ["b-5", "a-11", "a--1", "", "a-1e3", "a-5 ", "x".repeat(512)]) {
      const answer = ring.ask({ cursor, accountSid: undefined, limit: 100, recall: 2 });
      assert.deepEqual(answer, { cursor: "a-10", items: [9, 10], skipped: 0 }, cursor);
    }
  });

  it("finds the newest thing of a kind", () => {
    const ring = filled(250, 100);
    assert.equal(
      ring.findNewest((item) => item % 7 === 0),
      245,
    );
    assert.equal(
      ring.findNewest((item) => item === 150),
      undefined,
    );
    assert.equal(
      ring.findNewest((item) => item === 151),
      151,
    );
  });

  it("as a source shows views within the scope, through the filter that the query makes", () => {
    const ring = filled(10);
    const source = ringSource("numbers", ring, {
      recall: 2,
      view: (item) => ({ item }),
      filter: (query) => (query === "odd" ? (item) => item % 2 === 1 : undefined),
    });
    const question = { query: {}, cursor: undefined, limit: 200, scope: { accountSid: ONE, everything: false } };
    assert.deepEqual(source.ask(question).items, [{ item: 7 }, { item: 9 }]);
    const all = { accountSid: ONE, everything: true };
    assert.deepEqual(source.ask({ ...question, scope: all, cursor: "a-5" }).items.length, 5);
    assert.deepEqual(source.ask({ ...question, scope: all, query: "odd", cursor: "a-5" }).items, [
      { item: 7 },
      { item: 9 },
    ]);
  });
});

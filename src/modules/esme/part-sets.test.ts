import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PartSets } from "./part-sets.ts";
import type { PartSetHead } from "./records.ts";

const ADDRESS = { ton: 1, npi: 1, address: "1" };

function head(key: string, total = 2, systemId = "one"): PartSetHead {
  const shared = { accountSid: "AC", total, from: "+1", to: "+2", source: ADDRESS, destination: ADDRESS };
  return { key, sid: `SM${key}`, systemId, ...shared };
}

function add(sets: PartSets, key: string, sequence: number, more: { text?: string; total?: number } = {}) {
  const { text = `part ${sequence}`, total = 2 } = more;
  return sets.add({ head: head(key, total), sequence, part: { text, receipt: "all" }, nowMs: 1_000 });
}

describe("PartSets", () => {
  it("joins parts in whatever order they come", () => {
    const sets = new PartSets();
    assert.equal(add(sets, "a", 3, { text: "3", total: 3 }).kind, "waiting");
    assert.equal(add(sets, "a", 1, { text: "1", total: 3 }).kind, "waiting");
    const whole = add(sets, "a", 2, { text: "2", total: 3 });
    assert.ok(whole.kind === "complete");
    assert.equal(whole.set.parts.size, 3);
    assert.equal(sets.size, 0);
  });

  it("takes the same part again, and another text in its place as a new message", () => {
    const sets = new PartSets();
    const first = add(sets, "a", 1);
    const again = add(sets, "a", 1);
    assert.ok(first.kind === "waiting" && again.kind === "waiting" && again.set === first.set);
    const anew = add(sets, "a", 1, { text: "different" });
    assert.ok(anew.kind === "waiting" && anew.set !== first.set);
    assert.equal(sets.size, 1);
  });

  it("forgets a part that did not become durable, and the set with its only one", () => {
    const sets = new PartSets();
    const first = add(sets, "a", 1);
    assert.ok("set" in first);
    sets.takeBack(first.set, 1);
    assert.equal(sets.size, 0);
    add(sets, "a", 1);
    const whole = add(sets, "a", 2);
    assert.ok(whole.kind === "complete");
    sets.takeBack(whole.set, 2);
    assert.equal(sets.size, 1);
    assert.equal(add(sets, "a", 2).kind, "complete");
  });

  it("holds a bounded number for each system id, and of characters for each message", () => {
    const sets = new PartSets();
    for (let n = 0; n < 1_000; n += 1) assert.equal(add(sets, String(n), 1).kind, "waiting");
    assert.equal(add(sets, "more", 1).kind, "full");
    assert.equal(
      sets.add({ head: head("other", 2, "two"), sequence: 1, part: { text: "", receipt: "none" }, nowMs: 0 }).kind,
      "waiting",
    );
    add(sets, "0", 1, { text: "x".repeat(1_000), total: 3 });
    const fresh = new PartSets();
    add(fresh, "a", 1, { text: "x".repeat(1_000), total: 3 });
    assert.equal(add(fresh, "a", 2, { text: "x".repeat(601), total: 3 }).kind, "too-long");
    assert.equal(add(fresh, "a", 2, { text: "x".repeat(600), total: 3 }).kind, "waiting");
  });

  it("gives out what is old, oldest first", () => {
    const sets = new PartSets();
    for (const [key, nowMs] of [
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ] as const) {
      sets.add({ head: head(key), sequence: 1, part: { text: key, receipt: "none" }, nowMs });
    }
    assert.deepEqual(
      sets.takeOlder(20, 10).map((set) => set.head.key),
      ["a", "b"],
    );
    assert.equal(sets.size, 1);
  });
});

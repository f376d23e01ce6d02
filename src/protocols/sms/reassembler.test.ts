import assert from "node:assert/strict";
import { test } from "node:test";
import { Reassembler } from "./index.ts";
import type { ArrivedPart } from "./index.ts";

const SEED = Number(process.env["SEED"] ?? 4711);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function part(overrides: Partial<ArrivedPart<string>>): ArrivedPart<string> {
  return { from: "+1", to: "+2", reference: 9, total: 3, sequence: 1, value: "a", nowMs: 0, ...overrides };
}

const options = { limitMs: 1000, maxSets: 3 };

test("parts come out in order in whatever order they arrive", () => {
  const reassembler = new Reassembler<string>(options);
  assert.equal(reassembler.add(part({ sequence: 3, value: "c" })).outcome, "waiting");
  assert.equal(reassembler.add(part({ sequence: 1, value: "a" })).outcome, "waiting");
  assert.equal(reassembler.add(part({ sequence: 3, value: "c" })).outcome, "duplicate");
  const last = reassembler.add(part({ sequence: 2, value: "b" }));
  assert.deepEqual(last, { outcome: "complete", parts: ["a", "b", "c"], abandoned: [] });
  assert.equal(reassembler.openSets, 0);
});

test("a message of one part, or a place that makes no sense, is complete at once", () => {
  const reassembler = new Reassembler<string>(options);
  for (const place of [
    { total: 1, sequence: 1 },
    { total: 3, sequence: 0 },
    { total: 3, sequence: 4 },
    { total: 300, sequence: 2 },
  ]) {
    assert.deepEqual(reassembler.add(part(place)).parts, ["a"]);
  }
  assert.equal(reassembler.openSets, 0);
});

test("a reference that is used anew gives the old set up and starts again", () => {
  const reassembler = new Reassembler<string>(options);
  reassembler.add(part({ sequence: 1, value: "old" }));
  const other = reassembler.add(part({ sequence: 1, value: "new", total: 2 }));
  assert.equal(other.abandoned[0]?.reason, "restarted");
  assert.deepEqual(other.abandoned[0]?.parts, [{ sequence: 1, value: "old" }]);
  const again = reassembler.add(part({ sequence: 1, value: "newer", total: 2 }));
  assert.equal(again.abandoned.length, 1, "the same place with another value");
  assert.deepEqual(reassembler.add(part({ sequence: 2, value: "end", total: 2 })).parts, ["newer", "end"]);
});

test("sets expire with what had arrived, oldest first", () => {
  const reassembler = new Reassembler<string>(options);
  reassembler.add(part({ reference: 1, sequence: 2, nowMs: 0 }));
  reassembler.add(part({ reference: 2, sequence: 3, nowMs: 500 }));
  assert.equal(reassembler.nextExpiryMs, 1000);
  assert.deepEqual(reassembler.expire(999), []);
  const [gone, ...rest] = reassembler.expire(1000);
  assert.equal(rest.length, 0);
  assert.deepEqual(gone, {
    from: "+1",
    to: "+2",
    reference: 1,
    total: 3,
    firstArrivalMs: 0,
    parts: [{ sequence: 2, value: "a" }],
    reason: "expired",
  });
  assert.equal(reassembler.nextExpiryMs, 1500);
});

test("a part that arrives after its set's time is over begins a new one", () => {
  const reassembler = new Reassembler<string>(options);
  reassembler.add(part({ sequence: 1, nowMs: 0 }));
  const late = reassembler.add(part({ sequence: 2, nowMs: 1000 }));
  assert.equal(late.outcome, "waiting");
  assert.equal(late.abandoned[0]?.reason, "expired");
});

test("at most so many sets are open, and the oldest makes room", () => {
  const reassembler = new Reassembler<string>(options);
  for (const reference of [1, 2, 3]) assert.equal(reassembler.add(part({ reference })).abandoned.length, 0);
  const crowded = reassembler.add(part({ reference: 4 }));
  assert.deepEqual([crowded.abandoned[0]?.reference, crowded.abandoned[0]?.reason], [1, "crowded-out"]);
  assert.equal(reassembler.openSets, 3);
});

test("numbers and references keep messages apart", () => {
  const reassembler = new Reassembler<string>({ limitMs: 1000, maxSets: 10 });
  for (const key of [{ from: "+3" }, { to: "+3" }, { reference: 8 }, {}]) reassembler.add(part(key));
  assert.equal(reassembler.openSets, 4);
});

test("the state survives JSON and goes on where it was", () => {
  const before = new Reassembler<string>(options);
  before.add(part({ sequence: 2, value: "b" }));
  before.add(part({ reference: 5, sequence: 1, nowMs: 3 }));
  const after = new Reassembler<string>(options);
  after.importState(JSON.parse(JSON.stringify(before.exportState())));
  assert.deepEqual(after.exportState(), before.exportState());
  after.add(part({ sequence: 1, value: "a" }));
  assert.deepEqual(after.add(part({ sequence: 3, value: "c" })).parts, ["a", "b", "c"]);
});

test(`shuffled and repeated parts give every message once, across checkpoints (seed ${SEED})`, () => {
  const next = random(SEED);
  for (let round = 0; round < 50; round++) {
    const messages = Array.from({ length: 1 + next(10) }, (_, reference) => {
      const total = 2 + next(6);
      return Array.from({ length: total }, (_, index) =>
        part({ reference, total, sequence: index + 1, value: `${reference}.${index + 1}` }),
      );
    });
    // Repeats of a part stand before the last part of its message, so that the set is still open.
    const arrivals = messages.flatMap((parts) => parts.map((arrived) => ({ arrived, order: next(1000) })));
    arrivals.sort((left, right) => left.order - right.order);
    let reassembler = new Reassembler<string>({ limitMs: 1000, maxSets: 100 });
    const finished: string[] = [];
    for (const { arrived } of arrivals) {
      const { parts } = reassembler.add(arrived);
      if (parts !== undefined) finished.push(parts.join(" "));
      else assert.equal(reassembler.add(arrived).outcome, "duplicate");
      if (next(4) === 0) {
        const restored = new Reassembler<string>({ limitMs: 1000, maxSets: 100 });
        restored.importState(JSON.parse(JSON.stringify(reassembler.exportState())));
        reassembler = restored;
      }
    }
    const expected = messages.map((parts) => parts.map(({ value }) => value).join(" "));
    assert.deepEqual(finished.toSorted(), expected.toSorted());
    assert.equal(reassembler.openSets, 0);
  }
});

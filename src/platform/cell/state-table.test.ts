import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { StateTable, type SnapshotEntry } from "./index.ts";

interface Value {
  count: number;
}

const makeTable = (): StateTable<Value> => new StateTable<Value>("things", { projected: true });

function entriesOf(lines: readonly string[]): SnapshotEntry<Value>[] {
  return lines.map((line) => {
    const [, ...entry] = JSON.parse(line) as [string, ...SnapshotEntry<Value>];
    return entry;
  });
}

function contentOf(table: StateTable<Value>): Record<string, Value> {
  const sorted = [...table.keys()].toSorted();
  return structuredClone(Object.fromEntries(sorted.map((key) => [key, table.get(key) as Value])));
}

/** Writes a batch into what stands for the database. */
function write(rows: Map<string, Value>, batch: ReadonlyMap<string, Readonly<Value> | undefined>): void {
  for (const [key, value] of batch) {
    if (value === undefined) rows.delete(key);
    else rows.set(key, structuredClone(value));
  }
}

/** A table that is changed at random, one offset a change. */
class Changes {
  readonly table = makeTable();
  readonly random: () => number;
  offset = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  step(keys = 60): void {
    this.offset += 1;
    this.table.setOffset(this.offset);
    const key = `k${this.below(keys)}`;
    const choice = this.random();
    if (choice < 0.2) this.table.delete(key);
    else if (choice < 0.6) this.table.put(key, { count: this.offset });
    else {
      const value = this.table.edit(key);
      if (value !== undefined) value.count = this.offset;
    }
  }
}

describe("a snapshot of a state table", () => {
  it("holds exactly what the table held when it was begun, whatever changes while it is read, seeds 1 to 60", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const changes = new Changes(seed);
      const { table } = changes;
      for (let n = 0; n < 150; n += 1) changes.step();
      for (let round = 0; round < 3; round += 1) {
        if (changes.random() < 0.5) {
          table.takeDirty(changes.below(40));
          table.settleDirty();
        }
        const expected = contentOf(table);
        const dirty = [...table.unprojectedKeys()];
        table.beginSnapshot();
        for (let n = changes.below(30); n > 0; n -= 1) changes.step();
        const lines: string[] = [];
        for (const batch of table.readSnapshot(7)) {
          lines.push(...batch);
          for (let n = changes.below(12); n > 0; n -= 1) changes.step();
          const evicted = `k${changes.below(60)}`;
          if (changes.random() < 0.2) table.evict(evicted);
        }
        const entries = entriesOf(lines);
        const restored = makeTable();
        for (const entry of entries) restored.restore(entry);
        restored.finishRestore(0);
        assert.deepEqual(contentOf(restored), expected, `seed ${seed}`);
        assert.equal(entries.filter(([, , value]) => value !== null).length, Object.keys(expected).length);
        for (const key of dirty) assert.ok(restored.isDirty(key), `${key} is still to be projected, seed ${seed}`);
      }
    }
  });

  it("can be given up, and the next one is whole", () => {
    const table = makeTable();
    for (let n = 0; n < 10; n += 1) table.put(`k${n}`, { count: n });
    table.beginSnapshot();
    for (const batch of table.readSnapshot(2)) if (batch.length > 0) break;
    table.beginSnapshot();
    table.endSnapshot();
    table.put("k3", { count: 33 });
    table.beginSnapshot();
    const entries = entriesOf([...table.readSnapshot(3)].flat());
    assert.equal(entries.length, 10);
    assert.deepEqual(entries.find(([key]) => key === "k3")?.[2], { count: 33 });
  });
});

describe("what a state table has to project", () => {
  it("comes in the order of the first change, with present values and deletions", () => {
    const table = makeTable();
    for (const [offset, key] of ["a", "b", "c", "a"].entries()) {
      table.setOffset(offset);
      table.put(key, { count: offset });
    }
    table.setOffset(9);
    table.delete("b");
    assert.equal(table.dirtyCount, 3);
    assert.deepEqual(
      [...table.takeDirty(2)],
      [
        ["a", { count: 3 }],
        ["b", undefined],
      ],
    );
    assert.equal(table.firstDirtyOffset(), 2);
    assert.deepEqual([...table.unprojectedKeys()], ["a", "b", "c"]);
    table.settleDirty();
    assert.deepEqual([...table.unprojectedKeys()], ["c"]);
  });

  it("goes back before later changes when it could not be projected", () => {
    const table = makeTable();
    for (const [offset, key] of ["a", "b", "c"].entries()) {
      table.setOffset(offset);
      table.put(key, { count: offset });
    }
    table.takeDirty(2);
    table.setOffset(7);
    table.put("d", { count: 7 });
    table.put("a", { count: 7 });
    assert.deepEqual([...table.unprojectedKeys()], ["a", "b", "c", "d"]);
    table.returnDirty();
    assert.equal(table.firstDirtyOffset(), 0);
    assert.deepEqual([...table.takeDirty(10).keys()], ["a", "b", "c", "d"]);
  });

  it("is never evicted, nor what changed while it was under way", () => {
    const table = makeTable();
    table.put("a", { count: 1 });
    assert.equal(table.evict("a"), false);
    table.takeDirty(1);
    assert.equal(table.evict("a"), false);
    table.put("a", { count: 2 });
    table.settleDirty();
    assert.equal(table.evict("a"), false);
    table.takeDirty(1);
    table.settleDirty();
    assert.equal(table.evict("a"), true);
    assert.equal(table.get("a"), undefined);
    assert.equal(table.dirtyCount, 0);
  });

  it("is, after any history and restart, all that changed since the offset that was stored, seeds 1 to 80", () => {
    for (let seed = 1; seed <= 80; seed += 1) {
      const changes = new Changes(seed);
      const { table } = changes;
      const rows = new Map<string, Value>();
      let stored = 0;
      let snapshot: SnapshotEntry<Value>[] = [];
      for (let round = 0; round < 12; round += 1) {
        for (let n = changes.below(30); n > 0; n -= 1) changes.step(20);
        const batch = structuredClone(table.takeDirty(changes.below(15) + 1));
        const next = table.firstDirtyOffset() ?? changes.offset + 1;
        for (let n = changes.below(5); n > 0; n -= 1) changes.step(20);
        if (changes.random() < 0.3) table.returnDirty();
        else {
          write(rows, batch);
          stored = next;
          table.settleDirty();
        }
        if (round === 9) {
          table.beginSnapshot();
          snapshot = entriesOf([...table.readSnapshot(5)].flat());
          const restored = makeTable();
          for (const entry of snapshot) restored.restore(entry);
          restored.finishRestore(stored);
          write(rows, restored.takeDirty(1_000));
          assert.deepEqual(Object.fromEntries(rows), contentOf(table), `seed ${seed}`);
          break;
        }
      }
    }
  });

  it("is what was dirty in a snapshot, even if its change lies before the offset that was stored", () => {
    const table = makeTable();
    table.setOffset(5);
    for (const key of ["deleted", "changed", "clean"]) table.put(key, { count: 1 });
    table.takeDirty(3);
    table.settleDirty();
    // As a replay does, whose changes an earlier life projected in another way.
    table.delete("deleted");
    table.put("changed", { count: 2 });
    table.beginSnapshot();
    const restored = makeTable();
    for (const entry of entriesOf([...table.readSnapshot(10)].flat())) restored.restore(entry);
    restored.finishRestore(100);
    assert.deepEqual([...restored.unprojectedKeys()].toSorted(), ["changed", "deleted"]);
  });

  it("is nothing where the table is not projected", () => {
    const table = new StateTable<Value>("plain", { projected: false });
    table.put("a", { count: 1 });
    table.restore(["b", 5, { count: 2 }]);
    table.finishRestore(0);
    assert.equal(table.dirtyCount, 0);
    assert.equal(table.evict("a"), true);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SnapshotEntry } from "../../../platform/cell/index.ts";
import { messageFacts, type TimedFact } from "../../../../test/kit/message-facts.ts";
import { seedOf } from "../../../../test/kit/memory-log.ts";
import { ApiCounts } from "./api-counts.ts";
import { Rollups } from "./rollups.ts";
import { RollupTable } from "./snapshot.ts";

const START = Date.UTC(2026, 5, 1, 9, 58);
const OPTIONS = { maxRows: 60, hashKey: { low: 1, high: 2 } };
const seed = seedOf(9);

function restored(lines: readonly string[]): Rollups {
  const rollups = new Rollups(OPTIONS);
  const table = new RollupTable(rollups);
  for (const line of lines) {
    const [name, ...entry] = JSON.parse(line) as [string, ...SnapshotEntry<never>];
    assert.equal(name, table.name);
    table.restore(entry);
  }
  table.finishRestore();
  return rollups;
}

function linesOf(rollups: Rollups, meanwhile: () => void = () => undefined): string[] {
  const table = new RollupTable(rollups);
  table.beginSnapshot();
  const lines: string[] = [];
  for (const batch of table.readSnapshot()) {
    lines.push(...batch);
    meanwhile();
  }
  table.endSnapshot();
  return lines;
}

const foldAll = (rollups: Rollups, facts: readonly TimedFact[]): void => {
  for (const { fact, atMs } of facts) rollups.fold(fact, atMs);
};

describe("a snapshot of rollups", () => {
  const facts = messageFacts(3_000, {
    seed,
    accounts: 300,
    startMs: START,
    spanMs: 5 * 3_600_000,
    sendersAnAccount: 9,
  });

  it(`makes rollups that go on as those that it is of (seed ${seed})`, () => {
    const rollups = new Rollups(OPTIONS);
    const half = Math.floor(facts.length / 2);
    foldAll(rollups, facts.slice(0, half));
    const copy = restored(linesOf(rollups));
    assert.deepEqual(linesOf(copy), linesOf(rollups));
    foldAll(rollups, facts.slice(half));
    foldAll(copy, facts.slice(half));
    assert.deepEqual(linesOf(copy), linesOf(rollups));
    assert.ok(rollups.overflow > 0 && rollups.levels.some(({ bins }) => bins.some(({ coarseness }) => coarseness > 0)));
  });

  it("is of the moment when it was begun, whatever is counted while it is read", () => {
    const rollups = new Rollups(OPTIONS);
    foldAll(rollups, facts.slice(0, 1_500));
    const before = linesOf(rollups);
    let at = 1_500;
    const during = linesOf(rollups, () => foldAll(rollups, facts.slice(at, (at += 200))));
    assert.deepEqual(during, before);
    assert.notDeepEqual(linesOf(rollups), before);
  });

  it("of nothing is nothing", () => {
    assert.equal(restored(linesOf(new Rollups(OPTIONS))).folds, 0);
  });
});

describe("accounts and senders that nobody names any more", () => {
  it("give their numbers back", () => {
    const rollups = new Rollups({ ...OPTIONS, maxRows: 20_000 });
    const [first] = messageFacts(1, { seed: 3, accounts: 1, startMs: START, spanMs: 1_000 });
    assert.ok(first);
    const { fact } = first;
    for (let number = 0; number < 66_000; number += 1) rollups.fold({ ...fact, from: `+1555${number}` }, START);
    assert.ok(rollups.senders.size > 66_000);
    rollups.fold(fact, START + 500 * 86_400_000);
    assert.equal(rollups.senders.size, 2, "one and none");
    assert.equal(rollups.overflow, 66_000 - 16_000);
  });
});

describe("the answers of edges", () => {
  const BIN = START - (START % 10_000);
  const bins = (startMs: number, count: number) => [{ startMs, counts: [["smb", "create", "2xx", count] as const] }];
  const total = (api: ApiCounts): number => {
    let sum = 0;
    for (const { counts } of api.read(2, 0, START * 2)) for (const count of counts) sum += count;
    return sum;
  };

  it("count once, however often they are handed over, and again after the edge began anew", () => {
    const api = new ApiCounts();
    const record = { kind: "insights.edge-bins", edge: "edge-1", life: "a" } as const;
    api.take({ ...record, bins: bins(BIN, 5) }, START + 10_000);
    api.take({ ...record, bins: [...bins(BIN, 5), ...bins(BIN + 10_000, 2)] }, START + 20_000);
    api.take({ ...record, life: "b", bins: bins(BIN + 10_000, 3) }, START + 20_000);
    api.take({ ...record, edge: "edge-2", bins: bins(BIN, 7) }, START + 20_000);
    assert.deepEqual([total(api), api.taken, api.refused], [17, 4, 1]);
    api.take({ ...record, edge: "edge-3", bins: bins(BIN - 3 * 3_600_000, 1) }, START);
    api.take({ ...record, edge: "edge-3", bins: bins(BIN + 3 * 3_600_000, 1) }, START);
    assert.deepEqual([total(api), api.refused], [17, 3]);
    assert.equal(api.changedSince(api.taken), undefined);
    assert.equal(api.changedSince(api.taken - 1), BIN);
  });

  it("stand in the snapshot", () => {
    const api = new ApiCounts();
    for (let number = 0; number < 500; number += 1) {
      const startMs = BIN + number * 10_000;
      api.take({ kind: "insights.edge-bins", edge: "edge-1", life: "a", bins: bins(startMs, 1) }, startMs + 10_000);
    }
    const copy = new ApiCounts();
    api.beginSnapshot();
    for (const line of [...api.readSnapshot()].flat()) {
      copy.restore((JSON.parse(line) as [string, ...SnapshotEntry<never>]).slice(1) as unknown as SnapshotEntry<never>);
    }
    assert.deepEqual([total(copy), copy.taken], [500, 500]);
    copy.take({ kind: "insights.edge-bins", edge: "edge-1", life: "a", bins: bins(BIN, 1) }, START);
    assert.equal(copy.refused, 1);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { settle } from "../../../test/kit/memory-log.ts";
import { Reports } from "./index.ts";

interface Commit {
  readonly group: string;
  readonly batch: readonly number[];
  readonly done: (durable: boolean) => void;
}

function makeReports(maxBatch?: number): { clock: ManualClock; commits: Commit[]; reports: Reports<number> } {
  const clock = new ManualClock();
  const commits: Commit[] = [];
  const reports = new Reports<number>({
    clock,
    retryMs: 500,
    ...(maxBatch === undefined ? {} : { maxBatch }),
    commit: (group, batch, done) => commits.push({ group, batch, done }),
  });
  return { clock, commits, reports };
}

describe("reports", () => {
  it("of one turn and group share a record, in their order and no longer than a batch", async () => {
    const { commits, reports } = makeReports(2);
    for (const report of [1, 2, 3]) reports.add("a", report);
    reports.add("b", 4);
    assert.equal(commits.length, 0);
    await settle(1);
    assert.deepEqual(
      commits.map(({ group, batch }) => [group, batch]),
      [
        ["a", [1, 2]],
        ["a", [3]],
        ["b", [4]],
      ],
    );
  });

  it("are tried again until they are durable", async () => {
    const { clock, commits, reports } = makeReports();
    reports.add("a", 1);
    await settle(1);
    for (let n = 0; n < 3; n += 1) {
      commits[n]?.done(false);
      clock.advance(499);
      assert.equal(commits.length, n + 1);
      clock.advance(1);
      assert.deepEqual(commits[n + 1]?.batch, [1]);
    }
    commits[3]?.done(true);
    clock.advance(10_000);
    assert.equal(commits.length, 4);
  });

  it("are drained when all of them are durable, those that had to be repeated too", async () => {
    const { clock, commits, reports } = makeReports();
    let drained = false;
    reports.add("a", 1);
    reports.add("b", 2);
    void reports.drained().then(() => (drained = true));
    assert.equal(commits.length, 2);
    commits[0]?.done(false);
    commits[1]?.done(true);
    await settle(1);
    assert.equal(drained, false);
    clock.advance(500);
    commits[2]?.done(true);
    await settle(1);
    assert.equal(drained, true);
    await reports.drained();
  });
});

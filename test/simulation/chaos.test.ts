import assert from "node:assert/strict";
import { it } from "node:test";
import { killCellAt } from "../chaos/kill-cell.ts";
import { runSeed, SeededRandom } from "../kit/smpp-pdus.ts";

/** The whole of it is `npm run chaos`; see docs/reliability.md. */
const PACE = { beforeSeconds: 1, afterSeconds: 2, accountsPerCell: 1 };
const PER_SECOND = 8;

it("a messaging cell that is killed under load takes nobody else with it, and is whole when it is back", async (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const tell = (line: string): void => t.diagnostic(line);
  const report = await killCellAt(PACE).run({ seed, random: new SeededRandom(seed), perSecond: PER_SECOND, tell });
  for (const line of report.findings) t.diagnostic(line);
  t.diagnostic(JSON.stringify(report.rows));
  assert.deepEqual(report.broken, []);
  assert.ok(
    report.rows.every(({ accepted }) => accepted > 0),
    "every group was served",
  );
});

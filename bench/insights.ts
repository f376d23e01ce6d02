/**
 * Real-time analytics: what a fold costs, charts of a day beside a scan by DuckDB and a `GROUP BY` in PostgreSQL
 * over the same changes, how far off the sketches are, and totals after kills.
 * `node dist/bench/run.js insights [thousands of changes] [kills]`; 0 kills leave those out.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killAndCompare } from "../test/kit/insight-crash.ts";
import { askLive, askRollups, countDay, snapshot } from "./insights/charts.ts";
import { askDuckDb, askPostgres, type AskRow } from "./insights/databases.ts";
import { quantileErrors, uniquesErrors } from "./insights/errors.ts";
import { oneHour } from "./insights/events.ts";
import { measureFolds } from "./insights/folds.ts";

/** Hours of the day that PostgreSQL has: a fifth. */
const POSTGRES_HOURS = 5;

/** Runs once and prints its tables. */
export async function run(args: string[]): Promise<void> {
  const [thousands = 5_000, kills = 50] = args.map(Number);
  console.log("A fold");
  console.table(measureFolds());
  const hour = oneHour(thousands * 1_000);
  const day = countDay(hour);
  console.log(`A day of ${day.changes} changes: ${day["CPU µs a change"]} µs of CPU each, with everything`);
  console.table([snapshot(day)]);
  const rows = [...(await askRollups(day)), ...(await askDuckDb(hour)), ...(await askPostgres(hour, POSTGRES_HOURS))];
  console.table(rows.map(({ way, changes, question, times }) => ({ way, changes, question, ...times })));
  const p50 = (way: string): number => rows.find((row) => isOf(row, way))?.times.p50 ?? Number.NaN;
  console.log(`DuckDB takes ${Math.round(p50("DuckDB") / p50("rollups"))} times as long for the chart by carrier`);
  console.log("From a change to the answer of the live source");
  console.table([askLive(day, hour)]);
  console.table(quantileErrors());
  console.table(uniquesErrors());
  if (kills > 0) await killSome(kills);
}

function isOf({ way, question }: AskRow, wanted: string): boolean {
  return way.startsWith(wanted) && question === "24 h by carrier";
}

async function killSome(kills: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-bench-insights-"));
  try {
    const result = await killAndCompare({ folder, kills, seed: Date.now() % 1_000, checkpointEveryOctets: 65_536 });
    console.log(`Totals equal the log after ${kills} kills: ${result.facts} changes in ${result.records} records`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

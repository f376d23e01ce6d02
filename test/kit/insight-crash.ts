import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { InsightsModule, SeriesAnswer, SeriesQuery } from "../../src/modules/insights/index.ts";
import type { ApplyContext } from "../../src/platform/cell/index.ts";
import type { MessageChanged } from "../../src/platform/insight/index.ts";
import { fastClock, insightsAlone, openInsightCell, type TestChange } from "./insight-cell.ts";
import { seededRandom } from "./seeded-random.ts";

const CHILD = fileURLToPath(new URL("../simulation/insights-child.js", import.meta.url));
const HOUR_MS = 3_600_000;

/** How often to kill, and what for. */
export interface CrashTerms {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  readonly checkpointEveryOctets: number;
}

/** What came of it. */
export interface CrashResult {
  readonly records: number;
  readonly facts: number;
  readonly checkpoints: number;
}

/** Kills a counting cell again and again, and asserts that it then tells what its log says: no change lost, none twice. */
export async function killAndCompare(terms: CrashTerms): Promise<CrashResult> {
  const { folder, kills, seed, checkpointEveryOctets } = terms;
  const random = seededRandom(seed);
  const sinceMs = Date.now();
  for (let kill = 0; kill < kills; kill += 1) {
    const args = [CHILD, folder, String(seed + kill), String(checkpointEveryOctets), String(sinceMs)];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "exit");
    // Some are killed while they start.
    if (random() < 0.8) await Promise.race([once(child.stdout, "data"), ended]);
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 500));
    child.kill("SIGKILL");
    await ended;
  }
  return compare(terms, sinceMs);
}

async function compare({ folder, seed, checkpointEveryOctets }: CrashTerms, sinceMs: number): Promise<CrashResult> {
  const { cell, log, insights } = await openInsightCell({ folder, checkpointEveryOctets, sinceMs });
  const checkpoint = await log.readCheckpoint();
  const fresh = insightsAlone(fastClock(sinceMs));
  const told = { begun: 0, segments: 0, records: 0, facts: 0, firstMs: Infinity, lastMs: 0 };
  for await (const batch of log.read(log.start)) {
    for (const { payload, offset } of batch) {
      const record = JSON.parse(payload.toString("utf8")) as { kind: string; at: number };
      told.records += 1;
      told.firstMs = Math.min(told.firstMs, record.at);
      told.lastMs = Math.max(told.lastMs, record.at);
      const context: ApplyContext = { offset, atMs: record.at, effect: () => undefined, emit: () => undefined };
      fresh.machine.reducers[record.kind]?.(record, context);
      for (const fact of record.kind === "test.changed" ? (record as TestChange).facts : []) {
        fresh.machine.listeners?.[fact.kind]?.(fact, context);
        told.facts += 1;
        if (begins(fact)) told.begun += 1;
        if (begins(fact)) told.segments += fact.segments;
      }
    }
  }
  assert.ok(told.facts > 0, "something was counted");
  const startMs = told.firstMs - (told.firstMs % HOUR_MS);
  const endMs = told.lastMs + HOUR_MS;
  const range = { accounts: "all", startMs, endMs, stepMs: HOUR_MS } as const;
  const whole = (query: Pick<SeriesQuery, "metric" | "by">): number =>
    sum(insights.reader.read({ ...range, ...query }));
  assert.equal(whole({ metric: "messages" }), told.begun, `messages, seed ${seed}`);
  assert.equal(whole({ metric: "segments" }), told.segments, `segments, seed ${seed}`);
  assert.equal(insights.status().folds, told.facts, `changes, seed ${seed}`);
  assertSame(insights, fresh, range, seed);
  await cell.close();
  return { records: told.records, facts: told.facts, checkpoints: checkpoint === undefined ? 0 : 1 };
}

/** The same definition as that of the rollups, once more. */
function begins({ status, before }: MessageChanged): boolean {
  return (before === undefined && status !== "scheduled") || (before === "scheduled" && status !== "canceled");
}

function sum({ groups }: SeriesAnswer): number {
  return groups.reduce((total, { counts = [] }) => total + counts.reduce((part, count) => part + count, 0), 0);
}

function assertSame(
  one: InsightsModule,
  other: InsightsModule,
  range: Pick<SeriesQuery, "accounts" | "startMs" | "endMs" | "stepMs">,
  seed: number,
): void {
  const minutes = { ...range, startMs: range.endMs - (range.endMs % 60_000) - 20 * HOUR_MS, stepMs: 60_000 };
  const queries: SeriesQuery[] = [
    { ...range, metric: "messages", by: ["status", "direction"], top: 50 },
    { ...range, metric: "messages", by: ["account"], top: 50 },
    { ...range, metric: "price", by: ["carrier"], top: 50 },
    { ...range, metric: "segments", by: ["country", "error"], top: 50 },
    { ...range, metric: "within_5s", by: ["carrier"] },
    { ...range, metric: "delivered_latency" },
    { ...range, metric: "unique_recipients" },
    { ...range, metric: "api_requests", by: ["answer"] },
    { ...minutes, metric: "messages", by: ["status"], top: 20 },
    { ...minutes, metric: "sent_latency" },
  ];
  for (const query of queries) {
    const [mine, theirs] = [one.reader.read(query), other.reader.read(query)];
    const what = `${query.metric} by ${query.by?.join()}, seed ${seed}`;
    assert.deepEqual(sorted(mine), sorted(theirs), what);
    assert.equal(mine.overflow, theirs.overflow, what);
  }
}

function sorted({ groups }: SeriesAnswer): string[] {
  return groups.map((group) => JSON.stringify(group)).sort();
}

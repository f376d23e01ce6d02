import { ApiCounts, Rollups, RollupTable } from "../../src/modules/insights/rollups/index.ts";
import { RollupReader } from "../../src/modules/insights/series/index.ts";
import { seriesSource } from "../../src/modules/insights/series-source.ts";
import { AccountsInView } from "../../src/modules/insights/accounts-in-view.ts";
import type { SeriesQuery } from "../../src/modules/insights/index.ts";
import type { TimedFact } from "../../test/kit/message-facts.ts";
import type { AskRow } from "./databases.ts";
import { DAY_MS, DAY_START, HOUR_MS, shift } from "./events.ts";
import { HASH_KEY } from "./folds.ts";
import { quantile, rounded, timeRuns } from "./times.ts";

const RUNS = 40;
const LIVE_RUNS = 2_000;
const MINUTE_MS = 60_000;

/** Rollups that have counted a day. */
export interface CountedDay {
  readonly rollups: Rollups;
  readonly changes: number;
  readonly "CPU µs a change": number;
}

/** Counts a day, hour by hour. */
export function countDay(hour: readonly TimedFact[]): CountedDay {
  const rollups = new Rollups({ maxRows: 50_000, hashKey: HASH_KEY });
  const before = process.cpuUsage();
  for (let number = 0; number < 24; number += 1) {
    for (const { fact, atMs } of hour) rollups.fold(fact, atMs);
    shift(hour, HOUR_MS);
  }
  const { user, system } = process.cpuUsage(before);
  shift(hour, -DAY_MS);
  const changes = hour.length * 24;
  return { rollups, changes, "CPU µs a change": rounded((user + system) / changes, 3) };
}

/** Charts of that day, a point a minute. */
export async function askRollups({ rollups, changes }: CountedDay): Promise<AskRow[]> {
  const reader = new RollupReader({ rollups, api: new ApiCounts(), names: { cell: "messaging-1", tier: "smb" } });
  const range = { accounts: "all", startMs: DAY_START, endMs: DAY_START + DAY_MS, stepMs: MINUTE_MS } as const;
  const questions: Record<string, SeriesQuery> = {
    "24 h by carrier": { ...range, metric: "messages", by: ["carrier"], top: 8 },
    "24 h by status": { ...range, metric: "messages", by: ["status"], top: 8 },
    "24 h by country": { ...range, metric: "messages", by: ["country"], top: 8 },
    "24 h by error": { ...range, metric: "messages", by: ["error"], top: 8 },
    "24 h within 5 s": { ...range, metric: "within_5s" },
    "24 h of one account, by carrier": {
      ...range,
      accounts: [`AC${"1".padStart(32, "0")}`],
      metric: "messages",
      by: ["carrier"],
      top: 8,
    },
    "24 h, delivery histograms": { ...range, metric: "delivered_latency" },
    "24 h by account, top 10": { ...range, metric: "messages", by: ["account"], top: 10 },
  };
  const rows: AskRow[] = [];
  for (const [question, query] of Object.entries(questions)) {
    const times = await timeRuns(RUNS, () => reader.read(query));
    rows.push({ way: "rollups", changes, question, times });
  }
  return rows;
}

/** From a change that is counted to the answer that has it, as JSON; what the hub's tick adds is apart. */
export function askLive({ rollups }: CountedDay, hour: readonly TimedFact[]): Record<string, number> {
  const api = new ApiCounts();
  const clock = { nowMs: () => DAY_START + DAY_MS + 5_000, monotonicMs: () => 0 };
  const reader = new RollupReader({ rollups, api, names: { cell: "messaging-1", tier: "smb" } });
  const inView = new AccountsInView(() => Promise.resolve([]), clock);
  const source = seriesSource({ reader, rollups, api, inView, isOperator: () => false, clock });
  const query = { metric: "messages", by: ["carrier"], rangeMs: HOUR_MS, stepMs: 10_000 };
  const scope = { accountSid: "", everything: true };
  let { cursor } = source.ask({ query, cursor: undefined, scope, limit: 200 });
  const took: number[] = [];
  for (let run = 0; run < LIVE_RUNS; run += 1) {
    const { fact } = hour[run] as TimedFact;
    const started = performance.now();
    rollups.fold(fact, clock.nowMs());
    const answer = source.ask({ query, cursor, scope, limit: 200 });
    JSON.stringify(answer.items);
    took.push(performance.now() - started);
    ({ cursor } = answer);
  }
  took.sort((a, b) => a - b);
  return { "p50 ms": rounded(quantile(took, 0.5), 3), "p99 ms": rounded(quantile(took, 0.99), 3) };
}

/** A checkpoint of it. */
export function snapshot({ rollups }: CountedDay): Record<string, number> {
  const table = new RollupTable(rollups);
  const begun = performance.now();
  table.beginSnapshot();
  const beginMs = performance.now() - begun;
  let characters = 0;
  let longest = 0;
  let last = performance.now();
  for (const batch of table.readSnapshot()) {
    for (const line of batch) characters += line.length;
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }
  const octets = rollups.levels.reduce((sum, level) => sum + level.closedOctets + level.open.octets, 0);
  return {
    "held at the beginning, ms": rounded(beginMs),
    "longest batch, ms": rounded(longest),
    "checkpoint, MB": rounded(characters / 1e6, 1),
    "memory, MB": rounded(octets / 1e6, 1),
  };
}

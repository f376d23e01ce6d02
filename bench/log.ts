/**
 * The cell's log alone: records of 300 octets, with a fixed number outstanding, each
 * appended again as soon as one is durable. `node dist/bench/run.js log [records] [folder]`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog } from "../src/platform/log/index.ts";
import type { Log } from "../src/platform/log/index.ts";
import type { Clock, Logger } from "../src/platform/ports.ts";

const RECORD_OCTETS = 300;
const CASES = [
  { outstanding: 1, share: 0.005 },
  { outstanding: 64, share: 0.1 },
  { outstanding: 2_000, share: 1 },
] as const;

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: console.warn, error: console.error, child: () => logger };

/** Runs the cases once and prints a table. Arguments: number of records (1,000,000), folder (a temporary one). */
export async function run(args: string[]): Promise<void> {
  const records = Number(args[0] ?? 1_000_000);
  const parent = await mkdtemp(join(args[1] ?? tmpdir(), "trunkline-bench-log-"));
  const rows: Record<string, string | number>[] = [];
  try {
    for (const follow of [false, true]) {
      for (const { outstanding, share } of CASES) {
        const directory = join(parent, `${outstanding}-${follow}`);
        const log = await openLog({ directory, logger, clock });
        await appendMany(log, { outstanding, records: Math.ceil(records / 20), follow: false });
        rows.push(await appendMany(log, { outstanding, records: Math.ceil(records * share), follow }));
        if (outstanding === 2_000 && !follow) rows.push(await readMany(log));
        await log.close();
      }
    }
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
  console.table(rows);
}

async function appendMany(
  log: Log,
  load: { outstanding: number; records: number; follow: boolean },
): Promise<Record<string, string | number>> {
  const payload = Buffer.alloc(RECORD_OCTETS, "0123456789abcdef");
  const latencies = new Float64Array(load.records);
  const startCommits = log.status().commits;
  let followed = 0;
  const follower = load.follow
    ? log.follow(log.durableEnd, {
        onRecords: (batch) => {
          followed += batch.length;
        },
        onError: (error) => {
          throw error;
        },
      })
    : undefined;
  const startCpu = process.cpuUsage();
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    let appended = 0;
    let durable = 0;
    const appendOne = (): void => {
      const number = appended;
      const at = performance.now();
      appended += 1;
      log.append("progress", payload, (error) => {
        if (error !== undefined) return reject(error);
        latencies[number] = performance.now() - at;
        durable += 1;
        if (appended < load.records) appendOne();
        else if (durable === load.records) resolve();
      });
    };
    for (let i = 0; i < Math.min(load.outstanding, load.records); i += 1) appendOne();
  });
  while (load.follow && followed < load.records) await new Promise((resolve) => setImmediate(resolve));
  const tookMs = performance.now() - started;
  const cpu = process.cpuUsage(startCpu);
  await follower?.close();
  latencies.sort();
  return {
    what: load.follow ? "append and follow" : "append",
    outstanding: load.outstanding,
    "records/s": Math.round((load.records / tookMs) * 1_000),
    "CPU µs/record": round((cpu.user + cpu.system) / load.records),
    "p50 ms": round(latencies[Math.floor(load.records * 0.5)] ?? 0),
    "p99 ms": round(latencies[Math.floor(load.records * 0.99)] ?? 0),
    "records/commit": Math.round(load.records / (log.status().commits - startCommits)),
  };
}

async function readMany(log: Log): Promise<Record<string, string | number>> {
  const startCpu = process.cpuUsage();
  const started = performance.now();
  let records = 0;
  for await (const batch of log.read(log.start)) records += batch.length;
  const tookMs = performance.now() - started;
  const cpu = process.cpuUsage(startCpu);
  return {
    what: "read",
    outstanding: "",
    "records/s": Math.round((records / tookMs) * 1_000),
    "CPU µs/record": round((cpu.user + cpu.system) / records),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

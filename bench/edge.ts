/**
 * What the edge costs: every stage on (with the real authenticator, router and limiter),
 * beside its bare pass-through, haproxy and nginx, before the same backend and under the same
 * load. `node dist/bench/run.js edge [--seconds 4] [--rounds 3] [--profile FOLDER] [--json FILE]`.
 *
 * CPU is each proxy's own, from the kernel's books, because rates depend on who else uses the
 * cores. Added latency is the difference to the backend alone at the same rate, half of what
 * the edge can do.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  isInstalled,
  startBackend,
  startEdge,
  startHaproxy,
  startNginxProxy,
  type Contender,
} from "./edge/contenders.ts";
import { describeMachine } from "./machine.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const TOKEN = "0123456789abcdef0123456789abcdef";
const LOAD = fileURLToPath(new URL("edge-load-process.js", import.meta.url));

interface Seen {
  readonly answers: number;
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
}

interface Row {
  readonly round: number;
  readonly proxy: string;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p99Ms: number;
  /** At half of what the edge with every stage can do. */
  readonly halfP50Ms: number;
  readonly halfP99Ms: number;
  readonly failures: number;
}

/** Runs every contender in turn, several rounds, and prints a table of medians. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
      profile: { type: "string" },
      json: { type: "string" },
      only: { type: "string" },
    },
  });
  const seconds = Number(values.seconds);
  if (!isInstalled("nginx")) throw new Error("nginx, which stands for the cell, is not installed");
  const backend = await startBackend();
  const caller = { account: ACCOUNT, token: TOKEN, profile: values.profile };
  const contenders: Contender[] = [
    await startEdge("full", backend.port, caller),
    await startEdge("bare", backend.port, caller),
    await startNginxProxy(backend.port),
  ];
  if (isInstalled("haproxy")) contenders.push(await startHaproxy(backend.port));
  else console.log("haproxy is not installed and left out");
  const rows: Row[] = [];
  try {
    const chosen = contenders.filter(({ name }) => values.only === undefined || name.includes(values.only));
    for (const each of chosen) await load(each.port, 1, 0);
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      let halfRate = 0;
      for (const each of chosen) {
        const row = await measure(each, { round, seconds, halfRate });
        if (halfRate === 0) halfRate = row.halfRate;
        rows.push(row.row);
      }
      const direct = await load(backend.port, seconds, halfRate);
      const { p50, p99, failures } = direct;
      const none = { perSecond: 0, cpuUs: 0, p99Ms: 0 };
      rows.push({ round, proxy: backend.name, ...none, halfP50Ms: p50, halfP99Ms: p99, failures });
    }
  } finally {
    for (const each of [...contenders, backend]) await each.stop();
  }
  report(rows, values.json);
}

async function measure(
  contender: Contender,
  at: { round: number; seconds: number; halfRate: number },
): Promise<{ row: Row; halfRate: number }> {
  const { round, seconds } = at;
  const startUs = contender.cpuUs();
  const flat = await load(contender.port, seconds, 0);
  const cpuUs = (contender.cpuUs() - startUs) / flat.answers;
  const perSecond = flat.answers / seconds;
  const halfRate = at.halfRate === 0 ? Math.floor(perSecond / 2) : at.halfRate;
  const half = await load(contender.port, seconds, halfRate);
  const row: Row = {
    round,
    proxy: contender.name,
    perSecond,
    cpuUs,
    p99Ms: flat.p99,
    halfP50Ms: half.p50,
    halfP99Ms: half.p99,
    failures: flat.failures + half.failures,
  };
  return { row, halfRate };
}

async function load(port: number, seconds: number, rate: number): Promise<Seen> {
  const child = spawn(process.execPath, [LOAD, String(port), ACCOUNT, TOKEN, String(seconds), String(rate)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "exit");
  return JSON.parse(output) as Seen;
}

function report(rows: readonly Row[], file: string | undefined): void {
  const names = [...new Set(rows.map(({ proxy }) => proxy))];
  const medianOf = (proxy: string, pick: (row: Row) => number): number => {
    const values = rows.filter((row) => row.proxy === proxy).map(pick);
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  };
  // The quietest round: on a machine with other work the median says more of that work.
  const leastOf = (proxy: string, pick: (row: Row) => number): number =>
    Math.min(...rows.filter((row) => row.proxy === proxy).map(pick));
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  const direct = names.at(-1) ?? "";
  const table = names.map((proxy) => ({
    proxy,
    "requests/s": round(
      medianOf(proxy, ({ perSecond }) => perSecond),
      0,
    ),
    "CPU µs/request": round(
      medianOf(proxy, ({ cpuUs }) => cpuUs),
      1,
    ),
    "p99 ms": round(
      medianOf(proxy, ({ p99Ms }) => p99Ms),
      2,
    ),
    "added p50 ms at half": round(
      medianOf(proxy, ({ halfP50Ms }) => halfP50Ms) - medianOf(direct, ({ halfP50Ms }) => halfP50Ms),
      2,
    ),
    "added p99 ms at half": round(
      medianOf(proxy, ({ halfP99Ms }) => halfP99Ms) - medianOf(direct, ({ halfP99Ms }) => halfP99Ms),
      2,
    ),
    "least of it": round(
      leastOf(proxy, ({ halfP99Ms }) => halfP99Ms) - leastOf(direct, ({ halfP99Ms }) => halfP99Ms),
      2,
    ),
    failures: rows.filter((row) => row.proxy === proxy).reduce((sum, { failures }) => sum + failures, 0),
  }));
  console.table(table);
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ bench: "edge", machine: describeMachine(), table })}\n`);
}

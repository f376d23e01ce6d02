/** Runs over HTTP: as fast as it goes, at a rate, in turn with Kannel, and with a profile. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { requireKannel, startKannel } from "./kannel.ts";
import type { BenchOptions } from "./options.ts";
import { printCosts, readProfile } from "./profile.ts";
import { measure, printRun, rateOf, type Costs, type Results } from "./result.ts";
import type { HttpSystem } from "./system.ts";
import { startTrunkline } from "./trunkline.ts";
import type { Pace } from "./http-load.ts";
import type { RunReport } from "./world.ts";
import { median, openWorld, type World } from "./world-process.ts";

const WARM_UP = 4_000;
const LATENCY_SHARE = 0.7;
const LATENCY_CONNECTIONS = 256;

/** What every scenario works with. */
interface Bench {
  readonly options: BenchOptions;
  readonly world: World;
  readonly results: Results;
  readonly cleanup: Cleanup;
}

interface Run {
  readonly report: RunReport;
  readonly costs: Costs;
}

type Contender = "trunkline" | "kannel" | "kannel-spool";

/** Runs what was asked for over HTTP. */
export async function runHttp(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const world = await openWorld(options.receiptDelayMs, cleanup);
  const bench: Bench = { options, world, results, cleanup };
  if (options.latency) return latency(bench);
  if (options.profile) return profiled(bench);
  if (options.kannel) requireKannel();
  const contenders: Contender[] = options.kannel ? ["trunkline", "kannel", "kannel-spool"] : ["trunkline"];
  const runs = new Map<Contender, Run[]>(contenders.map((name) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of contenders) {
      const system = await start(bench, name);
      const run = await closedRun(bench, system);
      await system.stop();
      const what = `http ${name}, round ${round}`;
      printRun(what, run.report, run.costs);
      await results.addRun(what, run.report, run.costs);
      runs.get(name)?.push(run);
    }
  }
  printRatios(runs);
}

/** Where the cores are shared with other work the CPU time is the better comparison. */
function printRatios(runs: ReadonlyMap<Contender, readonly Run[]>): void {
  const rows = [...runs].map(([name, list]) => ({
    name,
    rates: list.map(({ report }) => rateOf(report)),
    cpu: median(list.map(({ costs }) => systemCpuMicros(costs))),
  }));
  const ours = rows[0];
  console.log("");
  for (const { name, rates, cpu } of rows) {
    const line = `${name.padEnd(14)} ${rates.join(", ")} messages/s, median ${median(rates)}; CPU ${cpu} µs a message`;
    if (ours === undefined || name === "trunkline") console.log(line);
    else {
      const faster = (median(ours.rates) / median(rates)).toFixed(2);
      console.log(`${line}; ours does ${faster} times that for ${(ours.cpu / cpu).toFixed(2)} times the CPU`);
    }
  }
}

/** What the system under test and its database took, without the load around them. */
function systemCpuMicros(costs: Costs): number {
  return Object.entries(costs).reduce((sum, [name, cost]) => (name === "world" ? sum : sum + cost.cpuMicros), 0);
}

function start(bench: Bench, name: Contender, profileFolder?: string): Promise<HttpSystem> {
  const { options, world, cleanup } = bench;
  const { folder: parentFolder, window, binds, callbacks } = options;
  const common = { parentFolder, window, smscPort: world.smscPort, callbacks: callbacks !== "none" };
  if (name !== "trunkline") return startKannel({ ...common, store: name === "kannel" ? "none" : "spool" }, cleanup);
  const statusCallbacks = callbacks === "all" ? "all" : "final";
  return startTrunkline(
    { ...common, binds, statusCallbacks, ...(profileFolder === undefined ? {} : { profileFolder }) },
    cleanup,
  );
}

async function closedRun(bench: Bench, system: HttpSystem): Promise<Run> {
  const { connections, messages } = bench.options;
  const pace: Pace = { kind: "closed", connections };
  await pacedRun(bench, system, { count: WARM_UP, pace });
  return pacedRun(bench, system, { count: messages, pace });
}

async function pacedRun(bench: Bench, system: HttpSystem, load: { count: number; pace: Pace }): Promise<Run> {
  const { options, world } = bench;
  const { count, pace } = load;
  const base = world.take(count);
  const costsOf = measure([...system.watched, { name: "world", pid: world.child.pid }]);
  const expectCallbacks = options.callbacks !== "none";
  const report = await world.child.call("run", { base, count, door: system.door, pace, expectCallbacks });
  await system.settle();
  return { report, costs: costsOf(Math.max(1, report.accepted)) };
}

async function latency(bench: Bench): Promise<void> {
  const { options, results } = bench;
  const system = await start(bench, "trunkline");
  const first = await closedRun(bench, system);
  printRun("http, as fast as it goes", first.report, first.costs);
  const perSecond = options.rate ?? Math.floor(rateOf(first.report) * LATENCY_SHARE);
  const pace: Pace = { kind: "open", perSecond, connections: LATENCY_CONNECTIONS };
  const run = await pacedRun(bench, system, { count: perSecond * options.seconds, pace });
  const what = `http, open loop at ${perSecond}/s`;
  printRun(what, run.report, run.costs);
  await results.addRun(what, run.report, run.costs);
  await system.stop();
}

async function profiled(bench: Bench): Promise<void> {
  const { options, cleanup } = bench;
  const profileFolder = await mkdtemp(join(options.folder, "trunkline-profile-"));
  cleanup.add(() => rm(profileFolder, { recursive: true, force: true }));
  const system = await start(bench, "trunkline", profileFolder);
  const { report, costs } = await closedRun(bench, system);
  await system.stop();
  printRun("http with a profiler, which costs time itself", report, costs);
  printCosts(await readProfile(profileFolder, report), report.accepted);
}

/** Runs of the whole program, over HTTP or SMPP: as fast as it goes, at rates, in turn with Kannel, with a profile. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import type { Pace } from "./door.ts";
import { requireKannel, startKannel } from "./kannel.ts";
import { latencyTable } from "./latency.ts";
import type { BenchOptions } from "./options.ts";
import { printCosts, readProfile } from "./profile.ts";
import { costColumns, measure, printRun, rateOf, systemCpuMicros, wrongOf, type Results, type Run } from "./result.ts";
import { printTable } from "./table.ts";
import type { ProgramSystem } from "./system.ts";
import { startTrunkline } from "./trunkline.ts";
import type { Told } from "./world.ts";
import { median, openWorld, type World } from "./world-process.ts";

const WARM_UP = { http: 4_000, smpp: 20_000 };
const LATENCY_CONNECTIONS = 256;

/** What every scenario works with. */
interface Bench {
  readonly options: BenchOptions;
  readonly door: "http" | "smpp";
  readonly world: World;
  readonly results: Results;
  readonly cleanup: Cleanup;
}

type Contender = "trunkline" | "kannel" | "kannel-spool";

/** Runs what was asked for over HTTP or SMPP. */
export async function runProgram(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const world = await openWorld(options.receiptDelayMs, cleanup);
  const door = options.door === "smpp" ? "smpp" : "http";
  const bench: Bench = { options, door, world, results, cleanup };
  if (options.latency !== undefined) return latency(bench, options.latency);
  if (options.profile) return profiled(bench);
  if (options.kannel) requireKannel();
  const contenders: Contender[] = options.kannel ? ["trunkline", "kannel", "kannel-spool"] : ["trunkline"];
  const runs = new Map<Contender, Run[]>(contenders.map((name) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of contenders) {
      const system = await start(bench, name);
      const run = await closedRun(bench, system);
      await system.stop();
      const what = `${door} ${name}, round ${round}`;
      printRun(what, run);
      await results.addRun(what, run);
      runs.get(name)?.push(run);
    }
  }
  printSummary(bench, runs);
}

/** Where the cores are shared with other work the CPU time is the better comparison. */
function printSummary({ door, options }: Bench, runs: ReadonlyMap<Contender, readonly Run[]>): void {
  const rows = [...runs].flatMap(([system, list]) =>
    list.map((run, index) => ({
      system,
      round: index + 1,
      "messages/s": rateOf(run.report),
      "accepted/s": run.report.acceptedPerSecond,
      "accepted p50": run.report.sentToAccepted?.p50,
      "accepted p99": run.report.sentToAccepted?.p99,
      "submit p50": run.report.acceptedToSubmit?.p50,
      "submit p99": run.report.acceptedToSubmit?.p99,
      "told p50": run.report.sentToCalled?.p50,
      "told p99": run.report.sentToCalled?.p99,
      wrong: wrongOf(run.report),
      ...costColumns(run.costs),
    })),
  );
  printTable(
    `${door}, ${toldWords(options)}, all rounds; CPU µs a message; sent → accepted → submit, sent → told in ms`,
    rows,
  );
  const middle = (list: readonly Run[]) => ({
    rate: median(list.map(({ report }) => rateOf(report))),
    cpu: Math.round(median(list.map(({ costs }) => systemCpuMicros(costs)))),
  });
  const ours = middle(runs.get("trunkline") ?? []);
  const compared = [...runs].map(([system, list]) => {
    const { rate, cpu } = middle(list);
    return {
      system,
      "messages/s": rate,
      "CPU µs": cpu,
      "ours is so many times as fast": system === "trunkline" ? undefined : ours.rate / rate,
      "for so many times the CPU": system === "trunkline" ? undefined : ours.cpu / cpu,
    };
  });
  printTable("medians", compared);
}

function toldWords({ door, callbacks }: BenchOptions): string {
  if (door === "smpp") return "a receipt each";
  return { none: "no callbacks", final: "one callback each", two: "two callbacks each", all: "all callbacks" }[
    callbacks
  ];
}

function start(bench: Bench, name: Contender, profileFolder?: string): Promise<ProgramSystem> {
  const { options, door, world, cleanup } = bench;
  const { folder: parentFolder, window, binds, callbacks, customerBinds, customerWindow } = options;
  const common = { parentFolder, window, smscPort: world.smscPort, callbacks };
  if (name !== "trunkline") return startKannel({ ...common, store: name === "kannel" ? "none" : "spool" }, cleanup);
  return startTrunkline(
    {
      ...common,
      binds,
      customerWindow,
      ...(door === "smpp" ? { customerBinds } : {}),
      ...(profileFolder === undefined ? {} : { profileFolder }),
    },
    cleanup,
  );
}

async function closedRun(bench: Bench, system: ProgramSystem): Promise<Run> {
  const { connections, messages, inFlight } = bench.options;
  const pace: Pace = { kind: "closed", connections, inFlight };
  await pacedRun(bench, system, { count: Math.min(messages, WARM_UP[bench.door]), pace });
  return pacedRun(bench, system, { count: messages, pace });
}

async function pacedRun(bench: Bench, system: ProgramSystem, load: { count: number; pace: Pace }): Promise<Run> {
  const { world } = bench;
  const { count, pace } = load;
  const base = world.take(count);
  const costsOf = measure([...system.watched, world.watched]);
  const report = await world.child.call("run", { base, count, door: system.door, pace, told: toldOf(bench) });
  await system.settle();
  return { report, costs: costsOf(Math.max(1, report.accepted)) };
}

function toldOf({ door, options: { callbacks } }: Bench): Told {
  if (door === "smpp" || callbacks === "final") return ["final"];
  return callbacks === "none" ? [] : ["sent", "final"];
}

async function latency(bench: Bench, loads: readonly number[]): Promise<void> {
  const { options, door, results } = bench;
  const system = await start(bench, "trunkline");
  await latencyTable({
    what: door,
    loads,
    options,
    results,
    fast: () => closedRun(bench, system),
    paced: (perSecond, count) =>
      pacedRun(bench, system, { count, pace: { kind: "open", perSecond, connections: LATENCY_CONNECTIONS } }),
  });
  await system.stop();
}

async function profiled(bench: Bench): Promise<void> {
  const { options, door, cleanup } = bench;
  const profileFolder = await mkdtemp(join(options.folder, "trunkline-profile-"));
  cleanup.add(() => rm(profileFolder, { recursive: true, force: true }));
  const system = await start(bench, "trunkline", profileFolder);
  const run = await closedRun(bench, system);
  await system.stop();
  printRun(`${door} with a profiler, which costs time itself`, run);
  printCosts(await readProfile(profileFolder, run.report), run.report.accepted);
}

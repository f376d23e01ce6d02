/** Runs by the module's own door: as fast as it goes, at a rate, with a profile, and with very much in the queue. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import { ModuleSystem } from "./module-system.ts";
import type { BenchOptions } from "./options.ts";
import { printCosts, readProfile } from "./profile.ts";
import { measure, printRun, rateOf, type Costs, type Results } from "./result.ts";
import { spread } from "./timeline.ts";
import { waitFor } from "./system.ts";
import type { RunReport } from "./world.ts";
import { median, openWorld, type World } from "./world-process.ts";

const WARM_UP = 20_000;
const LATENCY_SHARE = 0.7;
const BIND_LIMIT_MS = 10_000;

interface Run {
  readonly report: RunReport;
  readonly costs: Costs;
}

/** Runs what was asked for by the module's door. */
export async function runModule(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const world = await openWorld(options.receiptDelayMs, cleanup);
  const setup = {
    parentFolder: options.folder,
    smscPort: world.smscPort,
    ...options,
    statusCallbacks: "final",
  } as const;
  const rates: number[] = [];
  const rounds = options.latency || options.profile ? 1 : options.rounds;
  for (let round = 1; round <= rounds; round += 1) {
    const profileFolder = options.profile ? await mkdtemp(join(options.folder, "trunkline-profile-")) : undefined;
    if (profileFolder !== undefined) cleanup.add(() => rm(profileFolder, { recursive: true, force: true }));
    const system = await ModuleSystem.prepare(setup, cleanup);
    await system.start(profileFolder === undefined ? {} : { profileFolder });
    const isBound = async (): Promise<boolean> => (await world.child.call("binds", undefined)) === options.binds;
    await waitFor("the carrier is bound", isBound, BIND_LIMIT_MS);
    await moduleRun(system, world, { count: WARM_UP, inFlight: options.inFlight });
    const fast = await moduleRun(system, world, { count: options.messages, inFlight: options.inFlight });
    const what = options.latency ? "module, as fast as it goes" : `module, round ${round}`;
    printRun(what, fast.report, fast.costs);
    await results.addRun(what, fast.report, fast.costs);
    rates.push(rateOf(fast.report));
    if (options.latency) {
      const perSecond = options.rate ?? Math.floor(rateOf(fast.report) * LATENCY_SHARE);
      const load = { count: perSecond * options.seconds, inFlight: options.inFlight, perSecond };
      const run = await moduleRun(system, world, load);
      printRun(`module, open loop at ${perSecond}/s`, run.report, run.costs);
      await results.addRun(`module, open loop at ${perSecond}/s`, run.report, run.costs);
    }
    await system.stop();
    if (profileFolder !== undefined) printCosts(await readProfile(profileFolder, fast.report), fast.report.accepted);
  }
  console.log(`\nmodule ${rates.join(", ")} messages/s, median ${median(rates)}`);
}

async function moduleRun(
  system: ModuleSystem,
  world: World,
  load: { count: number; inFlight: number; perSecond?: number },
): Promise<Run> {
  const { count } = load;
  const base = world.take(count);
  await world.child.call("begin", { base, count });
  const costsOf = measure([...(await system.watched()), { name: "world", pid: world.child.pid }]);
  const made = await system.load({ base, until: "receipt", ...load });
  if (made.refusal !== undefined) console.error(`refused: ${made.refused} messages, the first with: ${made.refusal}`);
  const accepted = count - made.refused;
  const seen = await world.child.call("finish", { expectCallbacks: false, accepted });
  await system.settle();
  const submittedMs = seen.submittedMs ?? new Float64Array(count);
  const report: RunReport = {
    ...seen,
    startMs: made.sentMs[0] ?? seen.startMs,
    sentToAccepted: spread(made.sentMs, made.acceptedMs),
    acceptedToSubmit: spread(made.acceptedMs, submittedMs),
    sentToSubmit: spread(made.sentMs, submittedMs),
  };
  return { report, costs: costsOf(Math.max(1, accepted)) };
}

/** Queues very many messages before a carrier that is away, and recovers from kill -9 with and without a checkpoint. */
export async function runMemory(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const [nowhere = 0] = await freePorts(1);
  const setup = { parentFolder: options.folder, smscPort: nowhere, ...options, statusCallbacks: "final" } as const;
  for (const checkpoints of [false, true]) {
    const system = await ModuleSystem.prepare(setup, cleanup);
    await system.start({ checkpoints });
    const empty = await system.size();
    const startedMs = performance.now();
    const made = await system.load({ base: 0, count: options.messages, inFlight: options.inFlight, until: "accepted" });
    const acceptSeconds = (performance.now() - startedMs) / 1_000;
    if (made.refusal !== undefined) console.error(`refused: ${made.refused}, the first with: ${made.refusal}`);
    const full = await system.size();
    await system.settle();
    const settled = await system.size();
    const checkpointMs = checkpoints ? (await system.checkpoint()).tookMs : undefined;
    await system.kill();
    const { recoverMs, replayedMiB } = await system.start({ checkpoints });
    const recovered = await system.size();
    await system.kill();
    const figures = {
      checkpoint: checkpoints,
      messages: options.messages,
      refused: made.refused,
      acceptedPerSecond: Math.round(options.messages / acceptSeconds),
      sentToAccepted: spread(made.sentMs, made.acceptedMs),
      empty,
      full,
      settled,
      ...(checkpointMs === undefined ? {} : { checkpointMs: Math.round(checkpointMs) }),
      recoverMs: Math.round(recoverMs),
      replayedMiB: Math.round(replayedMiB),
      recovered,
    };
    console.log(JSON.stringify(figures, null, 2));
    await results.add({ what: checkpoints ? "memory, with a checkpoint" : "memory, without a checkpoint", figures });
  }
}

/** Runs by the module's own door: as fast as it goes, at rates, with a profile, and with very much in memory. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import { ModuleSystem } from "./module-system.ts";
import type { BenchOptions } from "./options.ts";
import { printCosts, readProfile } from "./profile.ts";
import { latencyTable } from "./latency.ts";
import { costColumns, measure, printRun, rateOf, wrongOf, type Results, type Run } from "./result.ts";
import { printTable, type Row } from "./table.ts";
import { bounds, spread } from "./timeline.ts";
import { waitFor } from "./system.ts";
import type { RunReport } from "./world.ts";
import { openWorld, type World } from "./world-process.ts";

const WARM_UP = 20_000;
const BIND_LIMIT_MS = 10_000;

/** Runs what was asked for by the module's door. */
export async function runModule(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const world = await openWorld(options.receiptDelayMs, cleanup);
  const rows: Row[] = [];
  const rounds = options.latency !== undefined || options.profile ? 1 : options.rounds;
  for (let round = 1; round <= rounds; round += 1) {
    const profileFolder = options.profile ? await mkdtemp(join(options.folder, "trunkline-profile-")) : undefined;
    if (profileFolder !== undefined) cleanup.add(() => rm(profileFolder, { recursive: true, force: true }));
    const setup = { parentFolder: options.folder, smscPort: world.smscPort, ...options };
    const system = await ModuleSystem.prepare(setup, cleanup);
    await system.start(profileFolder === undefined ? {} : { profileFolder });
    const isBound = async (): Promise<boolean> => (await world.child.call("binds", undefined)) === options.binds;
    await waitFor("the carrier is bound", isBound, BIND_LIMIT_MS);
    const { messages, inFlight, latency: loads } = options;
    const fast = async (): Promise<Run> => {
      await moduleRun(system, world, { count: Math.min(messages, WARM_UP), inFlight });
      return moduleRun(system, world, { count: messages, inFlight });
    };
    if (loads !== undefined) {
      const paced = (perSecond: number, count: number): Promise<Run> =>
        moduleRun(system, world, { count, inFlight, perSecond });
      await latencyTable({ what: "module", loads, options, results, fast, paced });
      await system.stop();
      continue;
    }
    const run = await fast();
    const what = `module, round ${round}`;
    printRun(what, run);
    await results.addRun(what, run);
    rows.push({ round, "messages/s": rateOf(run.report), wrong: wrongOf(run.report), ...costColumns(run.costs) });
    await system.stop();
    if (profileFolder !== undefined) printCosts(await readProfile(profileFolder, run.report), run.report.accepted);
  }
  if (rows.length > 0) printTable("module, all rounds; CPU µs a message", rows);
}

async function moduleRun(
  system: ModuleSystem,
  world: World,
  load: { count: number; inFlight: number; perSecond?: number },
): Promise<Run> {
  const { count } = load;
  const base = world.take(count);
  await world.child.call("begin", { base, count });
  const costsOf = measure([...(await system.watched()), world.watched]);
  const made = await system.load({ base, until: "receipt", ...load });
  if (made.refusal !== undefined) console.error(`refused: ${made.refused} messages, the first with: ${made.refusal}`);
  const accepted = count - made.refused;
  const seen = await world.child.call("finish", { accepted });
  await system.settle();
  const submittedMs = seen.submittedMs ?? new Float64Array(count);
  const report: RunReport = {
    ...seen,
    startMs: made.sentMs[0] ?? seen.startMs,
    acceptedPerSecond: Math.round((accepted * 1_000) / (bounds(made.acceptedMs).last - made.startMs)),
    sentToAccepted: spread(made.sentMs, made.acceptedMs),
    acceptedToSubmit: spread(made.acceptedMs, submittedMs),
    sentToSubmit: spread(made.sentMs, submittedMs),
    acceptedToReceipt: spread(made.acceptedMs, seen.receiptMs ?? new Float64Array(count)),
  };
  return { report, costs: costsOf(Math.max(1, accepted)) };
}

/** Queues very many messages before a carrier that is away, and recovers from kill -9 with and without a checkpoint. */
export async function runMemory(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const [nowhere = 0] = await freePorts(1);
  const setup = { parentFolder: options.folder, smscPort: nowhere, ...options };
  for (const checkpoints of [false, true]) {
    const system = await ModuleSystem.prepare(setup, cleanup);
    await system.start({ checkpoints });
    const empty = await system.size();
    const costsOf = measure(await system.watched());
    const startedMs = performance.now();
    const made = await system.load({ base: 0, count: options.messages, inFlight: options.inFlight, until: "accepted" });
    const acceptSeconds = (performance.now() - startedMs) / 1_000;
    if (made.refusal !== undefined) console.error(`refused: ${made.refused}, the first with: ${made.refusal}`);
    const full = await system.size();
    await system.settle();
    const settled = await system.size();
    const costs = costsOf(options.messages);
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
      ...(checkpointMs === undefined ? {} : { checkpointMs: Math.round(checkpointMs) }),
      recoverMs: Math.round(recoverMs),
      replayedMiB: Math.round(replayedMiB),
    };
    const what = checkpoints ? "with a checkpoint" : "without a checkpoint";
    const { sentToAccepted, ...shown } = figures;
    printTable(`memory, ${what}`, [
      {
        ...shown,
        checkpoint: checkpoints ? "yes" : "no",
        "accepting p50 ms": sentToAccepted?.p50,
        p99: sentToAccepted?.p99,
        ...costColumns(costs),
      },
    ]);
    const sizes = { empty, full, settled, recovered };
    printTable(
      `memory, ${what}: what there was`,
      Object.entries(sizes).map(([when, size]) => ({ when, ...size })),
    );
    await results.add({ what: `memory, ${what}`, costs, figures: { ...figures, ...sizes } });
  }
}

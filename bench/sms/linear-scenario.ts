/** Whether a message costs the same whatever there is beside it: accounts, carriers, senders that wait. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { describeMachine } from "../machine.ts";
import type { Cleanup } from "./cleanup.ts";
import { ModuleSystem } from "./module-system.ts";
import type { BenchOptions } from "./options.ts";
import { printCosts, readProfile } from "./profile.ts";
import { costColumns, measure, systemCpuMicros, type Costs, type Results } from "./result.ts";
import { waitFor } from "./system.ts";
import { printTable, type Row } from "./table.ts";
import { median } from "./world-process.ts";

const WARM_UP = 20_000;
const RETRY_MS = 20;
const FILL_LIMIT_MS = 120_000;
/** Nobody listens there: the carriers of this benchmark lead nowhere. */
const NO_PORT = 9;

interface Case {
  readonly what: string;
  readonly accounts: number;
  readonly carriers: number;
  readonly blocked: number;
}

/** Runs the base case before, among and after the others, because the machine changes too. */
export async function runLinear(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const base: Case = { what: "base", accounts: 1, carriers: 1, blocked: 0 };
  const all: Case[] = [
    base,
    ...[10, 100, 1_000].map((accounts) => ({ ...base, what: `${accounts} accounts`, accounts })),
    base,
    ...[50, 500].map((carriers) => ({ ...base, what: `${carriers} carriers`, carriers })),
    base,
    { ...base, what: `${options.blocked} blocked senders`, blocked: options.blocked },
    { ...base, what: "all of it", accounts: 1_000, carriers: 500, blocked: options.blocked },
    base,
  ];
  const { only } = options;
  const cases = only === undefined ? all : [base, ...all.filter(({ what }) => what.includes(only)), base];
  const rows: (Row & { readonly what: string; readonly "CPU µs": number })[] = [];
  for (const one of cases) {
    const { loadAverage } = describeMachine();
    const { costs, perSecond, waiting } = await runCase(one, options, cleanup);
    const cpu = systemCpuMicros(costs);
    rows.push({
      what: one.what,
      "machine's load": loadAverage,
      waiting,
      "messages/s": perSecond,
      ...costColumns(costs),
      "CPU µs": cpu,
    });
    await results.add({
      what: `linear, ${one.what}`,
      messagesPerSecond: perSecond,
      costs,
      figures: { ...one, waiting },
    });
    console.log(`  ${one.what}: ${cpu} µs a message, ${perSecond}/s, ${waiting} waiting`);
  }
  const usual = median(rows.filter(({ what }) => what === "base").map((row) => row["CPU µs"] * 100)) / 100;
  printTable(
    `CPU µs a message, by the module's door with null carriers; ratios to the median of the base cases, ${usual} µs`,
    rows.map(({ what, ...row }) => ({ what, ratio: row["CPU µs"] / usual, ...row })),
  );
}

async function runCase(
  one: Case,
  options: BenchOptions,
  cleanup: Cleanup,
): Promise<{ costs: Costs; perSecond: number; waiting: number }> {
  const { accounts, carriers, blocked } = one;
  const { messages, inFlight, folder: parentFolder } = options;
  const system = await ModuleSystem.prepare({ ...options, parentFolder, smscPort: NO_PORT }, cleanup);
  const profileFolder = options.profile ? await mkdtemp(join(parentFolder, "trunkline-profile-")) : undefined;
  if (profileFolder !== undefined) cleanup.add(() => rm(profileFolder, { recursive: true, force: true }));
  const profile = profileFolder === undefined ? {} : { profileFolder };
  await system.start({ nullCarriers: carriers, blocksSenders: blocked > 0, ...profile });
  const { logMiB } = await system.size();
  if (logMiB >= 1) console.log(`  ${one.what}: the start alone wrote ${logMiB} MiB of log`);
  if (blocked > 0) {
    // The first message of each goes; the second waits for an hour.
    const traffic = { kind: "blocked", senders: blocked, carriers } as const;
    const load = { base: 0, count: 2 * blocked, inFlight, until: "accepted", traffic, retryMs: RETRY_MS } as const;
    const { retried, refusal } = await system.load(load);
    if (retried > 0) console.log(`  ${one.what}: filling was put off ${retried} times: ${refusal}`);
    const isFull = async (): Promise<boolean> => {
      const { messages: open, unprojected } = await system.size();
      return unprojected === 0 && open <= blocked * 1.01;
    };
    await waitFor("only what is blocked waits", isFull, FILL_LIMIT_MS);
  }
  const traffic = { kind: "spread", accounts, carriers } as const;
  const load = { inFlight, until: "receipt", traffic } as const;
  await system.load({ ...load, base: 2 * blocked, count: Math.min(WARM_UP, messages) });
  await system.settle();
  const { queued: waiting } = await system.size();
  const costsOf = measure(await system.watched());
  const made = await system.load({ ...load, base: 2 * blocked + WARM_UP, count: messages });
  if (made.refused > 0) throw new Error(`${made.refused} messages were refused: ${made.refusal}`);
  await system.settle();
  const costs = costsOf(messages);
  await system.stop();
  if (profileFolder !== undefined) printCosts(await readProfile(profileFolder, made), messages);
  return { costs, perSecond: Math.round((messages * 1_000) / (made.endMs - made.startMs)), waiting };
}

/** Does bad things to a system of real processes under load, and says what came of it: `npm run chaos -- --help`. */
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { runSeed, SeededRandom } from "../kit/smpp-pdus.ts";
import { SCENARIOS } from "./index.ts";
import { hasOwnNetwork, runInOwnNetwork, withoutOwnNetwork } from "./own-network.ts";
import type { ChaosReport, Scenario } from "./scenario.ts";
import { markdownOf, type ScenarioOutcome } from "./table.ts";

const BEGIN = "<!-- chaos: begin -->";
const END = "<!-- chaos: end -->";
const DEFAULT_RATE = 15;

const HELP = `npm run chaos -- [options] [scenario ...]

Starts a system of several processes, sends through it, does something bad, and prints what was
lost, doubled and refused, and for how long. Without names, all of these:

${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(20)}${summary.replaceAll("`", "")}`).join("\n")}

  --seed <n>      what is random; without it a new one, which is printed
  --rate <n>      messages a second of each account (${DEFAULT_RATE})
  --write <file>  put the table between the marks of a Markdown file
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function runOne(scenario: Scenario, seed: number, perSecond: number): Promise<ScenarioOutcome> {
  const skipped = scenario.unable?.();
  if (skipped !== undefined) return { scenario, report: undefined, skipped };
  say(`${scenario.name}: ${scenario.summary}`);
  const startedMs = performance.now();
  const tell = (line: string): void => say(`  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s  ${line}`);
  const run = { seed, random: new SeededRandom(seed), perSecond, tell };
  const report = await scenario.run(run).catch((error: unknown): ChaosReport => {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { rows: [], findings: [], broken: [`it ended early: ${String(error).split("\n")[0]}`] };
  });
  for (const line of report.findings) tell(line);
  for (const line of report.broken) tell(`BROKEN: ${line}`);
  return { scenario, report, skipped: undefined };
}

async function write(path: string, text: string): Promise<void> {
  const before = await readFile(path, "utf8");
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${path} has no lines ${BEGIN} and ${END}`);
  await writeFile(path, `${before.slice(0, from + BEGIN.length)}\n\n${text}\n\n${before.slice(to)}`);
}

async function main(): Promise<number> {
  const options = { seed: { type: "string" }, rate: { type: "string" }, write: { type: "string" } } as const;
  const { values, positionals } = parseArgs({
    options: { ...options, help: { type: "boolean" } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (values.help === true || unknown.length > 0) {
    say(unknown.length === 0 ? HELP : `There is no scenario ${unknown.join(", ")}.\n\n${HELP}`);
    return unknown.length === 0 ? 0 : 2;
  }
  if (!hasOwnNetwork() && withoutOwnNetwork() === undefined) return runInOwnNetwork();
  const seed = values.seed === undefined ? runSeed() : Number(values.seed);
  const rate = Number(values.rate ?? DEFAULT_RATE);
  say(`seed ${seed}`);
  const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const load = loadavg()[0] ?? 0;
  const outcomes: ScenarioOutcome[] = [];
  for (const scenario of chosen) outcomes.push(await runOne(scenario, seed, rate));
  const command = [
    "npm run chaos --",
    ...positionals,
    `--seed ${seed}`,
    ...(rate === DEFAULT_RATE ? [] : [`--rate ${rate}`]),
  ];
  const about = [
    `Made by \`${command.join(" ")}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ` +
      `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), load average ${load.toFixed(1)} ` +
      `before it began; ${rate} messages a second of each account.`,
  ];
  const text = markdownOf(outcomes, about);
  process.stdout.write(`${text}\n`);
  if (values.write !== undefined) await write(values.write, text);
  return outcomes.some(({ report }) => (report?.broken.length ?? 0) > 0) ? 1 : 0;
}

process.exitCode = await main();

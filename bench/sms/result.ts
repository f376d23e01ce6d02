import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine, type Machine } from "../machine.ts";
import { readUsage, type Usage, type Watched } from "./processes.ts";
import { printTable, type Row } from "./table.ts";
import type { RunReport } from "./world.ts";
import type { Spread } from "./timeline.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../../bench/results");

/** CPU time a message and memory of a process. */
export interface Cost {
  readonly cpuMicros: number;
  readonly peakRssMiB: number;
  /** CPU time a message by kind of thread. */
  readonly threads?: Readonly<Record<string, number>>;
}

/** What each process took. */
export type Costs = Readonly<Record<string, Cost>>;

/** A run and what it took. */
export interface Run {
  readonly report: RunReport;
  readonly costs: Costs;
}

/** One line of `bench/results/sms.jsonl`. */
export interface Result {
  readonly at: string;
  readonly what: string;
  readonly machine: Machine;
  readonly options: Readonly<Record<string, unknown>>;
  readonly messagesPerSecond?: number;
  readonly report?: Omit<RunReport, "submittedMs" | "receiptMs">;
  readonly costs?: Costs;
  readonly figures?: Readonly<Record<string, unknown>>;
}

/** Measures what processes use from now until it is asked. */
export function measure(watched: readonly Watched[]): (messages: number) => Costs {
  const before = readUsage(watched);
  return (messages) => {
    const after = readUsage(watched);
    const entries = [...after].map(([name, usage]) => [name, costOf(before.get(name), usage, messages)]);
    return Object.fromEntries(entries) as Costs;
  };
}

function costOf(before: Usage | undefined, after: Usage, messages: number): Cost {
  const micros = (cpuMs: number): number => Math.round((cpuMs * 10_000) / messages) / 10;
  const cost = { cpuMicros: micros(after.cpuMs - (before?.cpuMs ?? 0)), peakRssMiB: after.peakRssMiB };
  if (after.threads === undefined) return cost;
  const threads = [...after.threads].map(([kind, cpuMs]) => [kind, micros(cpuMs - (before?.threads?.get(kind) ?? 0))]);
  return { ...cost, threads: Object.fromEntries(threads) as Record<string, number> };
}

/** What the system under test and its database took, without the load around them. */
export function systemCpuMicros(costs: Costs): number {
  const sum = Object.entries(costs).reduce((all, [name, cost]) => (name === "world" ? all : all + cost.cpuMicros), 0);
  return Math.round(sum * 10) / 10;
}

/** The CPU time of a run as columns: in all, then by process and thread. */
export function costColumns(costs: Costs): Record<string, number> {
  const columns: Record<string, number> = { "CPU µs": systemCpuMicros(costs) };
  for (const [name, { cpuMicros, threads }] of Object.entries(costs)) {
    columns[name] = cpuMicros;
    for (const [kind, micros] of Object.entries(threads ?? {})) columns[`${name}/${kind}`] = micros;
  }
  return columns;
}

/** Messages a second from the first request to the last thing that happened. */
export function rateOf(report: RunReport): number {
  return Math.round((report.accepted * 1_000) / (report.endMs - report.startMs));
}

/** Prints a run: the rate beside the CPU time, the time spans, and whatever went wrong. */
export function printRun(what: string, { report, costs }: Run): void {
  const rates = {
    "messages/s": rateOf(report),
    "accepted/s": report.acceptedPerSecond,
    "receipts/s": report.receiptsPerSecond,
  };
  printTable(`${what}: ${report.accepted} messages, load average ${describeMachine().loadAverage}`, [
    { ...rates, ...costColumns(costs) },
  ]);
  printTable("time spans, ms", spanRows(report));
  const memory = Object.entries(costs).map(([name, cost]) => `${name} ${cost.peakRssMiB} MiB`);
  const told = Object.entries(report.callbacks).map(([status, count]) => `${status} ${count}`);
  console.log(`\n  at most resident: ${memory.join(", ")}; told: ${told.length === 0 ? "nothing" : told.join(", ")}`);
  console.log(`  wrong: ${wrongOf(report)}`);
}

/** What is not as it should be, in words. */
export function wrongOf(report: RunReport): string {
  const counts = {
    "no submit": report.accepted - report.submitted,
    "no receipt": report.accepted - report.receipted,
    "not told all": report.accepted - report.toldAll,
    refused: report.messages - report.accepted,
    "submitted twice": report.duplicateSubmits,
    "told twice": report.duplicateCalls,
    "not signed": report.unsigned,
    throttled: report.throttled,
    strays: report.strays,
  };
  const wrong = Object.entries(counts).filter(([, count]) => count !== 0);
  if (wrong.length === 0) return "nothing";
  const statuses = Object.keys(report.refused).length === 0 ? "" : ` ${JSON.stringify(report.refused)}`;
  return wrong.map(([name, count]) => `${name}: ${count}`).join(", ") + statuses;
}

/** The time spans of a run, a row each. */
export function spanRows(report: RunReport): Row[] {
  const spans = {
    "sent → accepted": report.sentToAccepted,
    "accepted → submit": report.acceptedToSubmit,
    "sent → submit": report.sentToSubmit,
    "accepted → receipt": report.acceptedToReceipt,
    "accepted → told": report.acceptedToCalled,
    "sent → told": report.sentToCalled,
  };
  return Object.entries(spans).flatMap(([span, found]) =>
    found === undefined ? [] : [{ span, ...spanColumns(found) }],
  );
}

function spanColumns({ p50, p99, p999, max }: Spread): Row {
  return { p50, p99, "p99.9": p999, max };
}

/** Collects results and, if asked, adds them to the file that is kept. */
export class Results {
  private readonly isKept: boolean;
  private readonly options: Readonly<Record<string, unknown>>;

  constructor(isKept: boolean, options: Readonly<Record<string, unknown>>) {
    this.isKept = isKept;
    this.options = options;
  }

  async add(result: Pick<Result, "what" | "messagesPerSecond" | "report" | "costs" | "figures">): Promise<void> {
    if (!this.isKept) return;
    const line: Result = { at: new Date().toISOString(), machine: describeMachine(), options: this.options, ...result };
    await mkdir(FOLDER, { recursive: true });
    await appendFile(join(FOLDER, "sms.jsonl"), `${JSON.stringify(line)}\n`);
  }

  async addRun(what: string, { report, costs }: Run): Promise<void> {
    const { submittedMs: _submittedMs, receiptMs: _receiptMs, ...rest } = report;
    await this.add({ what, messagesPerSecond: rateOf(report), report: rest, costs });
  }
}

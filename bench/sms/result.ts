import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine, type Machine } from "../machine.ts";
import { readUsage, type Usage, type Watched } from "./processes.ts";
import type { RunReport } from "./world.ts";
import type { Spread } from "./timeline.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../../bench/results");

/** CPU time a message and memory, by process. */
export type Costs = Readonly<Record<string, { readonly cpuMicros: number; readonly peakRssMiB: number }>>;

/** One line of `bench/results/sms.jsonl`. */
export interface Result {
  readonly at: string;
  readonly what: string;
  readonly machine: Machine;
  readonly options: Readonly<Record<string, unknown>>;
  readonly messagesPerSecond?: number;
  readonly report?: Omit<RunReport, "submittedMs">;
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

function costOf(before: Usage | undefined, after: Usage, messages: number): Costs[string] {
  const cpuMs = after.cpuMs - (before?.cpuMs ?? 0);
  return { cpuMicros: Math.round((cpuMs * 10_000) / messages) / 10, peakRssMiB: after.peakRssMiB };
}

/** Messages a second from the first request to the last thing that happened. */
export function rateOf(report: RunReport): number {
  return Math.round((report.accepted * 1_000) / (report.endMs - report.startMs));
}

/** Prints a run as one row. */
export function printRun(what: string, report: RunReport, costs: Costs): void {
  const cpu = Object.entries(costs).map(([name, cost]) => `${name} ${cost.cpuMicros}`);
  const lost = {
    "no submit": report.accepted - report.submitted,
    "no receipt": report.accepted - report.receipted,
    "no callback": Object.keys(report.callbacks).length === 0 ? 0 : report.accepted - report.called,
    refused: report.messages - report.accepted,
    "submitted twice": report.duplicateSubmits,
    "called back twice": report.duplicateCalls,
    strays: report.strays,
  };
  const wrong = Object.entries(lost).filter(([, count]) => count !== 0);
  console.log(`
${what}: ${rateOf(report)} messages/s end to end (${report.accepted} messages)
  CPU µs/message     ${cpu.join(", ")}
  send → accepted    ${show(report.sentToAccepted)}
  accepted → submit  ${show(report.acceptedToSubmit)}
  send → submit      ${show(report.sentToSubmit)}
  accepted → called  ${show(report.acceptedToCalled)}
  callbacks          ${JSON.stringify(report.callbacks)}
  wrong              ${wrong.length === 0 ? "nothing" : wrong.map(([name, count]) => `${name}: ${count}`).join(", ")}${
    Object.keys(report.refused).length === 0 ? "" : ` ${JSON.stringify(report.refused)}`
  }
  peak RSS MiB       ${Object.entries(costs)
    .map(([name, cost]) => `${name} ${cost.peakRssMiB}`)
    .join(", ")}`);
}

function show(spread: Spread | undefined): string {
  return spread === undefined ? "–" : `p50 ${spread.p50} ms, p99 ${spread.p99} ms, max ${spread.max} ms`;
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

  async addRun(what: string, report: RunReport, costs: Costs): Promise<void> {
    const { submittedMs: _submittedMs, ...rest } = report;
    await this.add({ what, messagesPerSecond: rateOf(report), report: rest, costs });
  }
}

/** Latency at several loads, for every door. */
import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "./options.ts";
import { costColumns, printRun, rateOf, spanRows, wrongOf, type Results, type Run } from "./result.ts";
import { printTable, type Row } from "./table.ts";

/** How a door is measured. */
export interface LatencyInput {
  readonly what: string;
  /** Percent of what the first run reaches. */
  readonly loads: readonly number[];
  readonly options: Pick<BenchOptions, "rate" | "seconds">;
  readonly results: Results;
  /** As fast as it goes. */
  readonly fast: () => Promise<Run>;
  /** An open loop. */
  readonly paced: (perSecond: number, count: number) => Promise<Run>;
}

/** Finds what can be reached, runs an open loop at each load, and prints the spans of all beside each other. */
export async function latencyTable(input: LatencyInput): Promise<void> {
  const { what, loads, options, results } = input;
  const first = await input.fast();
  printRun(`${what}, as fast as it goes`, first);
  await results.addRun(`${what}, as fast as it goes`, first);
  const full = options.rate ?? rateOf(first.report);
  const rates: Row[] = [];
  const spans: Row[] = [];
  for (const load of loads) {
    const perSecond = Math.max(1, Math.floor((full * load) / 100));
    const { loadAverage } = describeMachine();
    const run = await input.paced(perSecond, perSecond * options.seconds);
    await results.addRun(`${what}, open loop at ${load} %, ${perSecond}/s`, run);
    const { report } = run;
    rates.push({
      load: `${load} %`,
      "asked/s": perSecond,
      "reached/s": rateOf(report),
      "machine's load": loadAverage,
      wrong: wrongOf(report),
      ...costColumns(run.costs),
    });
    spans.push(...spanRows(report).map((row) => ({ load: `${load} %`, ...row })));
    console.log(`  ${load} %: ${perSecond}/s for ${options.seconds} s is done`);
  }
  printTable(`${what}: loads of ${full} messages/s; CPU µs a message`, rates);
  printTable(`${what}: ms; “sent” is when it was due`, spans);
}

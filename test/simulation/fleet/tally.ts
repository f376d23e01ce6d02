import type { Plan } from "./geography.ts";
import { LANES, type Journal } from "./journal.ts";
import { FlowNetwork } from "./oracle.ts";
import { ratesOf } from "./outside-carrier.ts";

/** A message counts as delivered when its receipt is durable within this time of being asked for. */
export const IN_TIME_MS = 5_000;

/** A stretch of the run. */
export interface Phase {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Carriers that take nothing in it. */
  readonly dead: ReadonlySet<number>;
  readonly breakerOpenings: number;
  /** Which messages count; all where absent. */
  readonly counts?: (serial: number) => boolean;
}

/** What a phase came to. */
export interface Sum {
  readonly name: string;
  readonly offered: number;
  /** Share of what was offered that the routes could carry. */
  readonly routable: number;
  /** Messages that a carrier had when it failed. */
  readonly stranded: number;
  readonly inTime: number;
  /** Share of what other routes could carry that was delivered in time, at most 1. */
  readonly share: number;
  /** As `share`, by lane, without the oracle. */
  readonly byLane: readonly number[];
  readonly quantilesMs: readonly number[];
  /** The wait before a carrier is given it, of which 99 % stay below, by lane. */
  readonly waitsMs: readonly number[];
  readonly retryRatio: number;
  readonly throttles: number;
  readonly doubles: number;
  readonly unknown: number;
  /** Of the carriers that live: mean, and the fullest. */
  readonly utilisation: readonly [mean: number, most: number];
  readonly breakerOpenings: number;
  /** Share of the messages that another carrier took than the usual one. */
  readonly moved: number;
}

const QUANTILES = [0.5, 0.99, 0.999];

/** Adds up a phase: every message that was asked for in it, whenever it was delivered. */
export function sumUp(journal: Journal, plan: Plan, phase: Phase): Sum {
  const times: number[][] = LANES.map(() => []);
  const waits: number[][] = LANES.map(() => []);
  const offered = LANES.map(() => 0);
  const good = LANES.map(() => 0);
  const taken = new Float64Array(plan.carriers.length);
  const demand = new Map<string, number>();
  const sums = { stranded: 0, retries: 0, throttles: 0, doubles: 0, unknown: 0, moved: 0 };
  for (let serial = 0; serial < journal.count; serial += 1) {
    const dueMs = journal.dueMs[serial] as number;
    if (dueMs < phase.fromMs || dueMs >= phase.toMs || phase.counts?.(serial) === false) continue;
    const lane = journal.lane[serial] as number;
    const key = `${journal.cell[serial]}|${journal.country[serial]}`;
    demand.set(key, (demand.get(key) ?? 0) + 1);
    offered[lane] = (offered[lane] as number) + 1;
    sums.retries += journal.retries[serial] as number;
    sums.throttles += journal.throttles[serial] as number;
    if ((journal.takes[serial] as number) > 1) sums.doubles += 1;
    if (journal.isUnknown(serial)) sums.unknown += 1;
    const taker = journal.taker[serial] as number;
    if (taker >= 0) taken[taker] = (taken[taker] as number) + 1;
    if (taker !== journal.usual[serial]) sums.moved += 1;
    if (journal.isStranded[serial] === 1) {
      sums.stranded += 1;
      continue;
    }
    const deliveredMs = journal.deliveredMs[serial] as number;
    const tookMs = deliveredMs < 0 ? Infinity : deliveredMs - dueMs;
    (times[lane] as number[]).push(tookMs);
    const submittedMs = journal.submittedMs[serial] as number;
    (waits[lane] as number[]).push(submittedMs < 0 ? Infinity : submittedMs - dueMs);
    if (tookMs <= IN_TIME_MS) good[lane] = (good[lane] as number) + 1;
  }
  const seconds = (phase.toMs - phase.fromMs) / 1_000;
  const total = add(offered);
  const carriable = total - sums.stranded;
  const routable = total === 0 ? 1 : greatestShare(plan, demand, { seconds, dead: phase.dead });
  const all = times.flat().toSorted((a, b) => a - b);
  return {
    name: phase.name,
    offered: total,
    routable,
    stranded: sums.stranded,
    inTime: add(good),
    share: Math.min(1, add(good) / (carriable * routable)),
    byLane: good.map((count, lane) => count / (times[lane] as number[]).length),
    quantilesMs: QUANTILES.map((fraction) => quantile(all, fraction)),
    waitsMs: waits.map((list) =>
      quantile(
        list.toSorted((a, b) => a - b),
        0.99,
      ),
    ),
    retryRatio: sums.retries / total,
    throttles: sums.throttles,
    doubles: sums.doubles,
    unknown: sums.unknown,
    utilisation: utilisationOf(plan, taken, { seconds, dead: phase.dead }),
    breakerOpenings: phase.breakerOpenings,
    moved: sums.moved / total,
  };
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

interface Stretch {
  readonly seconds: number;
  readonly dead: ReadonlySet<number>;
}

function utilisationOf(plan: Plan, taken: Float64Array, { seconds, dead }: Stretch): readonly [number, number] {
  const alive = plan.carriers.filter(({ index }) => !dead.has(index));
  const full = alive.map(({ index, perSecond }) => (taken[index] as number) / (perSecond * seconds));
  return [add(full) / full.length, Math.max(...full)];
}

/**
 * The share of the demand that carriers alive could take, if whoever routes knew everything
 * at once: what each cell has for each country flows over the rates that the cell has with
 * its carriers, and over what each carrier takes in all.
 */
function greatestShare(plan: Plan, demand: ReadonlyMap<string, number>, { seconds, dead }: Stretch): number {
  const network = new FlowNetwork();
  const source = network.place();
  const sink = network.place();
  const carriers = plan.carriers.map(({ index, perSecond }) => {
    const place = network.place();
    network.pipe(place, sink, dead.has(index) ? 0 : perSecond * seconds);
    return place;
  });
  const lanes = new Map<string, number>();
  const laneOf = (cell: number, carrier: number): number => {
    const key = `${cell}|${carrier}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lanes.set(key, (lane = network.place()));
      network.pipe(
        lane,
        carriers[carrier] as number,
        ratesOf(plan.carriers[carrier] as Plan["carriers"][number]) * seconds,
      );
    }
    return lane;
  };
  const world = plan.carriers.filter(({ country }) => country === undefined).map(({ index }) => index);
  let total = 0;
  for (const [key, messages] of demand) {
    const [cell = 0, country = 0] = key.split("|").map(Number);
    const home = plan.countries[country] as Plan["countries"][number];
    const place = network.place();
    network.pipe(source, place, messages);
    total += messages;
    const own = home.cells.includes(cell) ? home.carriers : [];
    for (const carrier of [...own, ...world]) network.pipe(place, laneOf(cell, carrier), messages);
  }
  return network.greatest(source, sink) / total;
}

/** The sums as lines of a table. */
export function tableLines(sums: readonly Sum[]): string[] {
  const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;
  const rows: readonly (readonly [string, (sum: Sum) => string])[] = [
    ["offered", ({ offered }) => String(offered)],
    ["routable, says the oracle", ({ routable }) => percent(routable)],
    ["stranded in a failed carrier", ({ stranded }) => String(stranded)],
    ["delivered in 5 s, of the rest", ({ share }) => percent(share, 3)],
    ["  urgent", ({ byLane }) => percent(byLane[0] ?? 0, 3)],
    ["  transactional", ({ byLane }) => percent(byLane[1] ?? 0, 3)],
    ["  marketing", ({ byLane }) => percent(byLane[2] ?? 0, 3)],
    ["time p50 / p99 / p99.9, ms", ({ quantilesMs }) => quantilesMs.join(" / ")],
    ["wait for a carrier, p99 by lane, ms", ({ waitsMs }) => waitsMs.join(" / ")],
    ["retries / fresh", ({ retryRatio }) => percent(retryRatio)],
    ["throttled", ({ throttles }) => String(throttles)],
    ["taken twice", ({ doubles }) => String(doubles)],
    ["unknown when the run ended", ({ unknown }) => String(unknown)],
    ["carriers full, mean / most", ({ utilisation: [mean, most] }) => `${percent(mean, 0)} / ${percent(most, 0)}`],
    ["breakers opened", ({ breakerOpenings }) => String(breakerOpenings)],
    ["moved to other carriers", ({ moved }) => percent(moved, 1)],
  ];
  const cells = [["", ...sums.map(({ name }) => name)], ...rows.map(([name, show]) => [name, ...sums.map(show)])];
  const widths = (cells[0] as string[]).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join(" | "),
  );
}

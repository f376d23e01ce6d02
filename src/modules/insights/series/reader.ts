import { METRIC_KINDS, type Dimension, type SeriesAnswer, type SeriesQuery, type SeriesReader } from "../query.ts";
import type { ApiCounts, Rollups } from "../rollups/index.ts";
import type { SeriesGroup } from "../../../protocols/sketches/index.ts";
import { collectApi } from "./collect-api.ts";
import { collectCounts } from "./collect-counts.ts";
import { collectSketches } from "./collect-sketches.ts";
import type { CellNames } from "./dimension-texts.ts";
import { planQuery, type Plan } from "./plan.ts";

/** What series are read from. */
export interface ReaderDeps {
  readonly rollups: Rollups;
  readonly api: ApiCounts;
  readonly names: CellNames;
}

/** Reads series from the rollups of this cell. */
export class RollupReader implements SeriesReader {
  private readonly deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.deps = deps;
  }

  read(query: SeriesQuery): SeriesAnswer {
    const plan = planQuery(query);
    const { metric, by, startMs, stepMs, points } = plan;
    const kind = METRIC_KINDS[metric];
    const groups = this.isElsewhere(plan) ? [] : this.collect(plan);
    const { rollups, api } = this.deps;
    return {
      metric,
      by,
      kind,
      startMs,
      stepMs,
      points,
      groups,
      ...roomIn(rollups, plan),
      revision: rollups.folds + api.taken,
    };
  }

  private collect(plan: Plan): SeriesGroup[] {
    const { rollups, api, names } = this.deps;
    if (plan.metric === "api_requests" || plan.metric === "availability") return collectApi(api, plan, names);
    const kind = METRIC_KINDS[plan.metric];
    if (kind === "count" || kind === "rate") return collectCounts(rollups, plan, names);
    return collectSketches(rollups, plan, names);
  }

  /** A filter on the cell or its tier that this cell does not pass. */
  private isElsewhere({ filter, metric }: Plan): boolean {
    const { names } = this.deps;
    const ofApi = metric === "api_requests" || metric === "availability";
    return filter.some(([dimension, values]) => {
      if (dimension === "cell") return !values.includes(names.cell);
      return dimension === "tier" && !ofApi && !values.includes(names.tier);
    });
  }
}

/** From which coarseness on a dimension is not told apart. */
const LOST_AT: Partial<Readonly<Record<Dimension, number>>> = {
  sender: 1,
  account: 2,
  country: 3,
  error: 3,
  carrier: 4,
};

/** What could not be kept apart in the range. */
function roomIn(rollups: Rollups, plan: Plan): Pick<SeriesAnswer, "overflow" | "completeFromMs"> {
  const { level, startMs, endMs, accounts, by, filter } = plan;
  const of = rollups.level(level);
  const named: Dimension[] = [...by, ...filter.map(([dimension]) => dimension), ...(accounts === "all" ? [] : OWN)];
  const finest = Math.min(...named.map((dimension) => LOST_AT[dimension] ?? Infinity));
  let overflow = 0;
  let completeFromMs = startMs;
  for (let at = of.indexOf(startMs); at < of.bins.length; at += 1) {
    const bin = of.bins[at];
    if (bin === undefined || bin.startMs >= endMs) break;
    overflow += bin.overflow;
    if (bin.coarseness >= finest) completeFromMs = bin.startMs + of.terms.binMs;
  }
  for (let number = level; number >= 0; number -= 1) {
    const { open } = rollups.level(number);
    if (open.startMs >= startMs && open.startMs < endMs) overflow += open.overflow;
  }
  return { overflow, completeFromMs: Math.max(completeFromMs, Math.min(of.droppedToMs, endMs)) };
}

const OWN: readonly Dimension[] = ["account"];

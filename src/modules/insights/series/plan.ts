import { AppError } from "../../../kernel/errors.ts";
import { insightErrors } from "../errors.ts";
import {
  dimensionsOf,
  MAX_BY,
  MAX_FILTER_VALUES,
  MAX_GROUPS,
  MAX_LATENCY_VALUES,
  MAX_POINTS,
  MAX_UNIQUES_VALUES,
  MAX_VALUES,
  METRIC_KINDS,
  type Dimension,
  type Metric,
  type SeriesQuery,
} from "../query.ts";
import { LEVELS } from "../rollups/index.ts";

const DEFAULT_TOP = 10;
const FINEST_MS = 10_000;
const UNIQUES_LEVEL = 1;

/** A question that makes sense, and how it is answered. */
export interface Plan {
  readonly metric: Metric;
  readonly accounts: readonly string[] | "all";
  readonly by: readonly Dimension[];
  readonly filter: readonly (readonly [Dimension, readonly string[]])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly points: number;
  readonly top: number;
  /** The number of the level that is read. */
  readonly level: number;
}

/** Checks a question. Throws an `AppError` for one that makes no sense, or that would cost too much. */
export function planQuery(query: SeriesQuery): Plan {
  const { metric, startMs, endMs, stepMs, accounts, top = DEFAULT_TOP } = query;
  const refuse = (reason: string): never => {
    throw new AppError(insightErrors.badQuery, { reason });
  };
  const by = groupedBy(query);
  const filter = Object.entries(query.filter ?? {}) as [Dimension, readonly string[]][];
  const known = dimensionsOf(metric);
  const strange = [...by, ...filter.map(([dimension]) => dimension)].find((each) => !known.includes(each));
  if (strange !== undefined) refuse(`${metric} is not counted by ${strange}`);
  if (by.length > MAX_BY) refuse(`it can be grouped by ${MAX_BY} dimensions at most`);
  if (filter.some(([, values]) => values.length > MAX_FILTER_VALUES)) {
    refuse(`a filter can have ${MAX_FILTER_VALUES} values at most`);
  }
  for (const ms of [startMs, stepMs]) {
    if (!Number.isSafeInteger(ms) || ms < 0 || ms % FINEST_MS !== 0) refuse("start and step are whole tens of seconds");
  }
  if (stepMs === 0 || !Number.isSafeInteger(endMs) || endMs <= startMs) refuse("it ends before it begins");
  const points = Math.ceil((endMs - startMs) / stepMs);
  if (points > MAX_POINTS) refuse(`it has more than ${MAX_POINTS} points; ask for a longer step`);
  if (!Number.isInteger(top) || top < 1 || top > MAX_GROUPS) refuse(`it can have 1 to ${MAX_GROUPS} groups`);
  const kind = METRIC_KINDS[metric];
  const groups = by.length === 0 ? 1 : top + 1;
  const most = kind === "latency" ? MAX_LATENCY_VALUES : kind === "uniques" ? MAX_UNIQUES_VALUES : MAX_VALUES;
  if (points * groups > most) refuse(`it has more than ${most} values; ask for a longer step, or fewer groups`);
  const level = LEVELS.findLastIndex(({ binMs }) => startMs % binMs === 0 && stepMs % binMs === 0);
  if (kind === "uniques" && level < UNIQUES_LEVEL) refuse("different recipients are counted by whole minutes");
  return { metric, accounts, by, filter, startMs, endMs: startMs + points * stepMs, stepMs, points, top, level };
}

/** Prices of different currencies do not add up: they are always kept apart. */
function groupedBy({ metric, by = [], filter = {} }: SeriesQuery): readonly Dimension[] {
  const isOneCurrency = by.includes("currency") || filter.currency?.length === 1;
  return metric === "price" && !isOneCurrency ? [...by, "currency"] : by;
}

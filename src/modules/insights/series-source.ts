import { AppError } from "../../kernel/errors.ts";
import type { LiveAnswer, LiveQuestion, LiveScope, LiveSource } from "../../platform/live/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { AccountsInView } from "./accounts-in-view.ts";
import { insightErrors } from "./errors.ts";
import { refuseCarriers } from "./operator-dimensions.ts";
import {
  DIMENSIONS,
  MAX_GROUPS,
  METRICS,
  type Dimension,
  type Metric,
  type SeriesAnswer,
  type SeriesFilter,
  type SeriesReader,
} from "./query.ts";
import type { ApiCounts, Rollups } from "./rollups/index.ts";

/** What a browser asks: a range that ends now. */
export interface LiveSeriesQuery {
  readonly metric: Metric;
  readonly by?: readonly Dimension[];
  readonly filter?: SeriesFilter;
  /** How far it reaches back; a multiple of the step. An hour unless told. */
  readonly rangeMs?: number;
  /** A multiple of 10 s; 10 s unless told. */
  readonly stepMs?: number;
  /** Groups that the first answer has, the largest; later ones have up to 50 of the points that changed. */
  readonly top?: number;
}

/**
 * What a browser is told: points that stand in place of those that it has of this cell, for the same times.
 * The first item of a subscription has the whole range.
 */
export interface LiveSeriesItem extends SeriesAnswer {
  readonly isWhole: boolean;
}

/** What the source reads. */
export interface SeriesSourceDeps {
  readonly reader: SeriesReader;
  readonly rollups: Rollups;
  readonly api: ApiCounts;
  readonly inView: AccountsInView;
  readonly isOperator: (accountSid: string) => boolean;
  readonly clock: Pick<Clock, "nowMs">;
}

const HOUR_MS = 3_600_000;
const BIN_MS = 10_000;
const MAX_TEXT = 128;
const API_METRICS: readonly Metric[] = ["api_requests", "availability"];

/** The live source `series`: the whole range first, then the points that changed, and nothing while none does. */
export function seriesSource(deps: SeriesSourceDeps): LiveSource {
  return {
    topic: "series",
    ask: (question) => ask(deps, question),
  };
}

/** Where a subscription stands: what was counted when it was answered last, and when that was. */
interface Cursor {
  readonly folds: number;
  readonly taken: number;
  readonly openMs: number;
  readonly accounts: number;
}

function ask(deps: SeriesSourceDeps, { query: asked, cursor: text, scope }: LiveQuestion): LiveAnswer {
  const query = readQuery(asked);
  // Nobody but people of the operator's account is given everything; who watches comes from the console, never with a key.
  if (!scope.everything && !deps.isOperator(scope.accountSid)) refuseCarriers(query.by ?? [], query.filter ?? {});
  const accounts = accountsOf(deps, scope, query.metric);
  const { rangeMs = HOUR_MS, stepMs = BIN_MS, ...rest } = query;
  if (!(stepMs > 0 && rangeMs >= stepMs)) throw bad("the range has no step");
  const openMs = deps.rollups.level(0).open.startMs;
  const { folds } = deps.rollups;
  const { taken } = deps.api;
  const now: Cursor = { folds, taken, openMs, accounts: accounts === "all" ? 0 : accounts.length };
  const cursor = [now.folds, now.taken, now.openMs, now.accounts].join(".");
  const before = readCursor(text);
  const endMs = floor(Math.max(deps.clock.nowMs(), openMs), stepMs) + stepMs;
  const startMs = endMs - Math.ceil(rangeMs / stepMs) * stepMs;
  const isWhole = before === undefined || before.accounts !== now.accounts || before.folds > folds;
  const changedMs = isWhole ? startMs : changedSince(deps, query.metric, before);
  if (changedMs === undefined) return { cursor, items: [] };
  const fromMs = Math.max(startMs, floor(changedMs, stepMs));
  const range = { accounts, startMs: fromMs, endMs, stepMs };
  const answer = deps.reader.read(isWhole ? { ...rest, ...range } : { ...rest, ...range, top: MAX_GROUPS });
  const item: LiveSeriesItem = { ...answer, isWhole };
  return { cursor, items: [item] };
}

/** From when on something may have changed; `undefined` where nothing did. Only the bin that is counted in changes. */
function changedSince({ rollups, api }: SeriesSourceDeps, metric: Metric, before: Cursor): number | undefined {
  if (API_METRICS.includes(metric)) return api.changedSince(before.taken);
  return before.folds === rollups.folds ? undefined : before.openMs;
}

function accountsOf(
  deps: SeriesSourceDeps,
  { everything, accountSid }: LiveScope,
  metric: Metric,
): readonly string[] | "all" {
  if (everything) return "all";
  if (API_METRICS.includes(metric)) throw new AppError(insightErrors.operatorOnly, { what: metric });
  return deps.inView.now(accountSid);
}

function floor(ms: number, stepMs: number): number {
  return ms - (ms % stepMs);
}

function readCursor(text: string | undefined): Cursor | undefined {
  const [folds, taken, openMs, accounts] = (text ?? "").split(".").map(Number);
  if (folds === undefined || taken === undefined || openMs === undefined || accounts === undefined) return undefined;
  return { folds, taken, openMs, accounts };
}

function bad(reason: string): AppError {
  return new AppError(insightErrors.badQuery, { reason });
}

/** Checks the shape of what a browser sent; what it means is checked where it is read. */
function readQuery(asked: unknown): LiveSeriesQuery {
  if (typeof asked !== "object" || asked === null) throw bad("the query is no object");
  const { metric, by = [], filter = {}, rangeMs, stepMs, top } = asked as Record<string, unknown>;
  if (typeof metric !== "string" || !METRICS.includes(metric as Metric)) throw bad("its metric is not known");
  if (!Array.isArray(by) || !by.every(isDimension)) throw bad("it is grouped by what is not known");
  for (const [name, value] of Object.entries({ rangeMs, stepMs, top })) {
    if (value !== undefined && !Number.isSafeInteger(value)) throw bad(`${name} is no whole number`);
  }
  return {
    metric: metric as Metric,
    by,
    filter: readFilter(filter),
    ...(rangeMs === undefined ? {} : { rangeMs: rangeMs as number }),
    ...(stepMs === undefined ? {} : { stepMs: stepMs as number }),
    ...(top === undefined ? {} : { top: top as number }),
  };
}

function readFilter(filter: unknown): SeriesFilter {
  if (typeof filter !== "object" || filter === null) throw bad("the filter is no object");
  for (const [dimension, values] of Object.entries(filter)) {
    const isList =
      Array.isArray(values) && values.every((value) => typeof value === "string" && value.length <= MAX_TEXT);
    if (!isDimension(dimension) || !isList) throw bad("a filter names no dimension, or no texts");
  }
  return filter;
}

function isDimension(name: unknown): name is Dimension {
  return DIMENSIONS.includes(name as Dimension);
}

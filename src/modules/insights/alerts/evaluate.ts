import { pointValue, type SeriesGroup, type SeriesPiece } from "../../../protocols/sketches/index.ts";
import { METRIC_KINDS, type Metric, type SeriesQuery } from "../query.ts";
import type { AbsenceCondition, AlertRule, BurnRateCondition, ThresholdCondition } from "./alert-rule.ts";

const BIN_MS = 10_000;
const MINUTE_MS = 60_000;
/** Above this, whole minutes are read: a tenth of a per cent of accuracy for a sixth of the work. */
const MAX_FINE_SPAN_MS = 10 * MINUTE_MS;

/** What a rule says of one moment. */
export interface Verdict {
  readonly state: "ok" | "pending" | "firing";
  /** What was measured; `null` where there was nothing to measure. */
  readonly value: number | null;
  /** What it is compared with. */
  readonly limit: number;
}

/** What has to be read to judge a rule at a moment. Only whole intervals that are over are read. */
export function questionsOf(rule: AlertRule, nowMs: number): readonly SeriesQuery[] {
  const { condition } = rule;
  switch (condition.kind) {
    case "threshold":
      return [question(rule, nowMs, { stepMs: condition.intervalMs, points: condition.of })];
    case "burn-rate":
      return [
        question(rule, nowMs, { stepMs: condition.longMs, points: 1 }),
        question(rule, nowMs, { stepMs: condition.shortMs, points: 1 }),
      ];
    case "absence":
      return [question(rule, nowMs, { stepMs: condition.forMs, points: 1 })];
  }
}

function question(
  rule: AlertRule,
  nowMs: number,
  { stepMs, points }: { readonly stepMs: number; readonly points: number },
): SeriesQuery {
  const spanMs = stepMs * points;
  const alignMs = spanMs <= MAX_FINE_SPAN_MS || stepMs % MINUTE_MS !== 0 ? BIN_MS : MINUTE_MS;
  const endMs = nowMs - (nowMs % alignMs);
  const accounts = rule.scope === "all" ? "all" : [rule.accountSid];
  return { metric: rule.metric, accounts, filter: rule.filter, startMs: endMs - spanMs, endMs, stepMs, top: 1 };
}

/** An answer; with `completeFromMs` of {@link SeriesAnswer} where it is one. */
export type JudgedPiece = SeriesPiece & { readonly completeFromMs?: number };

/** Whether the answers tell enough: where little is bad, what is not kept apart any more would look like nothing. */
export function tellEnough({ condition }: AlertRule, pieces: readonly JudgedPiece[]): boolean {
  const isLittleBad =
    condition.kind === "absence" || (condition.kind === "threshold" && condition.comparison === "below");
  return !isLittleBad || pieces.every(({ startMs, completeFromMs = startMs }) => completeFromMs <= startMs);
}

/** Judges a rule by the answers to its questions. A rule that fires goes on a little longer, so that it does not flutter. */
export function judge(rule: AlertRule, pieces: readonly SeriesPiece[], nowMs: number, isFiring: boolean): Verdict {
  const { condition, metric } = rule;
  const [first, second] = pieces;
  switch (condition.kind) {
    case "threshold":
      return judgeThreshold(condition, metric, first, isFiring);
    case "burn-rate":
      return judgeBurnRate(condition, metric, first, second);
    case "absence":
      return judgeAbsence(condition, first, nowMs - rule.createdMs);
  }
}

/** The one line of a series that is grouped by nothing; an empty one where there is nothing in it. */
function lineOf(piece: SeriesPiece | undefined): SeriesGroup {
  return piece?.groups[0] ?? { key: [] };
}

function valueAt(metric: Metric, line: SeriesGroup, point: number, quantile: number): number | null {
  const isEmpty = line.counts === undefined && line.sketches === undefined;
  if (isEmpty) return METRIC_KINDS[metric] === "count" || METRIC_KINDS[metric] === "uniques" ? 0 : null;
  const value = pointValue(line, point, quantile);
  return value === null && METRIC_KINDS[metric] === "uniques" ? 0 : value;
}

function judgeThreshold(
  condition: ThresholdCondition,
  metric: Metric,
  piece: SeriesPiece | undefined,
  isFiring: boolean,
): Verdict {
  const { comparison, needed, of, quantile, limit } = condition;
  const line = lineOf(piece);
  const bound = isFiring ? condition.resolveLimit : limit;
  let bad = 0;
  let value: number | null = null;
  for (let point = 0; point < of; point += 1) {
    value = valueAt(metric, line, point, quantile);
    if (value !== null && (comparison === "above" ? value > bound : value < bound)) bad += 1;
  }
  const state = bad >= needed ? "firing" : bad > 0 ? "pending" : "ok";
  return { state, value, limit };
}

/** How many times as fast as allowed the error budget is used up; `null` where nothing happened. */
function burnOf({ target }: BurnRateCondition, metric: Metric, piece: SeriesPiece | undefined): number | null {
  const share = valueAt(metric, lineOf(piece), 0, 0);
  if (share === null) return null;
  // A share of failures; all others are shares of what went well.
  const failed = metric === "failed_rate" ? share : 1 - share;
  return failed / (1 - target);
}

function judgeBurnRate(
  condition: BurnRateCondition,
  metric: Metric,
  long: SeriesPiece | undefined,
  short: SeriesPiece | undefined,
): Verdict {
  const { factor } = condition;
  const longBurn = burnOf(condition, metric, long) ?? 0;
  const shortBurn = burnOf(condition, metric, short);
  const isShort = (shortBurn ?? 0) >= factor;
  const state = isShort && longBurn >= factor ? "firing" : isShort ? "pending" : "ok";
  return { state, value: shortBurn, limit: factor };
}

function judgeAbsence({ forMs }: AbsenceCondition, piece: SeriesPiece | undefined, ageMs: number): Verdict {
  const value = valueAt("messages", lineOf(piece), 0, 0) ?? 0;
  // A rule that is younger than what it asks for has not seen enough.
  return { state: value === 0 && ageMs >= forMs ? "firing" : "ok", value, limit: 0 };
}

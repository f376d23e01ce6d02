import { AppError } from "../../../kernel/errors.ts";
import { refuseCarriers } from "../operator-dimensions.ts";
import {
  dimensionsOf,
  MAX_FILTER_VALUES,
  METRIC_KINDS,
  type Dimension,
  type Metric,
  type SeriesFilter,
} from "../query.ts";
import type { AlertCondition } from "./alert-rule.ts";
import { alertRuleErrors } from "./errors.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The rollups keep minutes for two days; what is looked back at must lie well within them. */
const MAX_SPAN_MS = 40 * HOUR_MS;
const MAX_INTERVALS = 60;

/** Everything that a condition of any kind can be made of; durations in seconds, as they are asked for. */
export interface ConditionSettings {
  readonly kind: AlertCondition["kind"];
  readonly comparison: "above" | "below";
  readonly threshold: number | undefined;
  readonly resolveThreshold: number | undefined;
  readonly intervalS: number;
  readonly needed: number;
  readonly of: number;
  readonly quantile: number;
  readonly target: number | undefined;
  readonly factor: number;
  readonly longS: number;
  readonly shortS: number;
  readonly forS: number;
}

/** What is not said. The burn rate is that of a budget of 30 days of which 2 % go within an hour. */
export const USUAL_CONDITION: Omit<ConditionSettings, "kind"> = {
  comparison: "above",
  threshold: undefined,
  resolveThreshold: undefined,
  intervalS: 60,
  needed: 3,
  of: 5,
  quantile: 0.95,
  target: undefined,
  factor: 14.4,
  longS: 3_600,
  shortS: 300,
  forS: 900,
};

/** Makes a condition of what was asked for, or throws what is wrong with it. */
export function readCondition(settings: ConditionSettings, metric: Metric): AlertCondition {
  if (settings.kind === "threshold") return readThreshold(settings);
  return settings.kind === "absence" ? readAbsence(settings, metric) : readBurnRate(settings, metric);
}

function readThreshold(settings: ConditionSettings): AlertCondition {
  const { comparison, threshold: limit, resolveThreshold: resolveLimit = limit, needed, of, quantile } = settings;
  if (limit === undefined || resolveLimit === undefined) throw invalid("a threshold rule needs Threshold");
  const isBeyond = comparison === "above" ? resolveLimit > limit : resolveLimit < limit;
  if (isBeyond) throw invalid("ResolveThreshold lies on the bad side of Threshold");
  if (needed > of || of > MAX_INTERVALS)
    throw invalid(`Intervals must be at least NeededIntervals and at most ${MAX_INTERVALS}`);
  const intervalMs = stepOf(settings.intervalS, "Interval");
  if (intervalMs * of > MAX_SPAN_MS) throw invalid("all intervals together are longer than 40 hours");
  return { kind: "threshold", comparison, limit, resolveLimit, intervalMs, needed, of, quantile };
}

function readBurnRate(settings: ConditionSettings, metric: Metric): AlertCondition {
  const { target, factor } = settings;
  if (METRIC_KINDS[metric] !== "rate") throw invalid(`a burn rate is of a rate; ${metric} is none`);
  if (target === undefined) throw invalid("a burn rate rule needs Target");
  const longMs = stepOf(settings.longS, "LongWindow");
  const shortMs = stepOf(settings.shortS, "ShortWindow");
  if (shortMs >= longMs) throw invalid("ShortWindow must be shorter than LongWindow");
  if (longMs > MAX_SPAN_MS) throw invalid("LongWindow is longer than 40 hours");
  // Nothing could be as bad as that.
  if (factor * (1 - target) > 1) throw invalid("so much cannot be used up: Factor times (1 - Target) is above 1");
  return { kind: "burn-rate", target, factor, longMs, shortMs };
}

function readAbsence(settings: ConditionSettings, metric: Metric): AlertCondition {
  if (METRIC_KINDS[metric] !== "count") throw invalid(`absence is of a count; ${metric} is none`);
  const forMs = stepOf(settings.forS, "AbsentFor");
  if (forMs > MAX_SPAN_MS) throw invalid("AbsentFor is longer than 40 hours");
  if (forMs < MINUTE_MS) throw invalid("AbsentFor is shorter than a minute");
  return { kind: "absence", forMs };
}

/** Series have points of tens of seconds. */
function stepOf(seconds: number, name: string): number {
  if (seconds < 10 || seconds % 10 !== 0) throw invalid(`${name} must be a multiple of 10 seconds`);
  return seconds * 1_000;
}

/** The settings that a condition was made of. */
export function settingsOf(condition: AlertCondition): ConditionSettings {
  const usual = { ...USUAL_CONDITION, kind: condition.kind };
  switch (condition.kind) {
    case "threshold": {
      const { comparison, limit, resolveLimit, intervalMs, needed, of, quantile } = condition;
      const intervalS = intervalMs / 1_000;
      return {
        ...usual,
        comparison,
        threshold: limit,
        resolveThreshold: resolveLimit,
        intervalS,
        needed,
        of,
        quantile,
      };
    }
    case "burn-rate": {
      const { target, factor, longMs, shortMs } = condition;
      return { ...usual, target, factor, longS: longMs / 1_000, shortS: shortMs / 1_000 };
    }
    case "absence":
      return { ...usual, forS: condition.forMs / 1_000 };
  }
}

/** Reads `Filter.<dimension>=a,b`. Carriers are the operator's. */
export function readFilter(
  given: Readonly<Record<string, string>>,
  metric: Metric,
  { scope, isOperators }: { readonly scope: "account" | "all"; readonly isOperators: boolean },
): SeriesFilter {
  const known = dimensionsOf(metric);
  const filter: Partial<Record<Dimension, readonly string[]>> = {};
  for (const [name, text] of Object.entries(given)) {
    const dimension = known.find((each) => each === name.toLowerCase());
    if (dimension === undefined) throw invalid(`${metric} is filtered by ${known.join(", ")}, not by ${name}`);
    if (dimension === "account" && scope !== "all") throw invalid("a rule of an account is of that account");
    const values = text.split(",").map((value) => value.trim());
    if (values.length > MAX_FILTER_VALUES) throw invalid(`Filter.${name} has more than ${MAX_FILTER_VALUES} values`);
    filter[dimension] = values;
  }
  if (!isOperators) refuseCarriers([], filter);
  return filter;
}

function invalid(reason: string): AppError {
  return new AppError(alertRuleErrors.ruleInvalid, { reason });
}

import type { Metric } from "../query.ts";
import { words } from "../rollups/index.ts";
import type { Plan } from "./plan.ts";

const { DELIVERED, FAILED, UNDELIVERED } = words;

/** What a row adds to a point. */
export interface CountRule {
  /** Rows with one of these phases count; 0 for all. */
  readonly phases: number;
  /** Of what the number is made. */
  readonly value: "count" | "segments" | "price";
  /** Of rates, which are of what went out: the statuses that they are of, and which are good, as bits; and the phases that those need. */
  readonly good?: { readonly of: number; readonly statuses: number; readonly phases: number };
}

/** How a metric is counted. */
export function ruleOf({ metric, by, filter }: Plan): CountRule {
  const good = GOOD[metric];
  if (good !== undefined) return { phases: 0, value: "count", good };
  const value = metric === "segments" || metric === "price" ? metric : "count";
  const named = new Set([...by, ...filter.map(([dimension]) => dimension)]);
  // Every change has its status, and its row counts there; otherwise a message counts once.
  if (named.has("status")) return { phases: 0, value };
  // Which carrier takes it, what went wrong and what it costs is not known before it leaves.
  const isLate = metric === "price" || named.has("carrier") || named.has("error");
  return { phases: isLate ? words.LEFT : words.BEGUN, value };
}

const bad = (1 << UNDELIVERED) | (1 << FAILED);
const of = bad | (1 << DELIVERED);
const GOOD: Partial<Readonly<Record<Metric, NonNullable<CountRule["good"]>>>> = {
  delivered_rate: { of, statuses: 1 << DELIVERED, phases: 0 },
  failed_rate: { of, statuses: bad, phases: 0 },
  within_5s: { of, statuses: 1 << DELIVERED, phases: words.FAST },
};

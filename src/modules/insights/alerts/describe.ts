import { METRIC_KINDS, type Metric } from "../query.ts";
import type { AlertRule } from "./alert-rule.ts";
import type { AlertTurned } from "./alert-state.ts";

/** What people call what is measured. */
const METRIC_TEXTS: Readonly<Record<Metric, string>> = {
  messages: "messages",
  segments: "segments",
  price: "spend",
  delivered_rate: "share delivered",
  failed_rate: "share failed",
  within_5s: "share delivered within 5 s",
  sent_latency: "time to sent",
  delivered_latency: "time to delivered",
  unique_recipients: "different recipients",
  api_requests: "API requests",
  availability: "API availability",
};

const MICROS = 1_000_000;

/** A value as people read it. */
export function valueText(metric: Metric, value: number | null): string {
  if (value === null) return "nothing";
  const kind = METRIC_KINDS[metric];
  if (kind === "rate") return `${round(value * 100)} %`;
  if (kind === "latency") return value >= 1_000 ? `${round(value / 1_000)} s` : `${round(value)} ms`;
  return metric === "price" ? round(value / MICROS) : round(value);
}

/** Three digits that say something, without an exponent. */
function round(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(3)));
}

/** A duration as people say it. */
export function durationText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["h", 3_600_000],
    ["min", 60_000],
  ];
  for (const [unit, unitMs] of units) if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs} ${unit}`;
  return `${ms / 1_000} s`;
}

/** What the rule asks for, for example “share failed above 5 % in 3 of 5 intervals of 1 min”. */
export function conditionText({
  condition,
  metric,
  filter,
}: Pick<AlertRule, "condition" | "metric" | "filter">): string {
  const only = Object.entries(filter).map(([name, values]) => `${name} ${values.join(" or ") || "(none)"}`);
  const what = METRIC_TEXTS[metric] + (only.length === 0 ? "" : ` (${only.join(", ")})`);
  switch (condition.kind) {
    case "threshold": {
      const { comparison, limit, needed, of, intervalMs, quantile } = condition;
      const share = METRIC_KINDS[metric] === "latency" ? `, ${round(quantile * 100)} % of all,` : "";
      const often =
        of === 1
          ? `over ${durationText(intervalMs)}`
          : `in ${needed} of ${of} intervals of ${durationText(intervalMs)}`;
      return `${what}${share} ${comparison} ${valueText(metric, limit)} ${often}`;
    }
    case "burn-rate": {
      const { target, factor, longMs, shortMs } = condition;
      const windows = `over ${durationText(longMs)} and over ${durationText(shortMs)}`;
      return `${what}: error budget of ${round(target * 100)} % used ${factor} times too fast, ${windows}`;
    }
    case "absence":
      return `no ${what} for ${durationText(condition.forMs)}`;
  }
}

/** One line that says all of it: what, since when, the value against the limit. */
export function summaryOf(rule: AlertRule, { state, sinceMs, value }: AlertTurned): string {
  const now =
    rule.condition.kind === "burn-rate"
      ? `now ${value === null ? "nothing happens" : `${round(value)} times`}`
      : `now ${valueText(rule.metric, value)}`;
  const word = state === "resolved" ? "Resolved" : "Firing";
  return `${word}: ${rule.friendlyName} (${conditionText(rule)}), ${now}, since ${new Date(sinceMs).toISOString()}`;
}

/** A rule of `GET /trunkline/v1/Insights/AlertRules`. */
export interface AlertRule {
  readonly sid: string;
  readonly friendly_name: string;
  readonly scope: "account" | "all";
  readonly metric: string;
  readonly kind: "threshold" | "burn-rate" | "absence";
  readonly description: string;
  readonly webhook_urls: readonly string[];
  readonly emails: readonly string[];
  readonly texts: readonly string[];
  readonly muted_until: string | null;
  readonly enabled: boolean;
  readonly state: string;
  readonly since: string | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly date_evaluated: string | null;
}

/** An event of a rule. */
export interface AlertEvent {
  readonly turn: number;
  readonly state: string;
  readonly repeated: boolean;
  readonly muted: boolean;
  readonly notified: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  readonly date_created: string;
}

export const RULES = "/trunkline/v1/Insights/AlertRules";

/** What can be watched, by the kind of rule that fits it. */
export const METRICS = [
  { value: "messages", label: "Messages", kind: "count" },
  { value: "segments", label: "Segments", kind: "count" },
  { value: "price", label: "Spend (millionths)", kind: "count" },
  { value: "delivered_rate", label: "Share delivered", kind: "rate" },
  { value: "failed_rate", label: "Share failed", kind: "rate" },
  { value: "within_5s", label: "Share delivered within 5 s", kind: "rate" },
  { value: "delivered_latency", label: "Time to delivery (ms)", kind: "latency" },
  { value: "sent_latency", label: "Time to sent (ms)", kind: "latency" },
  { value: "unique_recipients", label: "Different recipients", kind: "uniques" },
] as const;

/** The kinds of rules that make sense for a metric. */
export function kindsOf(metric: string): readonly { readonly value: AlertRule["kind"]; readonly label: string }[] {
  const { kind } = METRICS.find(({ value }) => value === metric) ?? METRICS[0];
  return [
    { value: "threshold", label: "is above or below a limit" },
    ...(kind === "rate" ? [{ value: "burn-rate" as const, label: "uses up its error budget too fast" }] : []),
    ...(kind === "count" ? [{ value: "absence" as const, label: "does not happen at all" }] : []),
  ];
}

/** What a state means for who looks. */
export function toneOfState(state: string): "neutral" | "good" | "warn" | "bad" {
  if (state === "firing") return "bad";
  if (state === "pending") return "warn";
  return state === "ok" || state === "resolved" ? "good" : "neutral";
}

/** A number as it is shown beside a limit. */
export function shownValue(metric: string, value: number | null): string {
  if (value === null) return "–";
  const { kind } = METRICS.find((known) => known.value === metric) ?? { kind: "count" };
  if (kind === "rate") return `${(Math.round(value * 100_000) / 1_000).toString()} %`;
  if (kind === "latency") return `${Math.round(value)} ms`;
  return String(Math.round(value * 100) / 100);
}

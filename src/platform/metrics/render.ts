/** The Prometheus text exposition format 0.0.4, and OpenMetrics 1.0, which has exemplars. */

/** The content types that go with them. */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export const OPENMETRICS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** One of the things that a bucket counted. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
}

/** One line of the exposition. */
export interface Sample {
  /** `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  /** Shown in OpenMetrics only. */
  readonly exemplar?: Exemplar | undefined;
}

/** One metric with its lines. */
export interface Family {
  readonly name: string;
  readonly kind: string;
  readonly help: string;
  readonly samples: Iterable<Sample>;
}

/** Writes families in the given order, each with its HELP and TYPE line; ends with a newline. */
export function renderExposition(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, kind, help, samples } of families) {
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`);
    for (const { suffix, labels, value } of samples) {
      lines.push(`${name}${suffix}${renderLabels(labels)} ${renderNumber(value)}`);
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The same in OpenMetrics: a counter's family has no `_total`, buckets have exemplars, and the end is marked. */
export function renderOpenMetrics(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, kind, help, samples } of families) {
    const family = kind === "counter" ? name.replace(/_total$/, "") : name;
    lines.push(`# TYPE ${family} ${kind}`, `# HELP ${family} ${escapeLabel(help)}`);
    for (const { suffix, labels, value, exemplar } of samples) {
      const shown = exemplar === undefined ? "" : ` # {trace_id="${exemplar.traceId}"} ${renderNumber(exemplar.value)}`;
      lines.push(`${name}${suffix}${renderLabels(labels)} ${renderNumber(value)}${shown}`);
    }
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

function renderLabels(labels: readonly (readonly [string, string])[]): string {
  if (labels.length === 0) return "";
  return `{${labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(",")}}`;
}

function renderNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

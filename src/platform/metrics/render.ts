/** Prometheus text exposition format 0.0.4. */

/** The content type that goes with it. */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One line of the exposition. */
export interface Sample {
  /** `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
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

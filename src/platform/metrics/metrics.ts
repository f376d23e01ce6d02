/** The registry of a process's metrics. */
import { assert } from "../../kernel/assert.ts";
import type { Metric, MetricSpec } from "./instruments.ts";
import { Counter, DEFAULT_MAX_SERIES, Gauge, Histogram } from "./instruments.ts";
import {
  EXPOSITION_CONTENT_TYPE,
  OPENMETRICS_CONTENT_TYPE,
  renderExposition,
  renderOpenMetrics,
  type Family,
} from "./render.ts";

const MAX_METRICS = 1000;
const NAME = /^trunkline_[a-z0-9]+(_[a-z0-9]+)*$/;
const LABEL = /^[a-z]+(_[a-z]+)*$/;

/** Makes metrics and shows them. Two metrics of one name are a bug. */
export class Metrics {
  private readonly metrics = new Map<string, Metric>();

  constructor() {
    const overflows = this.gauge(
      {
        name: "trunkline_metrics_overflows",
        help: "How often a metric counted something under `other` since the start, because its labels had too many values.",
        labels: ["metric"],
        maxSeries: MAX_METRICS,
      },
      () => {
        for (const metric of this.metrics.values()) {
          if (metric.overflowed > 0) overflows.with({ metric: metric.spec.name }).set(metric.overflowed);
        }
      },
    );
  }

  /** Declares a counter; its name ends with `_total`. */
  counter<const L extends string = never>(spec: MetricSpec<L>): Counter<L> {
    assert(spec.name.endsWith("_total"), `the counter ${spec.name} does not end with _total`);
    return this.register(new Counter(spec));
  }

  /** Declares a gauge. `refresh`, where given, is called before every reading and sets it. */
  gauge<const L extends string = never>(spec: MetricSpec<L>, refresh?: (gauge: Gauge<L>) => void): Gauge<L> {
    return this.register(new Gauge(spec, refresh));
  }

  /** Declares a histogram with the rising upper bounds of its buckets; the last, infinite one is added. */
  histogram<const L extends string = never>(spec: MetricSpec<L>, bounds: readonly number[]): Histogram<L> {
    return this.register(new Histogram(spec, bounds));
  }

  /** All metrics in the Prometheus text format, by name. */
  render(): string {
    return renderExposition(this.families());
  }

  /** The same in the OpenMetrics format, with the traces of what the buckets counted. */
  renderOpen(): string {
    return renderOpenMetrics(this.families());
  }

  /** What is answered to who asks, by what he accepts. */
  expose(accept: string | undefined): { readonly contentType: string; readonly body: string } {
    return accept?.includes("application/openmetrics-text") === true
      ? { contentType: OPENMETRICS_CONTENT_TYPE, body: this.renderOpen() }
      : { contentType: EXPOSITION_CONTENT_TYPE, body: this.render() };
  }

  private families(): Family[] {
    return this.sorted().map((metric) => {
      return { name: metric.spec.name, kind: metric.kind, help: metric.spec.help, samples: metric.samples() };
    });
  }

  /** All metrics as a Markdown table, by name. */
  document(): string {
    const rows = this.sorted().map(({ kind, spec }) => {
      const labels = (spec.labels ?? []).map((label) => `\`${label}\``).join(", ");
      const bound = labels === "" ? "" : String(spec.maxSeries ?? DEFAULT_MAX_SERIES);
      return `| \`${spec.name}\` | ${kind} | ${labels} | ${bound} | ${spec.help.replaceAll("|", "\\|")} |`;
    });
    return `${[DOCUMENT_HEADER, ...rows].join("\n")}\n`;
  }

  private sorted(): Metric[] {
    return [...this.metrics.values()].toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  }

  private register<M extends Metric>(metric: M): M {
    const { name, labels = [], maxSeries = DEFAULT_MAX_SERIES } = metric.spec;
    assert(NAME.test(name), `metric name ${name}`);
    assert(maxSeries >= 1, `metric ${name} has room for ${maxSeries} series`);
    assert(
      labels.every((label) => LABEL.test(label) && label !== "le"),
      `labels of ${name}: ${labels.join(", ")}`,
    );
    assert(!this.metrics.has(name), `metric ${name} is declared twice`);
    assert(this.metrics.size < MAX_METRICS, `more than ${MAX_METRICS} metrics`);
    this.metrics.set(name, metric);
    return metric;
  }
}

const DOCUMENT_HEADER = `# Metrics

This page is generated from the metrics that the program declares; do not edit it.

\`GET /metrics\` answers in the Prometheus text format, and in OpenMetrics, with exemplars, to who accepts that.
Combinations of labels beyond the bound are counted together under the label \`other\`.

| name | kind | labels | at most | |
| --- | --- | --- | --- | --- |`;

/** The Markdown of `docs/generated/metrics.md`. */
export function documentMetrics(metrics: Metrics): string {
  return metrics.document();
}

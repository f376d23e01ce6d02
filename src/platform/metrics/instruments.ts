/** The three kinds of metrics. Touching one costs no allocation: take the series once with `with`, then use it. */
import { assert } from "../../kernel/assert.ts";
import type { Exemplar, Sample } from "./render.ts";
import type { LabelValues } from "./series.ts";
import { SeriesTable } from "./series.ts";

/** What every metric is declared by. */
export interface MetricSpec<L extends string> {
  /** `trunkline_…` in snake case, unit last: `_seconds`, `_octets`, and `_total` for counters. */
  readonly name: string;
  /** One sentence for the reference and the exposition. */
  readonly help: string;
  /** Names of labels. Their values must come from small sets: never numbers dialled, never SIDs. */
  readonly labels?: readonly L[];
  /** Combinations of label values beyond it share the series `other`. 100 unless given. */
  readonly maxSeries?: number;
}

/** The bound on series unless a metric declares its own. */
export const DEFAULT_MAX_SERIES = 100;

/** One counter. */
export interface CounterSeries {
  /** Adds `by`, which is not negative. */
  inc(by?: number): void;
}

/** One gauge. */
export interface GaugeSeries {
  set(value: number): void;
  /** Adds `by`, negative to take away. */
  add(by: number): void;
}

/** One histogram. */
export interface HistogramSeries {
  /** Counts a value. The latest trace of each bucket is shown as its exemplar, where one is given. */
  observe(value: number, traceId?: string): void;
}

class CounterValue implements CounterSeries {
  value = 0;

  inc(by = 1): void {
    assert(by >= 0, "a counter only grows");
    this.value += by;
  }
}

class GaugeValue implements GaugeSeries {
  value = 0;

  set(value: number): void {
    this.value = value;
  }

  add(by: number): void {
    this.value += by;
  }
}

class HistogramValue implements HistogramSeries {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  /** By bucket; made with the first one, because most histograms have none. */
  exemplars: (Exemplar | undefined)[] | undefined;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number, traceId?: string): void {
    if (Number.isNaN(value)) return;
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= (this.bounds[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
      else low = middle + 1;
    }
    this.counts[low] = (this.counts[low] ?? 0) + 1;
    this.sum += value;
    if (traceId !== undefined) (this.exemplars ??= [])[low] = { traceId, value };
  }
}

/** What the registry knows of a metric. */
export interface Metric {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly spec: MetricSpec<string>;
  /** How often something was counted under `other` because its labels were too many. */
  readonly overflowed: number;
  samples(): Iterable<Sample>;
}

/** Counts things that happened. */
export class Counter<L extends string = never> implements Metric {
  readonly kind = "counter";
  readonly spec: MetricSpec<string>;
  private readonly table: SeriesTable<L, CounterValue>;

  constructor(spec: MetricSpec<L>) {
    this.spec = spec;
    this.table = new SeriesTable(spec.labels ?? [], spec.maxSeries ?? DEFAULT_MAX_SERIES, () => new CounterValue());
  }

  /** The counter of these label values. Keep it where it is used often. */
  with(labels: LabelValues<L>): CounterSeries {
    return this.table.find(labels);
  }

  get overflowed(): number {
    return this.table.overflowed;
  }

  *samples(): Generator<Sample> {
    for (const { labels, series } of this.table.entries()) yield { suffix: "", labels, value: series.value };
  }
}

/** Shows how much of something there is now. */
export class Gauge<L extends string = never> implements Metric {
  readonly kind = "gauge";
  readonly spec: MetricSpec<string>;
  private readonly table: SeriesTable<L, GaugeValue>;
  private readonly refresh: ((gauge: Gauge<L>) => void) | undefined;

  constructor(spec: MetricSpec<L>, refresh?: (gauge: Gauge<L>) => void) {
    this.spec = spec;
    this.table = new SeriesTable(spec.labels ?? [], spec.maxSeries ?? DEFAULT_MAX_SERIES, () => new GaugeValue());
    this.refresh = refresh;
  }

  /** Forgets all series, for a gauge that is read anew each time: what is not there any more must not be shown. */
  clear(): void {
    this.table.clear();
  }

  /** The gauge of these label values. Keep it where it is used often. */
  with(labels: LabelValues<L>): GaugeSeries {
    return this.table.find(labels);
  }

  get overflowed(): number {
    return this.table.overflowed;
  }

  *samples(): Generator<Sample> {
    this.refresh?.(this);
    for (const { labels, series } of this.table.entries()) yield { suffix: "", labels, value: series.value };
  }
}

/** Upper bounds that fit most waiting times, in seconds. */
export const SECONDS_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

const MAX_BUCKETS = 40;

/** Shows how values are distributed over fixed buckets. */
export class Histogram<L extends string = never> implements Metric {
  readonly kind = "histogram";
  readonly spec: MetricSpec<string>;
  private readonly table: SeriesTable<L, HistogramValue>;

  constructor(spec: MetricSpec<L>, bounds: readonly number[]) {
    assert(bounds.length > 0 && bounds.length <= MAX_BUCKETS, `${spec.name} has ${bounds.length} buckets`);
    assert(
      bounds.every((bound, index) => Number.isFinite(bound) && bound > (bounds[index - 1] ?? Number.NEGATIVE_INFINITY)),
      `the buckets of ${spec.name} do not rise`,
    );
    this.spec = spec;
    const maxSeries = spec.maxSeries ?? DEFAULT_MAX_SERIES;
    this.table = new SeriesTable(spec.labels ?? [], maxSeries, () => new HistogramValue(bounds));
  }

  /** The histogram of these label values. Keep it where it is used often. */
  with(labels: LabelValues<L>): HistogramSeries {
    return this.table.find(labels);
  }

  get overflowed(): number {
    return this.table.overflowed;
  }

  *samples(): Generator<Sample> {
    for (const { labels, series } of this.table.entries()) {
      let count = 0;
      for (const [index, inBucket] of series.counts.entries()) {
        count += inBucket;
        const bound = series.bounds[index];
        yield {
          suffix: "_bucket",
          labels: [...labels, ["le", bound === undefined ? "+Inf" : String(bound)]],
          value: count,
          exemplar: series.exemplars?.[index],
        };
      }
      yield { suffix: "_sum", labels, value: series.sum };
      yield { suffix: "_count", labels, value: count };
    }
  }
}

import { assert } from "../../kernel/assert.ts";

/** Values for the labels of a metric. */
export type LabelValues<L extends string> = Readonly<Record<L, string>>;

/** What stands for every label of the series that takes in all beyond the maximum. */
export const OVERFLOW_LABEL = "other";

const MAX_LABEL_LENGTH = 120;
const SEPARATOR = "\u0000";

/**
 * The series of one metric, by their label values. At most `maxSeries` are kept:
 * all further combinations share one whose labels are all `other`, so that what a
 * caller sends can never grow the process.
 */
export class SeriesTable<L extends string, S> {
  private readonly labels: readonly L[];
  private readonly maxSeries: number;
  private readonly create: () => S;
  private readonly byKey = new Map<string, { values: readonly string[]; series: S }>();
  private overflow: S | undefined;
  private overflows = 0;

  constructor(labels: readonly L[], maxSeries: number, create: () => S) {
    this.labels = labels;
    this.maxSeries = maxSeries;
    this.create = create;
    if (labels.length === 0) this.find({} as LabelValues<L>);
  }

  find(given: LabelValues<L>): S {
    const values = this.labels.map((label) => {
      const value = given[label];
      assert(typeof value === "string", `label ${label} is missing`);
      return value.length > MAX_LABEL_LENGTH ? value.slice(0, MAX_LABEL_LENGTH) : value;
    });
    const key = values.join(SEPARATOR);
    const found = this.byKey.get(key);
    if (found !== undefined) return found.series;
    if (this.byKey.size >= this.maxSeries) {
      this.overflows += 1;
      return (this.overflow ??= this.create());
    }
    const series = this.create();
    this.byKey.set(key, { values, series });
    return series;
  }

  /** Forgets all series: what is found afterwards begins anew. */
  clear(): void {
    this.byKey.clear();
    this.overflow = undefined;
    if (this.labels.length === 0) this.find({} as LabelValues<L>);
  }

  /** How often something was counted under `other` because there was no room for its labels. */
  get overflowed(): number {
    return this.overflows;
  }

  /** Every series with its labels as pairs, the overflowing one last. */
  *entries(): Generator<{ labels: [string, string][]; series: S }> {
    for (const { values, series } of this.byKey.values()) {
      yield { labels: this.labels.map((label, index) => [label, values[index] ?? ""]), series };
    }
    if (this.overflow !== undefined) {
      yield { labels: this.labels.map((label) => [label, OVERFLOW_LABEL]), series: this.overflow };
    }
  }
}

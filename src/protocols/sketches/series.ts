/**
 * A piece of a time series as cells, edges and browsers hand it to each other: counts and sketches,
 * never finished rates or quantiles, so that the pieces of several cells can be put together.
 */
import { HyperLogLog } from "./hyper-log-log.ts";
import { LogHistogram } from "./log-histogram.ts";
import { SketchError } from "./octets.ts";

/** What a point holds. A `rate` is `counts` of `of`; `latency` and `uniques` are sketches, encoded. */
export type SeriesKind = "count" | "rate" | "latency" | "uniques";

/** One line of a chart. */
export interface SeriesGroup {
  /**
   * The values of the dimensions that it is grouped by, in their order; empty where by none.
   * `""` is what has no value (no carrier yet, no error); `null` is everything that was not kept apart.
   */
  readonly key: readonly (string | null)[];
  /** A number for each point: what was counted, or of rates the good ones. Sums: micros for `price`. */
  readonly counts?: readonly number[];
  /** For rates: of how many, for each point. */
  readonly of?: readonly number[];
  /** For latency (`LogHistogram`) and uniques (`HyperLogLog`): a sketch for each point; `null` where nothing was. */
  readonly sketches?: readonly (string | null)[];
}

/** A series, or the part of it that one cell knows. Point `n` is of `startMs + n * stepMs` until the next one. */
export interface SeriesPiece {
  readonly kind: SeriesKind;
  readonly startMs: number;
  readonly stepMs: number;
  readonly points: number;
  /** The largest first; what is beyond the wanted number is in one group whose key is all `null`. */
  readonly groups: readonly SeriesGroup[];
}

/**
 * Puts together what several cells know of one series: same kind, start, step and points. At most `top`
 * groups stay apart, the largest; the others are added to the one whose key is all `null`.
 */
export function mergePieces(pieces: readonly SeriesPiece[], top: number): SeriesPiece | undefined {
  const [first] = pieces;
  if (first === undefined) return undefined;
  const { kind, startMs, stepMs, points } = first;
  const groups = new Map<string, Sum>();
  for (const piece of pieces) {
    if (piece.kind !== kind || piece.startMs !== startMs || piece.stepMs !== stepMs || piece.points !== points) {
      throw new RangeError("pieces of one series have the same kind, start, step and points");
    }
    for (const group of piece.groups) {
      const name = JSON.stringify(group.key);
      const sum = groups.get(name) ?? new Sum(group.key, points);
      groups.set(name, sum);
      sum.add(group);
    }
  }
  const sums = [...groups.values()];
  const rest = sums.filter(({ isRest }) => isRest);
  const apart = sums.filter(({ isRest }) => !isRest).sort((a, b) => b.weight() - a.weight());
  const [
    target = apart[top] &&
      new Sum(
        apart[top].key.map(() => null),
        points,
      ),
    ...others
  ] = rest;
  for (const sum of [...others, ...apart.slice(top)]) target?.absorb(sum);
  const kept = target === undefined ? apart : [...apart.slice(0, top), target];
  return { kind, startMs, stepMs, points, groups: kept.map((sum) => sum.group(kind)) };
}

/** One group while it is added up. */
class Sum {
  readonly key: readonly (string | null)[];
  private readonly counts: number[];
  private readonly of: number[];
  private readonly latency = new Map<number, LogHistogram>();
  private readonly uniques = new Map<number, HyperLogLog>();

  constructor(key: readonly (string | null)[], points: number) {
    this.key = key;
    this.counts = Array.from({ length: points }, () => 0);
    this.of = Array.from({ length: points }, () => 0);
  }

  get isRest(): boolean {
    return this.key.length > 0 && this.key.every((value) => value === null);
  }

  add(group: SeriesGroup): void {
    for (const [at, count] of group.counts?.entries() ?? []) this.counts[at] = (this.counts[at] ?? 0) + count;
    for (const [at, of] of group.of?.entries() ?? []) this.of[at] = (this.of[at] ?? 0) + of;
    for (const [at, sketch] of group.sketches?.entries() ?? []) {
      if (sketch !== null) this.addSketch(at, sketch);
    }
  }

  /** A sketch says by its first character which one it is. */
  private addSketch(at: number, sketch: string): void {
    const body = sketch.slice(1);
    if (sketch.startsWith(LATENCY_MARK)) mergeInto(this.latency, at, LogHistogram.decode(body));
    else if (sketch.startsWith(UNIQUES_MARK)) mergeInto(this.uniques, at, HyperLogLog.decode(body));
    else throw new SketchError("its kind is not known");
  }

  absorb(other: Sum): void {
    this.add({ key: this.key, counts: other.counts, of: other.of });
    for (const [at, histogram] of other.latency) mergeInto(this.latency, at, histogram);
    for (const [at, set] of other.uniques) mergeInto(this.uniques, at, set);
  }

  weight(): number {
    const values = this.of.some((of) => of > 0) ? this.of : this.counts;
    let weight = 0;
    for (const value of values) weight += value;
    for (const histogram of this.latency.values()) weight += histogram.count;
    for (const set of this.uniques.values()) weight += set.estimate();
    return weight;
  }

  group(kind: SeriesKind): SeriesGroup {
    const { key, counts, of } = this;
    if (kind === "count") return { key, counts };
    if (kind === "rate") return { key, counts, of };
    const sketches = counts.map((_, at) =>
      kind === "latency" ? encodeLatency(this.latency.get(at)) : encodeUniques(this.uniques.get(at)),
    );
    return { key, sketches };
  }
}

function mergeInto<S extends { merge(other: S): void }>(into: Map<number, S>, at: number, added: S): void {
  const known = into.get(at);
  if (known === undefined) into.set(at, added);
  else known.merge(added);
}

const LATENCY_MARK = "L";
const UNIQUES_MARK = "U";

/** A histogram as it stands in a series; `null` for none. */
export function encodeLatency(histogram: LogHistogram | undefined): string | null {
  return histogram === undefined || histogram.count === 0 ? null : LATENCY_MARK + histogram.encode();
}

/** A set as it stands in a series; `null` for none. */
export function encodeUniques(set: HyperLogLog | undefined): string | null {
  return set === undefined ? null : UNIQUES_MARK + set.encode();
}

/**
 * What is shown for a point: a count, a share from 0 to 1, the duration that the share `quantile` of all
 * did not exceed in milliseconds, or how many different ones. `null` where there is nothing to tell: a
 * share of none, a quantile of none. Throws {@link SketchError} for what no cell encoded.
 */
export function pointValue(group: SeriesGroup, point: number, quantile = 0.5): number | null {
  const { counts, of, sketches } = group;
  if (sketches !== undefined) return sketchValue(sketches[point] ?? null, quantile);
  const count = counts?.[point] ?? 0;
  if (of === undefined) return count;
  const all = of[point] ?? 0;
  return all === 0 ? null : count / all;
}

function sketchValue(sketch: string | null, quantile: number): number | null {
  if (sketch === null) return null;
  const body = sketch.slice(1);
  if (sketch.startsWith(LATENCY_MARK)) return LogHistogram.decode(body).quantile(quantile) ?? null;
  if (sketch.startsWith(UNIQUES_MARK)) return HyperLogLog.decode(body).estimate();
  throw new SketchError("its kind is not known");
}

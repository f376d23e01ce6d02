import {
  encodeLatency,
  encodeUniques,
  HyperLogLog,
  LogHistogram,
  type SeriesGroup,
} from "../../../protocols/sketches/index.ts";
import { words, type Rollups, type Rows } from "../rollups/index.ts";
import type { CellNames } from "./dimension-texts.ts";
import { Groups, keyOf, valuesOf } from "./groups.ts";
import type { Plan } from "./plan.ts";
import { groupOf, LATENCY, passes, Scan, UNIQUES, type RowKind, type Slice } from "./scan.ts";

const { ALL_ACCOUNTS, BUCKET_BITS, LATENCY_COUNT, RANK, TO_DELIVERED, TO_SENT } = words;
const WHAT = 2;
const REGISTER = 1;
const BUCKET_MASK = (1 << BUCKET_BITS) - 1;

/** How rows become sketches. */
interface SketchRule<S extends Sketch> {
  readonly kind: RowKind;
  counts(rows: Rows, row: number): boolean;
  weight(rows: Rows, row: number): number;
  make(): S;
  add(sketch: S, rows: Rows, row: number): void;
  /** {@link add} for all rows of a slice that count: there are hundreds of thousands in a day of minutes. */
  addAll(sketch: S, slice: Slice): void;
  encode(sketch: S): string | null;
}

interface Sketch {
  clear(): void;
}

function latencyRule(which: number): SketchRule<LogHistogram> {
  return {
    kind: LATENCY,
    counts: (rows, row) => (rows[row + WHAT] as number) >>> BUCKET_BITS === which,
    weight: (rows, row) => rows[row + LATENCY_COUNT] as number,
    make: () => new LogHistogram(),
    add: (sketch, rows, row) =>
      sketch.addBucket((rows[row + WHAT] as number) & BUCKET_MASK, rows[row + LATENCY_COUNT] as number),
    addAll: (sketch, { rows, from, to }) => {
      for (let row = from; row < to; row += LATENCY.stride) {
        const what = rows[row + WHAT] as number;
        if (what >>> BUCKET_BITS === which) sketch.addBucket(what & BUCKET_MASK, rows[row + LATENCY_COUNT] as number);
      }
    },
    encode: encodeLatency,
  };
}

function uniquesRule({ by }: Plan): SketchRule<HyperLogLog> {
  const isByAccount = by.includes("account");
  return {
    kind: UNIQUES,
    counts: (rows, row) => !isByAccount || rows[row] !== ALL_ACCOUNTS,
    weight: () => 1,
    make: () => new HyperLogLog(),
    add: (sketch, rows, row) => sketch.raise(rows[row + REGISTER] as number, rows[row + RANK] as number),
    addAll: (sketch, { rows, from, to }) => {
      for (let row = from; row < to; row += UNIQUES.stride) {
        sketch.raise(rows[row + REGISTER] as number, rows[row + RANK] as number);
      }
    },
    encode: encodeUniques,
  };
}

/** Durations and recipients. */
export function collectSketches(rollups: Rollups, plan: Plan, names: CellNames): SeriesGroup[] {
  if (plan.metric === "unique_recipients") return collect(rollups, plan, names, uniquesRule(plan));
  return collect(rollups, plan, names, latencyRule(plan.metric === "sent_latency" ? TO_SENT : TO_DELIVERED));
}

function collect<S extends Sketch>(rollups: Rollups, plan: Plan, names: CellNames, rule: SketchRule<S>): SeriesGroup[] {
  const { kind } = rule;
  const scan = new Scan(rollups, plan, kind);
  if (plan.by.length === 0 && scan.wanted.length === 0) return [{ key: [], sketches: one(scan, rule, plan) }];
  const groups = new Groups();
  if (plan.by.length > 0)
    visit(scan, rule, groups, (group, _point, rows, row) => groups.weigh(group, rule.weight(rows, row)));
  else groups.table.at(0, 0, 0, 0);
  const { chosen, hasRest } = groups.heaviest(plan.top);
  const keys = chosen.map((group) => keyOf(rollups, plan, names, { kind, values: valuesOf(groups, group) }));
  if (hasRest) keys.push(plan.by.map(() => null));
  const places = new Int32Array(groups.size).fill(chosen.length);
  for (const [place, group] of chosen.entries()) places[group] = place;
  const lines = keys.map(() => new Line(plan.points, rule));
  visit(scan, rule, groups, (group, point, rows, row) => {
    rule.add((lines[places[group] as number] as Line<S>).at(point), rows, row);
  });
  return keys.map((key, at) => ({ key, sketches: (lines[at] as Line<S>).finish() }));
}

/** The points of everything that the question is about, where nothing is grouped or filtered. */
function one<S extends Sketch>(scan: Scan, rule: SketchRule<S>, { points }: Plan): readonly (string | null)[] {
  const line = new Line(points, rule);
  for (const slice of scan.slices()) rule.addAll(line.at(slice.point), slice);
  return line.finish();
}

/** The points of one group. Rows come in the order of their points, so that one sketch does for all of them. */
class Line<S extends Sketch> {
  private readonly points: (string | null)[];
  private readonly rule: SketchRule<S>;
  private readonly sketch: S;
  private point = -1;

  constructor(points: number, rule: SketchRule<S>) {
    this.points = Array.from({ length: points }, () => null);
    this.rule = rule;
    this.sketch = rule.make();
  }

  at(point: number): S {
    if (point !== this.point) {
      this.finish();
      this.sketch.clear();
      this.point = point;
    }
    return this.sketch;
  }

  finish(): readonly (string | null)[] {
    if (this.point >= 0) this.points[this.point] = this.rule.encode(this.sketch);
    return this.points;
  }
}

type Visit = (group: number, point: number, rows: Rows, row: number) => void;

function visit<S extends Sketch>(scan: Scan, rule: SketchRule<S>, groups: Groups, add: Visit): void {
  const { wanted, by, kind } = scan;
  for (const { rows, from, to, point } of scan.slices()) {
    for (let row = from; row < to; row += kind.stride) {
      if (!rule.counts(rows, row) || !passes(wanted, rows, row)) continue;
      add(by.length === 0 ? 0 : groupOf(groups.table, by, rows, row), point, rows, row);
    }
  }
}

import type { SeriesGroup } from "../../../protocols/sketches/index.ts";
import { floatsOf, words, type Rollups } from "../rollups/index.ts";
import { ruleOf, type CountRule } from "./count-rule.ts";
import type { CellNames } from "./dimension-texts.ts";
import { Groups, keyOf, valuesOf } from "./groups.ts";
import type { Plan } from "./plan.ts";
import { groupOf, MESSAGES, passes, Scan, type Slice } from "./scan.ts";

const { COUNT, FIELDS, KIND, OUTBOUND, PRICE_FLOAT, REST, SEGMENTS } = words;
const STATUS = FIELDS.status;

/** Up to so many groups have their points counted while they are found; of more, the heaviest in a second go. */
const MAX_GROUPS_AT_ONCE = 128;

/** Counts and rates of messages. */
export function collectCounts(rollups: Rollups, plan: Plan, names: CellNames): SeriesGroup[] {
  const scan = new Scan(rollups, plan, MESSAGES);
  const rule = ruleOf(plan);
  const groups = new Groups();
  const found = new Counter({ scan, rule, groups, points: plan.points });
  found.run();
  const { chosen, hasRest } = groups.heaviest(plan.top);
  const keys = chosen.map((group) => keyOf(rollups, plan, names, { kind: MESSAGES, values: valuesOf(groups, group) }));
  if (hasRest) keys.push(plan.by.map(() => null));
  const places = new Int32Array(groups.size).fill(chosen.length);
  for (const [place, group] of chosen.entries()) places[group] = place;
  return found.placed(places).lines(keys);
}

interface CounterTerms {
  readonly scan: Scan;
  readonly rule: CountRule;
  readonly groups: Groups;
  readonly points: number;
}

/** Adds up rows: by the groups that it finds, or at the places that groups were given. */
class Counter {
  private counts: Float64Array[] = [];
  private of: Float64Array[] = [];
  private readonly terms: CounterTerms;
  private readonly places: Int32Array | undefined;
  /** By the value of the one field that it is grouped by: 1 more than the group. Empty where there are several. */
  private readonly direct: Int32Array;

  constructor(terms: CounterTerms, places?: Int32Array) {
    this.terms = terms;
    this.places = places;
    const { by } = terms.scan;
    const [field] = by;
    this.direct = new Int32Array(by.length === 1 && field !== undefined ? terms.scan.valuesOf(field) : 0);
    if (field === undefined) terms.groups.table.at(0, 0, 0, 0);
  }

  run(): void {
    for (const slice of this.terms.scan.slices()) this.add(slice);
  }

  /** One row after another, everything in place: there are a million of them in a day of minutes. */
  private add({ rows, from, to, point }: Slice): void {
    const { wanted } = this.terms.scan;
    const { phases, value, good } = this.terms.rule;
    const floats = floatsOf(rows);
    const valueWord = value === "segments" ? SEGMENTS : COUNT;
    const isFiltered = wanted.length > 0;
    for (let row = from; row < to; row += MESSAGES.stride) {
      const rest = rows[row + REST] as number;
      if (phases !== 0 && (rest & phases) === 0) continue;
      let isGood = true;
      if (good !== undefined) {
        const kind = rows[row + KIND] as number;
        const status = 1 << ((kind >>> STATUS.shift) & STATUS.mask);
        if ((kind & 1) !== OUTBOUND || (good.of & status) === 0) continue;
        isGood = (good.statuses & status) !== 0 && (good.phases === 0 || (rest & good.phases) !== 0);
      }
      if (isFiltered && !passes(wanted, rows, row)) continue;
      const number =
        value === "price" ? (floats[(row >> 1) + PRICE_FLOAT] as number) : (rows[row + valueWord] as number);
      this.count(this.groupAt(rows, row), point, number, isGood);
    }
  }

  private groupAt(rows: Slice["rows"], row: number): number {
    const { by } = this.terms.scan;
    const { table } = this.terms.groups;
    const field = by[0];
    if (field === undefined) return 0;
    const { direct } = this;
    if (direct.length === 0) return groupOf(table, by, rows, row);
    const value = ((rows[row + field.word] as number) >>> field.shift) & field.mask;
    const known = direct[value] as number;
    if (known !== 0) return known - 1;
    const group = groupOf(table, by, rows, row);
    direct[value] = group + 1;
    return group;
  }

  private count(group: number, point: number, number: number, isGood: boolean): void {
    const { places } = this;
    if (places === undefined) {
      this.terms.groups.weigh(group, number);
      if (group >= MAX_GROUPS_AT_ONCE) return;
    }
    const place = places === undefined ? group : (places[group] as number);
    while (place >= this.counts.length) {
      this.counts.push(new Float64Array(this.terms.points));
      this.of.push(new Float64Array(this.terms.rule.good === undefined ? 0 : this.terms.points));
    }
    const line = this.counts[place] as Float64Array;
    if (isGood) line[point] = (line[point] as number) + number;
    if (this.terms.rule.good === undefined) return;
    const of = this.of[place] as Float64Array;
    of[point] = (of[point] as number) + number;
  }

  /** The same, with every group at its place: counted anew where there were too many. */
  placed(places: Int32Array): Counter {
    const counter = new Counter(this.terms, places);
    if (this.terms.groups.size > MAX_GROUPS_AT_ONCE) counter.run();
    else {
      counter.counts = united(this.counts, places);
      counter.of = united(this.of, places);
    }
    return counter;
  }

  lines(keys: readonly SeriesGroup["key"][]): SeriesGroup[] {
    const { points, rule } = this.terms;
    const line = (of: Float64Array | undefined): number[] => Array.from(of ?? new Float64Array(points));
    return keys.map((key, at) => {
      const counts = line(this.counts[at]);
      return rule.good === undefined ? { key, counts } : { key, counts, of: line(this.of[at]) };
    });
  }
}

function united(lines: readonly Float64Array[], places: Int32Array): Float64Array[] {
  const placed: Float64Array[] = [];
  for (const [group, line] of lines.entries()) {
    const place = places[group] as number;
    const before = placed[place];
    placed[place] = before === undefined ? line : before.map((value, at) => value + (line[at] as number));
  }
  return placed;
}

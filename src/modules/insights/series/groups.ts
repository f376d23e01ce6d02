import type { SeriesGroup } from "../../../protocols/sketches/index.ts";
import { RowTable, type Rollups } from "../rollups/index.ts";
import { textOf, type CellNames } from "./dimension-texts.ts";
import type { Plan } from "./plan.ts";
import type { RowKind } from "./scan.ts";

/** Numbers of up to three dimensions, and nothing else. */
const GROUP_ROW = { keyWords: 3, stride: 3 } as const;

/** The groups of one answer while they are found, with how much each weighs. */
export class Groups {
  readonly table = new RowTable(GROUP_ROW);
  private weights = new Float64Array(64);

  get size(): number {
    return this.table.rows;
  }

  weigh(group: number, weight: number): void {
    if (group >= this.weights.length) {
      const grown = new Float64Array(Math.max(this.weights.length * 2, group + 1));
      grown.set(this.weights);
      this.weights = grown;
    }
    this.weights[group] = (this.weights[group] as number) + weight;
  }

  /** The heaviest groups, the heaviest first, and whether there are others. */
  heaviest(top: number): { readonly chosen: readonly number[]; readonly hasRest: boolean } {
    const all = Array.from({ length: this.size }, (_, group) => group);
    all.sort((a, b) => (this.weights[b] as number) - (this.weights[a] as number) || a - b);
    return { chosen: all.slice(0, top), hasRest: all.length > top };
  }
}

/** The values of a group, in the order of the question's dimensions. */
export function keyOf(
  rollups: Rollups,
  plan: Plan,
  names: CellNames,
  group: { kind: RowKind; values: readonly number[] },
): SeriesGroup["key"] {
  let at = 0;
  return plan.by.map((dimension) => {
    if (dimension === "cell" || dimension === "tier") return names[dimension];
    if (!(dimension in group.kind.fields)) return null;
    const number = group.values[at] as number;
    at += 1;
    return textOf(rollups, dimension, number);
  });
}

/** The numbers of a group. */
export function valuesOf({ table }: Groups, group: number): readonly number[] {
  const at = group * GROUP_ROW.stride;
  return [...table.words.subarray(at, at + GROUP_ROW.stride)];
}

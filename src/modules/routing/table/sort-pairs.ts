import { Doubles, Ints } from "./chunked-list.ts";
import type { Slices } from "./slices.ts";

/** Keys in ascending order, each with its value; equal keys in the order they came in. */
export interface SortedPairs {
  readonly keys: Doubles;
  readonly values: Ints;
}

const RUN = 32;

/** Sorts pairs by their keys, stable, in slices: runs by insertion, then merges from one buffer into the other. */
export async function sortPairs(keys: Doubles, values: Doubles, slices: Slices): Promise<SortedPairs> {
  const count = keys.length;
  const make = async (): Promise<SortedPairs> => {
    return { keys: await Doubles.make(count, slices), values: await Ints.make(count, slices) };
  };
  let from = await make();
  let into = await make();
  for (let start = 0; start < count; start += RUN) {
    const end = Math.min(start + RUN, count);
    for (let at = start; at < end; at += 1) insert(from, { start, at, key: keys.at(at), value: values.at(at) });
    if (slices.due(end - start)) await slices.rest();
  }
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const merge = new Merge(from, into, { start, middle: start + width, end: start + 2 * width });
      while (!merge.isDone) if (slices.due(merge.step())) await slices.rest();
    }
    [from, into] = [into, from];
  }
  return from;
}

function insert(pairs: SortedPairs, added: { start: number; at: number; key: number; value: number }): void {
  const { keys, values } = pairs;
  let at = added.at;
  while (at > added.start && keys.at(at - 1) > added.key) {
    keys.set(at, keys.at(at - 1));
    values.set(at, values.at(at - 1));
    at -= 1;
  }
  keys.set(at, added.key);
  values.set(at, added.value);
}

const MERGE_STEPS = 2_048;

/** Merges two neighbouring sorted stretches. */
class Merge {
  private readonly from: SortedPairs;
  private readonly into: SortedPairs;
  private readonly middle: number;
  private readonly end: number;
  private left: number;
  private right: number;
  private at: number;

  constructor(from: SortedPairs, into: SortedPairs, bounds: { start: number; middle: number; end: number }) {
    const count = from.keys.length;
    this.from = from;
    this.into = into;
    this.middle = Math.min(bounds.middle, count);
    this.end = Math.min(bounds.end, count);
    this.left = bounds.start;
    this.right = this.middle;
    this.at = bounds.start;
  }

  get isDone(): boolean {
    return this.at >= this.end;
  }

  /** Places some more; gives how many. */
  step(): number {
    const { keys, values } = this.from;
    const first = this.at;
    const stop = Math.min(this.at + MERGE_STEPS, this.end);
    for (; this.at < stop; this.at += 1) {
      const takesLeft =
        this.left < this.middle && (this.right >= this.end || keys.at(this.left) <= keys.at(this.right));
      const taken = takesLeft ? this.left : this.right;
      this.into.keys.set(this.at, keys.at(taken));
      this.into.values.set(this.at, values.at(taken));
      if (takesLeft) this.left += 1;
      else this.right += 1;
    }
    return this.at - first;
  }
}

import { TRAFFIC_CLASSES } from "../request.ts";
import type { InputColumn, Inputs, NetworkValues } from "./compiled-table.ts";
import { Doubles, Ints } from "./chunked-list.ts";
import type { InputBuilder } from "./input-builder.ts";
import type { Slices } from "./slices.ts";
import { sortPairs } from "./sort-pairs.ts";
import { refuseTable } from "./value-reader.ts";

const ALL_HOURS = 2 ** 24 - 1;
const HOURS = 24;
/** 64 MiB of numbers. */
const MAX_PAIR_SCORES = 8_000_000;

/** What is added up: how many carriers and networks there are, and the inputs. */
export interface InputCompilation {
  readonly carriers: number;
  readonly networks: number;
  readonly builder: InputBuilder;
  readonly slices: Slices;
}

/** Adds up the given inputs for every carrier and context, so that a decision adds one number. */
export async function compileInputs(compilation: InputCompilation): Promise<Inputs> {
  const { carriers, builder, slices } = compilation;
  const { columns } = builder;
  const isTimed = columns.some(({ hours }) => hours !== ALL_HOURS);
  const contexts = TRAFFIC_CLASSES.length * (isTimed ? HOURS : 1);
  const scores = new Float64Array(contexts * carriers);
  for (const sums of await sumByGroup(columns, carriers, slices)) {
    for (let context = 0; context < contexts; context += 1) {
      if (!holdsIn(sums, context)) continue;
      for (let at = 0; at < carriers; at += 1) {
        scores[context * carriers + at] = (scores[context * carriers + at] as number) + (sums.points[at] as number);
      }
      if (slices.due(carriers)) await slices.rest();
    }
  }
  const networkValues = await sortNetworkValues(compilation);
  const pairs = await sumPairs({ networkValues, columns, contexts, carriers: compilation, slices });
  return { columns, networkValues, contexts, isTimed, scores, ...pairs };
}

/** Where the context of a class and an hour is. */
export function contextOf(inputs: Pick<Inputs, "isTimed">, classIndex: number, hour: number): number {
  return inputs.isTimed ? hour * TRAFFIC_CLASSES.length + classIndex : classIndex;
}

/** Whether an input counts in a context. */
export function holdsIn(input: Pick<InputColumn, "classes" | "hours">, context: number): boolean {
  const classIndex = context % TRAFFIC_CLASSES.length;
  const hour = (context - classIndex) / TRAFFIC_CLASSES.length;
  return (input.classes & (1 << classIndex)) !== 0 && (input.hours & (1 << hour)) !== 0;
}

interface GroupSums extends Pick<InputColumn, "classes" | "hours"> {
  readonly points: Float64Array;
}

/** Columns that hold in the same contexts are added up first. */
async function sumByGroup(columns: readonly InputColumn[], carriers: number, slices: Slices): Promise<GroupSums[]> {
  const groups = new Map<number, GroupSums>();
  for (const { weight, classes, hours, values } of columns) {
    const key = hours * 8 + classes;
    const group = groups.get(key) ?? { classes, hours, points: new Float64Array(carriers) };
    groups.set(key, group);
    const { points } = group;
    for (let at = 0; at < carriers; at += 1) points[at] = (points[at] as number) + weight * (values[at] as number);
    if (slices.due(carriers)) await slices.rest();
  }
  return [...groups.values()];
}

async function sortNetworkValues({ networks, builder, slices }: InputCompilation): Promise<NetworkValues> {
  const { perNetwork } = builder;
  const count = perNetwork.value.length;
  const keys = new Doubles();
  const rows = new Doubles();
  for (let at = 0; at < count; at += 1) {
    keys.push(perNetwork.carrier.at(at) * networks + perNetwork.network.at(at));
    rows.push(at);
    if (slices.due(2)) await slices.rest();
  }
  const sorted = await sortPairs(keys, rows, slices);
  const columns = await Ints.make(count, slices);
  const values = await Doubles.make(count, slices);
  for (let at = 0; at < count; at += 1) {
    columns.set(at, perNetwork.column.at(sorted.values.at(at)));
    values.set(at, perNetwork.value.at(sorted.values.at(at)));
    if (slices.due(2)) await slices.rest();
  }
  return { keys: sorted.keys, columns, values };
}

async function sumPairs(summing: {
  readonly networkValues: NetworkValues;
  readonly columns: readonly InputColumn[];
  readonly contexts: number;
  readonly carriers: { readonly networks: number };
  readonly slices: Slices;
}): Promise<Pick<Inputs, "pairKeys" | "pairScores">> {
  const { networkValues, columns, contexts, slices } = summing;
  const { keys } = networkValues;
  let rows = 0;
  for (let at = 0; at < keys.length; at += 1) {
    if (at === 0 || keys.at(at) !== keys.at(at - 1)) rows += 1;
    if (slices.due(1)) await slices.rest();
  }
  if (rows * contexts > MAX_PAIR_SCORES) {
    refuseTable("inputs", "there are values for too many networks, carriers, hours and classes together");
  }
  const pairKeys = await Doubles.make(rows, slices);
  const pairScores = await Doubles.make(rows * contexts, slices);
  let row = -1;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys.at(at);
    if (at === 0 || key !== keys.at(at - 1)) row += 1;
    pairKeys.set(row, key);
    const column = columns[networkValues.columns.at(at)] as InputColumn;
    const carrier = Math.floor(key / summing.carriers.networks);
    // The value for the network replaces the carrier's own, which is in its score already.
    const change = column.weight * (networkValues.values.at(at) - (column.values[carrier] as number));
    for (let context = 0; context < contexts; context += 1) {
      const slot = row * contexts + context;
      if (holdsIn(column, context)) pairScores.set(slot, pairScores.at(slot) + change);
    }
    if (slices.due(2 + contexts)) await slices.rest();
  }
  return { pairKeys, pairScores };
}

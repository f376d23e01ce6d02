import type { InputColumn } from "./compiled-table.ts";
import { Doubles } from "./chunked-list.ts";
import { TABLE_LIMITS } from "./document.ts";
import { readInput, readValue, type ReadInput } from "./read-entries.ts";
import type { Slices } from "./slices.ts";
import { readObject, refuseTable, shown } from "./value-reader.ts";

/** What the inputs refer to. */
export interface InputSubjects {
  readonly carriers: { readonly length: number };
  readonly carrierIndex: ReadonlyMap<string, number>;
  readonly networks: { readonly length: number };
  readonly networkIndex: ReadonlyMap<string, number>;
}

/** Whether a value can be taken without a closer look: there may be millions. */
const isValue = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= 1e9;

/** Collects the given inputs of a table. */
export class InputBuilder {
  readonly columns: InputColumn[] = [];
  /** Values for single networks: the network, the carrier, the column and the value, each in a list of its own. */
  readonly perNetwork = {
    network: new Doubles(),
    carrier: new Doubles(),
    column: new Doubles(),
    value: new Doubles(),
  };
  private readonly subjects: InputSubjects;
  private readonly slices: Slices;
  private readonly index = new Map<string, number>();
  private readonly groups = new Set<number>();
  private values = 0;

  constructor(subjects: InputSubjects, slices: Slices) {
    this.subjects = subjects;
    this.slices = slices;
  }

  /** Whether columns were made, so that the number of carriers may not change any more. */
  get hasValues(): boolean {
    return this.columns.length > 0;
  }

  async add(entry: unknown, path: string): Promise<void> {
    const read = readInput(entry, path);
    const column = this.columnOf(read, path);
    const { values } = this.columns[column] as InputColumn;
    await (Array.isArray(read.values)
      ? this.addInOrder(values, read.values as readonly unknown[], `${path}.values`)
      : this.addByName(values, read.values, `${path}.values`));
    for (const [code, byCarrier] of Object.entries(read.networkValues)) {
      const network = this.subjects.networkIndex.get(code);
      const at = `${path}.networkValues[${shown(code)}]`;
      if (network === undefined) refuseTable(at, "there is no such network");
      await this.addForNetwork({ column, network }, byCarrier, at);
    }
  }

  private columnOf(read: ReadInput, path: string): number {
    const { name, weight, classes, hours } = read;
    const known = this.index.get(name);
    if (known !== undefined) {
      const column = this.columns[known] as InputColumn;
      const agrees = column.weight === weight && column.classes === classes && column.hours === hours;
      if (!agrees) refuseTable(path, `it does not agree with the input ${shown(name)} above`);
      return known;
    }
    if (this.columns.length >= TABLE_LIMITS.inputs) refuseTable(path, `there are more than ${TABLE_LIMITS.inputs}`);
    this.groups.add(hours * 8 + classes);
    if (this.groups.size > TABLE_LIMITS.inputGroups) {
      refuseTable(path, `inputs have more than ${TABLE_LIMITS.inputGroups} different classes and hours`);
    }
    this.index.set(name, this.columns.length);
    this.columns.push({ name, weight, classes, hours, values: new Float32Array(this.subjects.carriers.length) });
    return this.columns.length - 1;
  }

  private async addInOrder(column: Float32Array, values: readonly unknown[], path: string): Promise<void> {
    if (values.length > column.length) refuseTable(path, `it has more values than there are carriers`);
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (value !== null) column[at] = isValue(value) ? value : readValue(value, `${path}[${at}]`);
      this.count(path);
      if (this.slices.due(1)) await this.slices.rest();
    }
  }

  private async addByName(column: Float32Array, values: unknown, path: string): Promise<void> {
    for (const [name, value] of Object.entries(readObject(values, path))) {
      const at = `${path}[${shown(name)}]`;
      column[this.carrier(name, at)] = readValue(value, at);
      this.count(path);
      if (this.slices.due(8)) await this.slices.rest();
    }
  }

  private async addForNetwork(
    { column, network }: { readonly column: number; readonly network: number },
    values: unknown,
    path: string,
  ): Promise<void> {
    const { perNetwork } = this;
    for (const [name, value] of Object.entries(readObject(values, path))) {
      const at = `${path}[${shown(name)}]`;
      perNetwork.carrier.push(this.carrier(name, at));
      perNetwork.value.push(readValue(value, at));
      perNetwork.network.push(network);
      perNetwork.column.push(column);
      this.count(path);
      if (this.slices.due(8)) await this.slices.rest();
    }
  }

  private carrier(name: string, path: string): number {
    return this.subjects.carrierIndex.get(name) ?? refuseTable(path, "there is no such carrier");
  }

  private count(path: string): void {
    this.values += 1;
    if (this.values > TABLE_LIMITS.inputValues) {
      refuseTable(path, `inputs have more than ${TABLE_LIMITS.inputValues} values`);
    }
  }
}

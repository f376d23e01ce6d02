import { HINT_VALUES } from "../../kernel/cell-hints.ts";
import { MAX_CELLS, type CellDescriptor, type CellType, type Home } from "../fleet/index.ts";
import { HINTED_EPOCH } from "./ports.ts";

/**
 * Who told of a cell. The registry is the truth about what a cell is and its state; the
 * cell itself, by gossip, about its address; a snapshot or the settings count where
 * neither was heard.
 */
export type CellSource = "registry" | "gossip" | "told";

type Said = { [source in CellSource]?: CellDescriptor };

/** Where SIDs with a cell's number are at home. */
interface Hinted {
  readonly type: CellType;
  readonly home: Home;
}

/** The cells of the system, as this process has heard of them. At most {@link MAX_CELLS}. */
export class KnownCells {
  readonly #said = new Map<string, Said>();
  readonly #cells = new Map<string, CellDescriptor>();
  readonly #hinted: (Hinted | undefined)[] = Array.from({ length: HINT_VALUES }, () => undefined);
  readonly #removed = new Set<string>();

  get(name: string): CellDescriptor | undefined {
    return this.#cells.get(name);
  }

  all(): CellDescriptor[] {
    return [...this.#cells.values()];
  }

  /** Whether this cell is known to be gone. */
  isRemoved(name: string): boolean {
    return this.#removed.size > 0 && this.#removed.has(name);
  }

  /** The home that a number hidden in a SID stands for; none where no such cell of this type takes requests. */
  hinted(number: number, type: CellType): Home | undefined {
    const hinted = this.#hinted[number];
    return hinted !== undefined && hinted.type === type ? hinted.home : undefined;
  }

  /** Takes in what was said of a cell; true when that changed what is known. */
  learn(cell: CellDescriptor, source: CellSource): boolean {
    const said = this.#said.get(cell.name) ?? {};
    if (this.#said.size >= MAX_CELLS && !this.#said.has(cell.name)) return false;
    said[source] = cell;
    this.#said.set(cell.name, said);
    const merged = merge(said);
    const before = this.#cells.get(cell.name);
    if (merged === undefined || (before !== undefined && isSame(before, merged))) return false;
    this.#cells.set(cell.name, merged);
    if (merged.state === "removed") this.#removed.add(cell.name);
    else this.#removed.delete(cell.name);
    this.#renumber(merged.number);
    if (before !== undefined && before.number !== merged.number) this.#renumber(before.number);
    return true;
  }

  /** Of two cells that claim a number, which only a mistake of the operator can bring about, the one of the registry has it. */
  #renumber(number: number): void {
    let chosen: CellDescriptor | undefined;
    for (const cell of this.#cells.values()) {
      if (cell.number !== number || cell.state === "removed") continue;
      if (chosen === undefined || this.#said.get(cell.name)?.registry !== undefined) chosen = cell;
    }
    const home = chosen && { cell: chosen.name, epoch: HINTED_EPOCH };
    this.#hinted[number] = chosen && home && { type: chosen.type, home };
  }
}

function merge({ registry, gossip, told }: Said): CellDescriptor | undefined {
  const base = registry ?? gossip ?? told;
  if (base === undefined || gossip === undefined || gossip === base) return base;
  const { name, number, type, tier, region, state } = base;
  if (gossip.number !== number || gossip.type !== type) return base;
  return { name, number, type, tier, region, state, address: gossip.address };
}

function isSame(a: CellDescriptor, b: CellDescriptor): boolean {
  if (a.number !== b.number || a.type !== b.type || a.tier !== b.tier || a.region !== b.region) return false;
  return a.state === b.state && a.address.host === b.address.host && a.address.port === b.address.port;
}

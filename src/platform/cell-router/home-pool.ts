import { Buffer } from "node:buffer";
import { MAX_CELLS, type Home } from "../fleet/index.ts";
import { FIRST_EPOCH } from "./ports.ts";

/** Most homes never moved, so that all of one cell can be one value: a million of them cost a third less. */
export class HomePool {
  readonly #first = new Map<string, Home>();

  home(cell: string, epoch: number): Home {
    const known = this.#first.get(cell);
    if (known !== undefined && epoch === FIRST_EPOCH) return known;
    const home = { cell, epoch };
    if (epoch === FIRST_EPOCH && this.#first.size < MAX_CELLS) this.#first.set(cell, home);
    return home;
  }
}

/** A copy of an ASCII text: what was cut out of a longer one would keep that in memory, a password maybe. */
export function ownText(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

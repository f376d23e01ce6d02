import { stir, type CompiledTable } from "../table/index.ts";
import type { Candidates } from "./candidates.ts";

/** Candidates in order, those of equal scores as groups. The same for every conversation, so that it is worth keeping. */
export interface Ranking {
  /** Rows of routes. */
  readonly rows: readonly number[];
  /** Where each group ends. */
  readonly ends: readonly number[];
}

const SMALL = 32;

/** Orders what was gathered. Equals stand in the order of their carriers. */
export function rank(candidates: Candidates, table: CompiledTable): Ranking {
  const { count, keys, rows } = candidates;
  const { carrier } = table.offers;
  const isBefore = (one: number, other: number): boolean => {
    const difference = (keys[one] as number) - (keys[other] as number);
    if (difference !== 0) return difference > 0;
    return carrier.at(rows[one] as number) < carrier.at(rows[other] as number);
  };
  // Small arrays of numbers are cheaper to make than typed ones, and one is made for each new kind of demand.
  const places: number[] = [];
  for (let at = 0; at < count; at += 1) {
    places.push(at);
    if (count <= SMALL) sink(places, at, isBefore);
  }
  if (count > SMALL) places.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  const ends: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const isLast = at + 1 === count || keys[places[at] as number] !== keys[places[at + 1] as number];
    if (isLast) ends.push(at + 1);
  }
  for (let at = 0; at < count; at += 1) places[at] = rows[places[at] as number] as number;
  return { rows: places, ends };
}

/** Moves the last one forward to where it belongs. */
function sink(places: number[], last: number, isBefore: (one: number, other: number) => boolean): void {
  const moved = places[last] as number;
  let to = last;
  while (to > 0 && isBefore(moved, places[to - 1] as number)) {
    places[to] = places[to - 1] as number;
    to -= 1;
  }
  places[to] = moved;
}

/** What is picked from a ranking. */
export interface Pick {
  /** Rows of routes, the best first. */
  readonly rows: Int32Array;
  /** How many rows there are. */
  count: number;
}

/** Who shares, and whom it must not be. */
export interface PickOptions {
  /** Hash of account, sender and recipient. */
  readonly conversation: number;
  readonly excluded: readonly string[];
  /** Whether the excluded ones are picked, instead of the others. */
  readonly picksExcluded: boolean;
}

/**
 * Picks from rankings, the best first. Equals share by weighted rendezvous: each has a
 * score of its own for the conversation, so that a conversation stays where it is while
 * its carrier is among them, and a carrier that leaves moves nobody else's.
 */
export class Picker {
  private readonly table: CompiledTable;
  private readonly shares: Float64Array;

  constructor(table: CompiledTable) {
    this.table = table;
    this.shares = new Float64Array(table.carriers.length);
  }

  /** Adds to what is picked from the groups of a ranking, up to the size of `pick.rows`. */
  add(pick: Pick, ranking: Ranking, options: PickOptions): void {
    let start = 0;
    for (let group = 0; group < ranking.ends.length && pick.count < pick.rows.length; group += 1) {
      const end = ranking.ends[group] as number;
      this.addGroup(pick, ranking, { start, end, options });
      start = end;
    }
  }

  private addGroup(
    pick: Pick,
    ranking: Ranking,
    { start, end, options }: { readonly start: number; readonly end: number; readonly options: PickOptions },
  ): void {
    const { carrier, weight } = this.table.offers;
    const first = pick.count;
    for (let at = start; at < end; at += 1) {
      const row = ranking.rows[at] as number;
      if (options.excluded.length > 0 || options.picksExcluded) {
        const { name = "" } = this.table.carriers[carrier.at(row)] ?? {};
        if (options.excluded.includes(name) !== options.picksExcluded) continue;
      }
      if (end - start === 1) {
        pick.rows[pick.count] = row;
        pick.count += 1;
        return;
      }
      const { nameHash = 0 } = this.table.carriers[carrier.at(row)] ?? {};
      this.insert(pick, first, row, share(options.conversation, nameHash, weight.at(row)));
    }
  }

  /** Puts a row where its share belongs among those of its group, as far as there is room. */
  private insert(pick: Pick, first: number, row: number, own: number): void {
    const { shares } = this;
    let at = pick.count;
    if (at === pick.rows.length) {
      if (own <= (shares[at - 1] as number)) return;
      at -= 1;
    } else {
      pick.count += 1;
    }
    for (; at > first && (shares[at - 1] as number) < own; at -= 1) {
      shares[at] = shares[at - 1] as number;
      pick.rows[at] = pick.rows[at - 1] as number;
    }
    shares[at] = own;
    pick.rows[at] = row;
  }
}

const HASHES = 2 ** 32;

/** Greater wins. Each wins in proportion to its weight (weighted rendezvous hashing, Thaler and Ravishankar 1998). */
function share(conversation: number, nameHash: number, weight: number): number {
  return -weight / Math.log((stir(conversation, nameHash) + 0.5) / HASHES);
}

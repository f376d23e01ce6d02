import { CELL_TYPES, MAX_CELLS, TIERS, type CellType, type Tier } from "../../platform/fleet/index.ts";
import { StartFailure } from "../start-failure.ts";

/** A cell that somebody wants, before it has a name and a place. */
export interface CellWish {
  readonly type: CellType;
  readonly tier: Tier;
  readonly region: string;
}

/** A cell of this machine. */
export interface PlannedCell extends CellWish {
  readonly name: string;
  readonly number: number;
}

const DEFAULT_TIER: Tier = "smb";

/**
 * Reads `messaging=3,verify=1` and `us1,ie1`: how many cells of each type, spread over
 * the regions in turn, so that each region has one of each type before any has two.
 */
export function readWishes(cells: string, regions: string): readonly CellWish[] {
  const regionList = regions.split(",");
  return cells.split(",").flatMap((entry) => {
    const [kind = "", count = "0"] = entry.split("=");
    const [type = "", tier = DEFAULT_TIER] = kind.split(":");
    return Array.from({ length: Number(count) }, (_, index) => ({
      type: CELL_TYPES.find((known) => known === type) ?? "messaging",
      tier: TIERS.find((known) => known === tier) ?? DEFAULT_TIER,
      region: regionList[index % regionList.length] ?? "us1",
    }));
  });
}

/**
 * The cells that there are, and after them those that are wished for and are missing. What
 * there is stays: a cell has accounts. Names and numbers are never given twice, those of
 * removed cells neither. Throws {@link StartFailure} beyond the number of cells that there can be.
 */
export function planCells(
  known: readonly PlannedCell[],
  wishes: readonly CellWish[],
  removed: readonly PlannedCell[] = [],
): readonly PlannedCell[] {
  const cells = [...known];
  const unmet = new Map<string, number>();
  for (const cell of known) unmet.set(kindOf(cell), (unmet.get(kindOf(cell)) ?? 0) + 1);
  for (const wish of wishes) {
    const there = unmet.get(kindOf(wish)) ?? 0;
    if (there > 0) unmet.set(kindOf(wish), there - 1);
    else cells.push(nextCell([...cells, ...removed], wish));
  }
  return cells;
}

/** A cell beside the others, which are all that there ever were, with a number and a name that none of them has. */
export function nextCell(cells: readonly PlannedCell[], wish: CellWish): PlannedCell {
  const number = 1 + Math.max(0, ...cells.map((cell) => cell.number));
  if (number > MAX_CELLS) throw new StartFailure(`A system has ${MAX_CELLS} cells at most.`);
  const ofType = cells.filter(({ type }) => type === wish.type);
  const last = Math.max(0, ...ofType.map(({ name }) => Number(name.slice(name.lastIndexOf("-") + 1))));
  return { ...wish, number, name: `${wish.type}-${last + 1}` };
}

/** The regions of a system: those that were asked for and those that cells are in. */
export function regionsOf(cells: readonly PlannedCell[], regions: string): readonly string[] {
  return [...new Set([...regions.split(","), ...cells.map(({ region }) => region)])];
}

const kindOf = ({ type, tier, region }: CellWish): string => `${type}:${tier}@${region}`;

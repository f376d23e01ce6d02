import { AppError } from "../../kernel/errors.ts";
import type { CellType, Home } from "../../platform/fleet/index.ts";
import { checkKey } from "./cell.ts";
import { countAccounts, findCell, isFull, lockCells } from "./cell.store.ts";
import type { CellsDeps } from "./deps.ts";
import { cellErrors } from "./errors.ts";
import { clearHomes, insertHomes, lockHomes, upsertHomes } from "./home.store.ts";

/** The most keys of one account that move at once: itself, its subaccounts, keys and numbers. */
const MAX_MOVED_KEYS = 100_000;

type Deps = Pick<CellsDeps, "database">;

/** Keys of one cell: SIDs or phone numbers. */
export interface KeysOfCell {
  readonly keys: readonly string[];
  readonly type: CellType;
  readonly cell: string;
}

/** A move of everything of an account from one cell to another. */
export interface HomeMove {
  readonly keys: readonly string[];
  readonly type: CellType;
  readonly from: string;
  readonly to: string;
  /** Above that of every key. */
  readonly epoch: number;
}

/**
 * Makes another cell the home of keys, all of them or none. Keys without a home in the
 * table count as being in `from`, by their hint. A move that was made before is made again
 * without effect. Throws 409/20409 where a key is somewhere else, or `to` is full or gone.
 */
export async function moveHomes({ database }: Deps, { keys, type, from, to, epoch }: HomeMove): Promise<Home> {
  checkKeys(keys);
  const home = { cell: to, epoch };
  try {
    await database.transaction(async (tx) => {
      const entries = await lockHomes(tx, keys, type);
      let accounts = 0;
      const moving = [...new Set(keys)].filter((key) => {
        const { cell = from, epoch: before = 0, counted = false } = entries.get(key) ?? {};
        if (cell === to && before === epoch) return false;
        if (cell !== from || before >= epoch) throw new AppError(cellErrors.homeChanged, { key, from, epoch });
        if (counted) accounts += 1;
        return true;
      });
      await upsertHomes(tx, { keys: moving, type, home });
      await lockCells(tx, [from, to]);
      const target = await findCell(tx, to);
      if (target === undefined || target.type !== type) throw new AppError(cellErrors.cellUnknown, { name: to });
      if (target.state === "removed") throw new AppError(cellErrors.cellRemoved, { name: to });
      await countAccounts(tx, from, -accounts);
      await countAccounts(tx, to, accounts);
    });
  } catch (error) {
    throw isFull(error) ? new AppError(cellErrors.cellFull, { name: to }, { cause: error }) : error;
  }
  return home;
}

/**
 * Writes down that keys (numbers, and keys whose SID does not say so) are at home in a
 * cell. Resolves to those that are at home in another one, which stay there.
 */
export async function claimHomes({ database }: Deps, { keys, type, cell }: KeysOfCell): Promise<string[]> {
  checkKeys(keys);
  const known = await findCell(database, cell);
  if (known === undefined || known.type !== type) throw new AppError(cellErrors.cellUnknown, { name: cell });
  if (known.state === "removed") throw new AppError(cellErrors.cellRemoved, { name: cell });
  return insertHomes(database, { keys, type, cell });
}

/** Takes keys the home that they have in a cell; those that are elsewhere stay there. */
export async function releaseHomes({ database }: Deps, { keys, type, cell }: KeysOfCell): Promise<void> {
  checkKeys(keys);
  await database.transaction(async (tx) => {
    const accounts = await clearHomes(tx, { keys, type, cell });
    await countAccounts(tx, cell, -accounts);
  });
}

function checkKeys(keys: readonly string[]): void {
  if (keys.length > MAX_MOVED_KEYS) throw new AppError(cellErrors.tooManyKeys, { max: MAX_MOVED_KEYS });
  for (const key of keys) checkKey(key);
}

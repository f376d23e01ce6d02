import { AppError } from "../../kernel/errors.ts";
import { MAX_CELLS, type CellState } from "../../platform/fleet/index.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { checkWish, type Cell, type CellWish } from "./cell.ts";
import {
  findCell,
  findCellByNumber,
  insertCell,
  lockCells,
  lockRegistry,
  nextNumber,
  updateAddress,
  updateState,
} from "./cell.store.ts";
import type { CellsDeps } from "./deps.ts";
import { cellErrors } from "./errors.ts";
import { countHomes } from "./home.store.ts";

type Deps = Pick<CellsDeps, "database">;

/**
 * Adds a cell, or tells the address of one that is there; what it is does not change.
 * Throws 409/20409 where name or number are those of another one, or were.
 */
export function registerCell({ database }: Deps, wish: CellWish): Promise<Cell> {
  checkWish(wish);
  return database.transaction(async (tx) => {
    await lockRegistry(tx);
    const known = await findCell(tx, wish.name);
    if (known === undefined) await addCell(tx, wish);
    else await changeAddress(tx, known, wish);
    return present(tx, wish.name);
  });
}

async function addCell(tx: DatabaseSession, wish: CellWish): Promise<void> {
  const number = wish.number ?? (await nextNumber(tx));
  if (number > MAX_CELLS) throw new AppError(cellErrors.tooManyCells, { max: MAX_CELLS });
  if ((await findCellByNumber(tx, number)) !== undefined) throw new AppError(cellErrors.numberTaken, { number });
  const { name, type, tier, region, address } = wish;
  await insertCell(tx, { name, number, type, tier, region, address });
}

async function changeAddress(tx: DatabaseSession, known: Cell, wish: CellWish): Promise<void> {
  const { name, number = known.number } = wish;
  if (known.state === "removed") throw new AppError(cellErrors.cellRemoved, { name });
  const isSame = known.type === wish.type && known.tier === wish.tier && known.region === wish.region;
  if (!isSame || known.number !== number) throw new AppError(cellErrors.cellTaken, { name });
  await updateAddress(tx, wish);
}

/** Lets accounts be placed in a cell (`open`), or none any more (`draining`). Throws where it is not there, or removed. */
export function setCellState({ database }: Deps, name: string, state: Exclude<CellState, "removed">): Promise<Cell> {
  return database.transaction(async (tx) => {
    await lockCells(tx, [name]);
    const { state: before } = await present(tx, name);
    if (before === "removed") throw new AppError(cellErrors.cellRemoved, { name });
    await updateState(tx, name, state);
    return present(tx, name);
  });
}

/** Removes a cell that is nobody's home; throws 409/20409 where it is somebody's. Its name and number stay taken. */
export async function removeCell({ database }: Deps, name: string): Promise<void> {
  await database.transaction(async (tx) => {
    await lockCells(tx, [name]);
    const { accounts } = await present(tx, name);
    const homes = await countHomes(tx, name);
    if (accounts > 0 || homes > 0) throw new AppError(cellErrors.cellNotEmpty, { name, accounts });
    await updateState(tx, name, "removed");
  });
}

async function present(session: DatabaseSession, name: string): Promise<Cell> {
  const cell = await findCell(session, name);
  if (cell === undefined) throw new AppError(cellErrors.cellUnknown, { name: name.slice(0, 80) });
  return cell;
}

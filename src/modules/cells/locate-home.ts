import { HINTED_EPOCH } from "../../platform/cell-router/index.ts";
import type { CellType, Home } from "../../platform/fleet/index.ts";
import { findCellByNumber } from "./cell.store.ts";
import type { CellsDeps } from "./deps.ts";
import { findHome } from "./home.store.ts";

/** A home, and what says so. */
export interface LocatedHome extends Home {
  readonly accountSid: string;
  readonly type: CellType;
  /** `table`: it is written down. `hint`: its SID was minted there, and nothing is written down. */
  readonly from: "table" | "hint";
}

/** Where an account is at home; `undefined` where neither table nor SID say so. */
export async function locateHome(
  { database, hints }: Pick<CellsDeps, "database" | "hints">,
  accountSid: string,
  type: CellType,
): Promise<LocatedHome | undefined> {
  const entry = await findHome(database, accountSid, type);
  if (entry?.cell !== undefined) {
    return { accountSid, type, cell: entry.cell, epoch: entry.epoch, from: "table" };
  }
  const number = entry === undefined ? hints.cellOf(accountSid) : undefined;
  const cell = number === undefined ? undefined : await findCellByNumber(database, number);
  if (cell === undefined || cell.type !== type || cell.state === "removed") return undefined;
  return { accountSid, type, cell: cell.name, epoch: HINTED_EPOCH, from: "hint" };
}

import { AppError } from "../../kernel/errors.ts";
import type { Assignment } from "../../platform/cell-router/index.ts";
import type { Home } from "../../platform/fleet/index.ts";
import { checkKey } from "./cell.ts";
import { isFull } from "./cell.store.ts";
import type { CellsDeps } from "./deps.ts";
import { cellErrors } from "./errors.ts";
import { findHome, insertHome, type HomeEntry } from "./home.store.ts";

/** How often another cell is tried when the chosen one was filled by others meanwhile. */
const MAX_TRIES = 5;

/**
 * The home that a key has, or else gets now: in one of two cells of the type, tier and
 * region asked for that chance picks, whichever is less full; never in one at its cap.
 * Of first requests that race all get the same. Throws 503/20503 where there is no room.
 */
export async function assignHome({ database }: Pick<CellsDeps, "database">, assignment: Assignment): Promise<Home> {
  const { key, type, tier, region } = assignment;
  checkKey(key);
  let entry: HomeEntry | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const placed = await insertHome(database, assignment, entry !== undefined).catch((error: unknown) => {
      if (isFull(error)) return "full" as const;
      throw error;
    });
    if (placed === "full") continue;
    if (placed !== undefined) return placed;
    const before = entry;
    entry = await findHome(database, key, type);
    if (entry?.cell !== undefined) return { cell: entry.cell, epoch: entry.epoch };
    if (entry === undefined || before !== undefined) break;
  }
  throw new AppError(cellErrors.noRoom, { type, tier, region });
}

import { AppError } from "../../kernel/errors.ts";
import type { CellDescriptor, Tier } from "../../platform/fleet/index.ts";
import { assignHome } from "./assign-home.ts";
import type { Cell } from "./cell.ts";
import { listCells } from "./cell.store.ts";
import type { CellsDeps } from "./deps.ts";
import { releaseHomes } from "./change-homes.ts";
import { cellErrors } from "./errors.ts";

/** A main account that somebody wants. What it is called is not kept here, but in its cell alone. */
export interface AccountWish {
  readonly friendlyName: string;
  readonly tier: Tier;
  readonly region: string;
}

/** A new account. Its token is shown once, to whoever asked for it. */
export interface PlacedAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly friendlyName: string;
  readonly cell: Cell;
}

/** What is needed to make accounts in cells. */
export interface PlacementPorts {
  /** An account SID that says by its hint which cell minted it. */
  mintFor(cellNumber: number): string;
  /** Makes the account in its cell. The same again changes nothing. Rejects with 503/20503 where the cell cannot be asked. */
  createIn(cell: CellDescriptor, account: { accountSid: string; friendlyName: string }): Promise<{ authToken: string }>;
  /** From 0 up to, not including 1. */
  readonly random: () => number;
}

/** How often another cell is tried when the chosen one was filled by others meanwhile. */
const MAX_TRIES = 5;
const TYPE = "messaging";

/**
 * Makes a main account: in the less full one of two cells of the tier and region that
 * chance picks. The home is written down first, so that no cell gets more than its cap;
 * it is taken back where the cell refuses the account.
 */
export async function placeAccount(
  deps: CellsDeps,
  ports: PlacementPorts,
  { friendlyName, tier, region }: AccountWish,
): Promise<PlacedAccount> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const cell = choose(await listCells(deps.database), { tier, region }, ports.random);
    if (cell === undefined) break;
    const accountSid = ports.mintFor(cell.number);
    try {
      await assignHome(deps, { key: accountSid, type: TYPE, tier, region, cell: cell.name });
    } catch (error) {
      if (error instanceof AppError && error.spec === cellErrors.noRoom) continue;
      throw error;
    }
    try {
      const { authToken } = await ports.createIn(cell, { accountSid, friendlyName });
      return { accountSid, authToken, friendlyName, cell };
    } catch (error) {
      // Where it is not known whether the account was made, its home stays: the cell may have it.
      const isRefused = error instanceof AppError && error.status < 500;
      if (isRefused) await releaseHomes(deps, { keys: [accountSid], type: TYPE, cell: cell.name });
      throw error;
    }
  }
  throw new AppError(cellErrors.noRoom, { type: TYPE, tier, region });
}

/** Power of two choices: nearly as even as the least full of all, and no herd runs to one that is new. */
function choose(
  cells: readonly Cell[],
  { tier, region }: Pick<AccountWish, "tier" | "region">,
  random: () => number,
): Cell | undefined {
  const fitting = cells.filter((cell) => {
    const { type, state, accounts, cap } = cell;
    return type === TYPE && cell.tier === tier && cell.region === region && state === "open" && accounts < cap;
  });
  const pick = (): Cell | undefined => fitting[Math.floor(random() * fitting.length)];
  const [first, second] = [pick(), pick()];
  if (first === undefined || second === undefined) return first;
  return second.accounts / second.cap < first.accounts / first.cap ? second : first;
}

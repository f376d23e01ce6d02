import { api } from "../../api/index.ts";
import { type Move, standingOf } from "./moves.ts";

const HERE = { cell: null, account: null } as const;
const POLL_MS = 400;

/** How far the draining of a cell is. */
export interface DrainProgress {
  readonly moved: number;
  readonly left: number;
}

/**
 * Places no more accounts in a cell and moves those that it has, one after the other. It goes on as long as
 * the page is open; what is left can be drained again later.
 * @throws ApiError; Error with the reason where a move failed
 */
export async function drainCell(
  name: string,
  tell: (progress: DrainProgress) => void,
  isStopped: () => boolean,
): Promise<number> {
  await api.post(`/trunkline/v1/Cells/${name}`, { State: "draining" }, HERE);
  let moved = 0;
  while (!isStopped()) {
    const page = await api.get<{ accounts: readonly string[] }>(`/trunkline/v1/Cells/${name}/Accounts`, HERE);
    tell({ moved, left: page.accounts.length });
    if (page.accounts.length === 0) return moved;
    for (const accountSid of page.accounts) {
      if (isStopped()) return moved;
      await moveAccount(accountSid, undefined);
      moved += 1;
      tell({ moved, left: page.accounts.length - moved });
    }
  }
  return moved;
}

/** Moves an account and waits until its new cell serves it. @throws ApiError; Error with the reason where it failed */
export async function moveAccount(accountSid: string, to: string | undefined): Promise<Move> {
  let move = await api.post<Move>("/trunkline/v1/Moves", { AccountSid: accountSid, To: to }, HERE);
  while (standingOf(move) === "running") {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    move = await api.get<Move>(`/trunkline/v1/Moves/${move.sid}`, HERE);
  }
  if (standingOf(move) === "failed")
    throw new Error(`The move of ${accountSid} ${move.step}: ${move.reason ?? "no reason given"}`);
  return move;
}

import { AppError } from "../../kernel/errors.ts";
import type { CellDescriptor, Home } from "../../platform/fleet/index.ts";
import type { Clock, Database } from "../../platform/ports.ts";
import { moveErrors } from "./errors.ts";
import { canRollBack, type Move } from "./move.ts";
import { changeMove, findMove, findOpenMove, insertMove } from "./move.store.ts";
import type { Homes } from "./ports.ts";

/** What the operations of this module work with. */
export interface MoveDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly homes: Homes;
  readonly mintSid: (prefix: string) => string;
  /** Something is to be done at once. */
  readonly wake: () => void;
}

/** Writes down that an account is to move. `to` absent: placement chooses. Throws where it cannot. */
export async function beginMove(
  deps: MoveDeps,
  { accountSid, to }: { readonly accountSid: string; readonly to: string | undefined },
): Promise<Move> {
  const { database, clock, homes, mintSid } = deps;
  const home = await homes.find(accountSid);
  const from = home === undefined ? undefined : await homes.cell(home.cell);
  if (home === undefined || from === undefined) throw new AppError(moveErrors.accountUnknown, { sid: accountSid });
  const under = await findOpenMove(database, accountSid);
  if (under !== undefined) throw underWay(under);
  const target = await chooseCell(deps, { accountSid, from, to });
  const nowMs = clock.nowMs();
  const move: Move = {
    sid: mintSid("MV"),
    accountSid,
    from: from.name,
    to: target.name,
    step: "prepare",
    epoch: nextEpoch(home, nowMs),
    progress: {},
    reason: undefined,
    startedMs: nowMs,
    stepStartedMs: nowMs,
    updatedMs: nowMs,
  };
  if (!(await insertMove(database, move))) {
    const other = await findOpenMove(database, accountSid);
    throw other === undefined ? new AppError(moveErrors.noRoom, { region: from.region }) : underWay(other);
  }
  deps.wake();
  return move;
}

/**
 * The epoch of a move is its time in seconds: a number that came to this account from one
 * that had moved often may have an older epoch than the account, or a newer one.
 */
function nextEpoch({ epoch }: Home, nowMs: number): number {
  return Math.max(epoch + 1, Math.floor(nowMs / 1_000));
}

function underWay({ sid, accountSid, step }: Move): AppError {
  return new AppError(moveErrors.underWay, { move: sid, sid: accountSid, step });
}

async function chooseCell(
  { homes }: MoveDeps,
  wish: { readonly accountSid: string; readonly from: CellDescriptor; readonly to: string | undefined },
): Promise<CellDescriptor> {
  const { accountSid, from, to } = wish;
  if (to === undefined) {
    const placed = await homes.place(from);
    if (placed === undefined || placed.name === from.name) {
      throw new AppError(moveErrors.noRoom, { region: from.region });
    }
    return placed;
  }
  const cell = await homes.cell(to);
  if (cell === undefined || cell.type !== from.type || cell.state !== "open") {
    throw new AppError(moveErrors.cellUnknown, { cell: to });
  }
  if (cell.name === from.name) throw new AppError(moveErrors.isThere, { sid: accountSid, cell: to });
  // What is personal stays in its region.
  if (cell.region !== from.region) {
    throw new AppError(moveErrors.otherRegion, { sid: accountSid, region: from.region, cell: to });
  }
  return cell;
}

/** Calls a move off. `undefined` where there is none; throws where it is too late. */
export async function cancelMove({ database, clock, wake }: MoveDeps, sid: string): Promise<Move | undefined> {
  for (;;) {
    const move = await findMove(database, sid);
    if (move === undefined || move.step === "rollback" || move.step === "canceled") return move;
    if (!canRollBack(move.step)) throw new AppError(moveErrors.tooLate, { move: sid, step: move.step });
    const progress = { ...move.progress, isCanceled: true };
    const change = { step: "rollback" as const, progress, reason: "canceled by the operator" };
    const changed = await changeMove(database, move, change, clock.nowMs());
    if (changed !== undefined) {
      wake();
      return changed;
    }
  }
}

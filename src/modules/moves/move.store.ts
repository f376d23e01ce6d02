import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { Move, MoveProgress, MoveStep } from "./move.ts";

interface MoveRow extends Row {
  sid: string;
  account_sid: string;
  from_cell: string;
  to_cell: string;
  step: MoveStep;
  epoch: number;
  progress: MoveProgress;
  reason: string | null;
  step_started_at: Date;
  started_at: Date;
  updated_at: Date;
}

function fromRow(row: MoveRow): Move {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    from: row.from_cell,
    to: row.to_cell,
    step: row.step,
    epoch: row.epoch,
    progress: row.progress,
    reason: row.reason ?? undefined,
    startedMs: row.started_at.getTime(),
    stepStartedMs: row.step_started_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** Stores a new move. False where another one of the account is under way. */
export async function insertMove(database: Database, move: Move): Promise<boolean> {
  const rows = await database.query(
    `insert into moves (sid, account_sid, from_cell, to_cell, step, epoch, progress, step_started_at, started_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::timestamptz, $8::timestamptz, $8::timestamptz)
     on conflict (account_sid) where step not in ('done', 'canceled', 'failed') do nothing returning sid`,
    [
      move.sid,
      move.accountSid,
      move.from,
      move.to,
      move.step,
      move.epoch,
      JSON.stringify(move.progress),
      new Date(move.startedMs),
    ],
  );
  return rows.length > 0;
}

export async function findMove(session: DatabaseSession, sid: string): Promise<Move | undefined> {
  const rows = await session.query<MoveRow>("select * from moves where sid = $1", [sid]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The move of an account that is under way. */
export async function findOpenMove(session: DatabaseSession, accountSid: string): Promise<Move | undefined> {
  const rows = await session.query<MoveRow>(
    "select * from moves where account_sid = $1 and step not in ('done', 'canceled', 'failed')",
    [accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Moves that are under way, oldest first. */
export async function openMoves(session: DatabaseSession, limit: number): Promise<Move[]> {
  const rows = await session.query<MoveRow>(
    `select * from moves where step not in ('done', 'canceled', 'failed') order by started_at, sid limit $1`,
    [limit],
  );
  return rows.map(fromRow);
}

/** At most `limit` moves, newest first; the cursor is a SID. */
export async function listMoves(
  session: DatabaseSession,
  accountSid: string | undefined,
  { cursor, direction, limit }: Slice,
): Promise<Move[]> {
  const forward = direction === "next";
  const rows = await session.query<MoveRow>(
    `select * from moves where ($1::text is null or account_sid = $1)
       and ($2::text is null or sid ${forward ? "<" : ">"} $2) order by sid ${forward ? "desc" : "asc"} limit $3`,
    [accountSid ?? null, cursor ?? null, limit],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

/** What becomes of a move. */
export interface MoveChange {
  readonly step: MoveStep;
  readonly progress: MoveProgress;
  readonly reason: string | undefined;
}

/**
 * Writes how a move stands, if it still is at the step that the writer knows: of several
 * movers, and of one that was asleep, none undoes what another one decided. Resolves to
 * the move as it is now, `undefined` where it was at another step.
 */
export async function changeMove(
  session: DatabaseSession,
  move: Pick<Move, "sid" | "step">,
  change: MoveChange,
  nowMs: number,
): Promise<Move | undefined> {
  const rows = await session.query<MoveRow>(
    `update moves set step = $3, progress = $4::jsonb, reason = $5, updated_at = $6::timestamptz,
       step_started_at = case when step = $3 then step_started_at else $6::timestamptz end
     where sid = $1 and step = $2 returning *`,
    [move.sid, move.step, change.step, JSON.stringify(change.progress), change.reason ?? null, new Date(nowMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

import type { Family } from "../../platform/fleet/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { CellMove, CellMoveState, CopyProgress } from "./cell-move.ts";

interface CellMoveRow extends Row {
  sid: string;
  side: CellMove["side"];
  main_sid: string;
  other_cell: string;
  state: CellMoveState;
  epoch: number | null;
  lease_until: Date | null;
  sealed_at: Date | null;
  family: Family;
  route_keys: string[];
  progress: CopyProgress;
}

function fromRow(row: CellMoveRow): CellMove {
  return {
    sid: row.sid,
    side: row.side,
    mainSid: row.main_sid,
    otherCell: row.other_cell,
    state: row.state,
    epoch: row.epoch ?? undefined,
    leaseUntilMs: row.lease_until?.getTime(),
    sealedMs: row.sealed_at?.getTime(),
    family: row.family,
    routeKeys: row.route_keys,
    progress: row.progress,
  };
}

/** One side of a move, locked until the transaction ends where `lock`. */
export async function findCellMove(
  session: DatabaseSession,
  sid: string,
  side: CellMove["side"],
  lock = false,
): Promise<CellMove | undefined> {
  const rows = await session.query<CellMoveRow>(
    `select * from cell_moves where sid = $1 and side = $2${lock ? " for update" : ""}`,
    [sid, side],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** All moves of this cell that still say something of where accounts are, oldest first. */
export async function readCellMoves(session: DatabaseSession): Promise<CellMove[]> {
  const rows = await session.query<CellMoveRow>(
    "select * from cell_moves where state not in ('prepared', 'canceled', 'aborted') order by number",
  );
  return rows.map(fromRow);
}

/** The latest move that took the account out of this cell or brought it. */
export async function latestEnded(session: DatabaseSession, mainSid: string): Promise<CellMove | undefined> {
  const rows = await session.query<CellMoveRow>(
    `select * from cell_moves where main_sid = $1 and state in ('moved', 'left', 'active')
     order by number desc limit 1`,
    [mainSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** SIDs of the accounts that moved away from this cell and whose leftovers may be written over. */
export async function departedAccounts(session: DatabaseSession): Promise<string[]> {
  const rows = await session.query<{ sid: string }>(
    `select account.sid from (
         select distinct on (main_sid) state, family from cell_moves where state in ('moved', 'left', 'active')
         order by main_sid, number desc) as latest
       cross join lateral jsonb_array_elements_text(latest.family->'accountSids') as account (sid)
     where latest.state <> 'active'`,
  );
  return rows.map(({ sid }) => sid);
}

/** Writes a side of a move as it is now, new or not. */
export async function saveCellMove(session: DatabaseSession, move: CellMove, nowMs: number): Promise<void> {
  await session.query(
    `insert into cell_moves (sid, side, main_sid, other_cell, state, epoch, lease_until, sealed_at, family, route_keys,
       progress, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz, $9::jsonb, $10::text[], $11::jsonb, $12::timestamptz)
     on conflict (sid, side) do update set state = excluded.state, epoch = excluded.epoch,
       lease_until = excluded.lease_until, sealed_at = excluded.sealed_at, family = excluded.family,
       route_keys = excluded.route_keys, progress = excluded.progress, updated_at = excluded.updated_at`,
    [
      move.sid,
      move.side,
      move.mainSid,
      move.otherCell,
      move.state,
      move.epoch ?? null,
      move.leaseUntilMs === undefined ? null : new Date(move.leaseUntilMs),
      move.sealedMs === undefined ? null : new Date(move.sealedMs),
      JSON.stringify(move.family),
      move.routeKeys,
      JSON.stringify(move.progress),
      new Date(nowMs),
    ],
  );
}

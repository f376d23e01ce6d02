import { FIRST_EPOCH, type Assignment, type HomeChange } from "../../platform/cell-router/index.ts";
import type { CellType, Home } from "../../platform/fleet/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";

interface HomeRow extends Row {
  key: string;
  type: CellType;
  cell: string | null;
  epoch: number;
}

/** What stands in the table for a key; `cell` is absent where it has no home any more. */
export interface HomeEntry {
  readonly cell: string | undefined;
  readonly epoch: number;
}

export async function findHome(session: DatabaseSession, key: string, type: CellType): Promise<HomeEntry | undefined> {
  const rows = await session.query<HomeRow>("select cell, epoch from cell_homes where key = $1 and type = $2", [
    key,
    type,
  ]);
  const row = rows[0];
  return row && { cell: row.cell ?? undefined, epoch: row.epoch };
}

/**
 * Of two cells that chance picks among those with room the one with less load gets the
 * key, which is counted in the same statement; the database undoes it all where the cell
 * is full by then. A key that is there stays as it is.
 */
function assignSql(onConflict: string): string {
  return `with candidates as (
      select c.name, c.accounts::float8 / t.cap as load from cells c join cell_tiers t on t.name = c.tier
      where c.accounts < t.cap and (
        ($5::text is null and c.state = 'open' and c.type = $2 and c.tier = $3 and c.region = $4)
        or (c.name = $5 and c.type = $2 and c.state <> 'removed'))
      order by random() limit 2),
    placed as (
      insert into cell_homes as h (key, type, cell, epoch, counted)
      select $1, $2, name, ${FIRST_EPOCH}, true from (select name from candidates order by load, name limit 1) chosen
      on conflict (key, type) ${onConflict} returning cell, epoch),
    counted as (update cells set accounts = accounts + 1 from placed where cells.name = placed.cell)
    select cell, epoch from placed`;
}

const ASSIGN_NEW = assignSql("do nothing");
const ASSIGN_AGAIN = assignSql(
  `do update set cell = excluded.cell, epoch = h.epoch + 1, counted = true, changed = pg_current_xact_id()
   where h.cell is null`,
);

/** Assigns a home to a key that has none; `undefined` where it has one, or no cell has room. `again`: for a key that had one once. */
export async function insertHome(
  database: Database,
  { key, type, tier, region, cell }: Assignment,
  again: boolean,
): Promise<Home | undefined> {
  const values = [key, type, tier, region, cell ?? null];
  const rows = await database.query<{ cell: string; epoch: number }>(again ? ASSIGN_AGAIN : ASSIGN_NEW, values);
  return rows[0];
}

/** Who is at home where, of keys that are locked until the transaction ends. */
export async function lockHomes(
  tx: DatabaseSession,
  keys: readonly string[],
  type: CellType,
): Promise<Map<string, HomeEntry & { readonly counted: boolean }>> {
  const rows = await tx.query<HomeRow & { counted: boolean }>(
    "select key, cell, epoch, counted from cell_homes where key = any($1) and type = $2 order by key for update",
    [keys, type],
  );
  return new Map(rows.map(({ key, cell, epoch, counted }) => [key, { cell: cell ?? undefined, epoch, counted }]));
}

/** Writes the home of keys down, those that have none yet included, which do not count as accounts. */
export async function upsertHomes(
  tx: DatabaseSession,
  written: { readonly keys: readonly string[]; readonly type: CellType; readonly home: Home },
): Promise<void> {
  const { keys, type, home } = written;
  await tx.query(
    `insert into cell_homes as h (key, type, cell, epoch, counted)
     select key, $2, $3, $4, false from unnest($1::text[]) as key order by key
     on conflict (key, type) do update set cell = excluded.cell, epoch = excluded.epoch, changed = pg_current_xact_id()`,
    [keys, type, home.cell, home.epoch],
  );
}

/** Gives keys without a home one, and resolves to those that have one elsewhere. */
export async function insertHomes(
  database: Database,
  claimed: { readonly keys: readonly string[]; readonly type: CellType; readonly cell: string },
): Promise<string[]> {
  const { keys, type, cell } = claimed;
  await database.query(
    `insert into cell_homes as h (key, type, cell, epoch, counted)
     select key, $2, $3, ${FIRST_EPOCH}, false from (select distinct unnest($1::text[]) as key order by 1) keys
     on conflict (key, type) do update set cell = excluded.cell, epoch = h.epoch + 1, changed = pg_current_xact_id()
       where h.cell is null`,
    [keys, type, cell],
  );
  const rows = await database.query<{ key: string }>(
    "select key from cell_homes where key = any($1) and type = $2 and cell is distinct from $3 order by key",
    [keys, type, cell],
  );
  return rows.map(({ key }) => key);
}

/** Main accounts that are at home in a cell, in the order of their SIDs. */
export async function listAccounts(session: DatabaseSession, cell: string, limit: number): Promise<string[]> {
  const rows = await session.query<{ key: string }>(
    "select key from cell_homes where cell = $1 and counted order by key limit $2",
    [cell, limit],
  );
  return rows.map(({ key }) => key);
}

/** Takes keys their home in a cell, and resolves to how many of them counted as accounts. */
export async function clearHomes(
  tx: DatabaseSession,
  released: { readonly keys: readonly string[]; readonly type: CellType; readonly cell: string },
): Promise<number> {
  const { keys, type, cell } = released;
  const rows = await tx.query<{ counted: boolean }>(
    `update cell_homes h set cell = null, epoch = h.epoch + 1, counted = false, changed = pg_current_xact_id()
     from (select key, type, counted from cell_homes
           where key = any($1) and type = $2 and cell = $3 order by key for update) old
     where h.key = old.key and h.type = old.type returning old.counted`,
    [keys, type, cell],
  );
  return rows.filter(({ counted }) => counted).length;
}

export async function countHomes(session: DatabaseSession, cell: string): Promise<number> {
  const rows = await session.query<{ homes: number }>("select count(*) as homes from cell_homes where cell = $1", [
    cell,
  ]);
  return rows[0]?.homes ?? 0;
}

/** Where a reader of changes is: after the row of this transaction, key and type. */
export interface ChangePlace {
  readonly changed: string;
  readonly key: string;
  readonly type: string;
}

/**
 * Changes after a place, oldest first. Only of transactions before which none runs any
 * more: otherwise one that began earlier and commits later would be left out for good.
 */
export async function listChanges(
  session: DatabaseSession,
  after: ChangePlace,
  limit: number,
): Promise<(HomeChange & { readonly changed: string })[]> {
  const rows = await session.query<HomeRow & { changed: string }>(
    `select key, type, cell, epoch, changed::text as changed from cell_homes
     where (changed, key, type) > ($1::text::xid8, $2, $3) and changed < pg_snapshot_xmin(pg_current_snapshot())
     order by cell_homes.changed, key, type limit $4`,
    [after.changed, after.key, after.type, limit],
  );
  return rows.map(({ key, type, cell, epoch, changed }) => ({ key, type, cell: cell ?? undefined, epoch, changed }));
}

/** Whether a transaction of this number can have been here. */
export async function isKnownTransaction(session: DatabaseSession, changed: string): Promise<boolean> {
  const rows = await session.query<{ known: boolean }>(
    "select $1::text::xid8 < pg_snapshot_xmax(pg_current_snapshot()) as known",
    [changed],
  );
  return rows[0]?.known === true;
}

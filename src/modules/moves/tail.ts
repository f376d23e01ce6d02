/**
 * What the old cell still changes after an account has moved: rows of messages that it had
 * accepted, and what follows from them. The new cell asks for them until none is open.
 */
import type { MovableTable } from "../../platform/fleet/index.ts";
import type { Database, DatabaseSession } from "../../platform/ports.ts";
import type { CellMove } from "./cell-move.ts";
import { putRows, readByKeys, uuidAt, type TravellingRow } from "./rows.ts";

/** A row of the tail on its way: the table, and a digest by which it is acknowledged. */
export interface TailRow {
  readonly table: string;
  readonly key: string;
  readonly digest: string;
  readonly row: string;
}

/** What the target has made durable. */
export interface TailAck {
  readonly table: string;
  readonly key: string;
  readonly digest: string;
}

export interface TailPage {
  readonly rows: readonly TailRow[];
  /** Rows that may still change or were not acknowledged in their present form. */
  readonly open: number;
}

/** Rows of one page of the tail. */
export const MAX_TAIL_ROWS = 500;

const tailOf = ({ tail, name }: MovableTable): NonNullable<MovableTable["tail"]> => {
  if (tail === undefined) throw new Error(`${name} has no tail`);
  return tail;
};

/** From where on rows count as changing. */
export function tailBound(table: MovableTable, sealedMs: number): string {
  return uuidAt(sealedMs - tailOf(table).marginMs);
}

/** Notes which rows may still change, when the source is sealed. */
export async function beginTail(
  tx: DatabaseSession,
  move: CellMove & { readonly sealedMs: number },
  table: MovableTable,
  changing: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into cell_move_tail (move_sid, side, table_name, key, open)
     select $1, 'source', $2, k, true from (
       select ${table.key} as k from ${table.name} t
         where ${table.owned.replaceAll("$1", "$3::text[]")} and (${tailOf(table).open})
       union select unnest($4::text[])::uuid) as open (k)
     on conflict do nothing`,
    [move.sid, table.name, move.family.accountSids, changing],
  );
}

/** The keys within a range that may still change, which a comparison leaves out. */
export async function openKeys(
  session: DatabaseSession,
  move: CellMove,
  table: MovableTable,
  range: { readonly after: string; readonly until: string | undefined },
): Promise<string[]> {
  const rows = await session.query<{ key: string }>(
    `select key::text from cell_move_tail where move_sid = $1 and side = 'source' and table_name = $2
       and key > $3::uuid and ($4::uuid is null or key <= $4::uuid) order by key`,
    [move.sid, table.name, range.after, range.until ?? null],
  );
  return rows.map(({ key }) => key);
}

/** Enters what the target acknowledged, finds what is new, and reads the next rows that it does not have as they are. */
export async function nextTailPage(
  database: Database,
  move: CellMove & { readonly sealedMs: number },
  input: {
    readonly tables: readonly MovableTable[];
    readonly acks: readonly TailAck[];
    readonly changing: (table: string) => readonly string[];
  },
): Promise<TailPage> {
  const rows: TailRow[] = [];
  let open = 0;
  for (const table of input.tables) {
    const acks = input.acks.filter((ack) => ack.table === table.name);
    await database.transaction(async (tx) => {
      await noteNew(tx, move, table);
      await acknowledge(tx, move, table, acks);
      // What is in memory is asked for before the rows are looked at: what leaves it meanwhile counts once more.
      await closeDone(tx, move, table, input.changing(table.name));
      rows.push(...(await unsent(tx, move, table, MAX_TAIL_ROWS - rows.length)));
      open += await countOpen(tx, move, table);
    });
  }
  return { rows, open };
}

async function noteNew(tx: DatabaseSession, move: CellMove & { readonly sealedMs: number }, table: MovableTable) {
  await tx.query(
    `insert into cell_move_tail (move_sid, side, table_name, key, open)
     select $1, 'source', $2, ${table.key}, true from ${table.name} t
     where ${table.owned.replaceAll("$1", "$3::text[]")} and ${table.key} > $4::uuid on conflict do nothing`,
    [move.sid, table.name, move.family.accountSids, tailBound(table, move.sealedMs)],
  );
}

async function acknowledge(tx: DatabaseSession, move: CellMove, table: MovableTable, acks: readonly TailAck[]) {
  if (acks.length === 0) return;
  await tx.query(
    `update cell_move_tail x set sent = ack.digest from unnest($3::uuid[], $4::text[]) as ack (key, digest)
     where x.move_sid = $1 and x.side = 'source' and x.table_name = $2 and x.key = ack.key`,
    [move.sid, table.name, acks.map(({ key }) => key), acks.map(({ digest }) => digest)],
  );
}

const digest = (table: MovableTable): string =>
  `md5((to_jsonb(t) - array[${Object.keys(table.local ?? {})
    .map((name) => `'${name}'`)
    .join(", ")}]::text[])::text)`;

/** A row is done when the target has it as it is and it changes no more, or when it is gone. */
async function closeDone(tx: DatabaseSession, move: CellMove, table: MovableTable, changing: readonly string[]) {
  await tx.query(
    `update cell_move_tail x set open = false
     where x.move_sid = $1 and x.side = 'source' and x.table_name = $2 and x.open and x.key <> all ($3::text[]::uuid[])
       and not exists (select from ${table.name} t where ${table.key} = x.key
         and ((${tailOf(table).open}) or x.sent is distinct from ${digest(table)}))`,
    [move.sid, table.name, changing],
  );
}

async function unsent(tx: DatabaseSession, move: CellMove, table: MovableTable, limit: number): Promise<TailRow[]> {
  if (limit <= 0) return [];
  const found = await tx.query<{ key: string; digest: string }>(
    `select x.key::text, ${digest(table)} as digest from cell_move_tail x join ${table.name} t on ${table.key} = x.key
     where x.move_sid = $1 and x.side = 'source' and x.table_name = $2 and x.open
       and x.sent is distinct from ${digest(table)} order by x.key limit $3`,
    [move.sid, table.name, limit],
  );
  const digests = new Map(found.map((row) => [row.key, row.digest]));
  const { accountSids } = move.family;
  const rows = await readByKeys(tx, table, { accountSids, keys: [...digests.keys()] });
  return rows.map(([key, row]) => ({ table: table.name, key, row, digest: digests.get(key) ?? "" }));
}

async function countOpen(tx: DatabaseSession, move: CellMove, table: MovableTable): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    "select count(*) from cell_move_tail where move_sid = $1 and side = 'source' and table_name = $2 and open",
    [move.sid, table.name],
  );
  return row?.count ?? 0;
}

/**
 * Writes rows of the tail in the target. Until it is active they are taken whole. After
 * that only what the source may still change is taken over, and a row that was there once
 * and is gone was deleted here, and stays so.
 */
export async function putTail(
  tx: DatabaseSession,
  move: CellMove,
  table: MovableTable,
  rows: readonly TravellingRow[],
): Promise<void> {
  const keys = rows.map(([key]) => key);
  const seen = await tx.query<{ key: string }>(
    `insert into cell_move_tail (move_sid, side, table_name, key, open)
     select $1, 'target', $2, k, false from unnest($3::uuid[]) as came (k) on conflict do nothing returning key::text`,
    [move.sid, table.name, keys],
  );
  if (move.state === "arriving") return putRows(tx, table, { rows, replaceable: [] });
  const updated = await tx.query<{ key: string }>(
    `update ${table.name} t set ${tailOf(table).update}
     from jsonb_populate_recordset(null::${table.name}, $1::jsonb) as e
     where t.${table.primaryKey} = e.${table.primaryKey} returning (${table.key})::text as key`,
    [`[${rows.map(([, row]) => row).join(",")}]`],
  );
  const present = new Set(updated.map(({ key }) => key));
  const fresh = new Set(seen.map(({ key }) => key));
  await putRows(tx, table, { rows: rows.filter(([key]) => fresh.has(key) && !present.has(key)), replaceable: [] });
}

import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { PriceTable } from "./price-table.ts";
import type { PriceHead } from "./table/index.ts";

interface TableRow extends Row {
  version: number;
  list: string;
  currency: string;
  rates: string;
  status: PriceTable["status"];
  hash: string | null;
  note: string;
  created_by: string;
  created_at: Date;
  parts: number;
  rows: number;
}

function fromRow(row: TableRow): PriceTable {
  const { version, list, currency, rates, status, hash, note, parts, rows } = row;
  return {
    version,
    list,
    currency,
    rates: JSON.parse(rates) as PriceTable["rates"],
    status,
    hash: hash ?? undefined,
    note,
    createdBy: row.created_by,
    createdMs: row.created_at.getTime(),
    parts,
    rows,
  };
}

/** What a new table begins with. */
export interface NewTable {
  readonly head: PriceHead;
  readonly note: string;
  readonly createdBy: string;
  readonly atMs: number;
}

/** Makes an empty draft. */
export async function insertDraft(
  session: DatabaseSession,
  { head, note, createdBy, atMs }: NewTable,
): Promise<PriceTable> {
  const rows = await session.query<TableRow>(
    `insert into price_tables (list, currency, rates, status, note, created_by, created_at)
     values ($1, $2, $3, 'draft', $4, $5, $6) returning *`,
    [head.list, head.currency, JSON.stringify(head.rates), note, createdBy, new Date(atMs)],
  );
  return fromRow(rows[0] as TableRow);
}

/** A version; `lock` keeps others from changing it until the transaction ends. */
export async function findTable(
  session: DatabaseSession,
  version: number,
  lock = false,
): Promise<PriceTable | undefined> {
  const rows = await session.query<TableRow>(
    `select * from price_tables where version = $1${lock ? " for update" : ""}`,
    [version],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Whether a list has a complete version. */
export async function listExists(session: DatabaseSession, list: string): Promise<boolean> {
  const rows = await session.query("select 1 from price_tables where list = $1 and status = 'complete' limit 1", [
    list,
  ]);
  return rows.length > 0;
}

/** At most `limit` versions, newest first. */
export async function listTables(
  database: Database,
  list: string | undefined,
  { cursor, direction, limit }: Slice,
): Promise<PriceTable[]> {
  const forward = direction === "next";
  const rows = await database.query<TableRow>(
    `select * from price_tables where ($1::bigint is null or version ${forward ? "<" : ">"} $1::bigint)
       and ($3::text is null or list = $3)
     order by version ${forward ? "desc" : "asc"} limit $2`,
    [cursor ?? null, limit, list ?? null],
  );
  const tables = rows.map(fromRow);
  return forward ? tables : tables.toReversed();
}

/** A part of a table: rows as JSON texts. */
export interface TablePart {
  readonly version: number;
  readonly part: number;
  readonly firstRow: number;
  readonly rows: readonly unknown[];
}

/** Adds the next part of a draft, in a transaction that has locked it. */
export async function insertPart(tx: DatabaseSession, { version, part, firstRow, rows }: TablePart): Promise<void> {
  await tx.query(
    "insert into price_table_parts (version, part, first_row, rows, content) values ($1, $2, $3, $4, $5)",
    [version, part, firstRow, rows.length, JSON.stringify(rows)],
  );
  await tx.query("update price_tables set parts = parts + 1, rows = rows + $2 where version = $1", [
    version,
    rows.length,
  ]);
}

/** The parts of a version in their order from the one that has the row `fromRow` on, one in memory at a time. */
export async function* readParts(
  database: DatabaseSession,
  version: number,
  fromRow = 0,
): AsyncGenerator<{ readonly firstRow: number; readonly rows: readonly unknown[] }> {
  let row = fromRow;
  for (;;) {
    const [found] = await database.query<{ first_row: number; rows: number; content: string }>(
      `select first_row, rows, content from price_table_parts
       where version = $1 and first_row + rows > $2 order by part limit 1`,
      [version, row],
    );
    if (found === undefined) return;
    yield { firstRow: found.first_row, rows: JSON.parse(found.content) as unknown[] };
    row = found.first_row + found.rows;
  }
}

/** Ends a draft that still has as many parts as were looked at. `undefined` where it changed meanwhile. */
export async function completeTable(
  session: DatabaseSession,
  completed: { readonly version: number; readonly parts: number; readonly hash: string },
): Promise<PriceTable | undefined> {
  const rows = await session.query<TableRow>(
    `update price_tables set status = 'complete', hash = $3
     where version = $1 and status = 'draft' and parts = $2 returning *`,
    [completed.version, completed.parts, completed.hash],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

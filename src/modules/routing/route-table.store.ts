import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { RouteTable } from "./route-table.ts";
import type { TableSize } from "./table/index.ts";

interface TableRow extends Row {
  version: number;
  status: RouteTable["status"];
  hash: string | null;
  note: string;
  created_by: string;
  created_at: Date;
  parts: number;
  carriers: number;
  networks: number;
  prefixes: number;
  routes: number;
  inputs: number;
  octets: number;
}

function fromRow(row: TableRow): RouteTable {
  const { version, status, hash, note, parts, carriers, networks, prefixes, routes, inputs, octets } = row;
  return {
    version,
    status,
    hash: hash ?? undefined,
    note,
    createdBy: row.created_by,
    createdMs: row.created_at.getTime(),
    parts,
    size: { carriers, networks, prefixes, routes, inputs, octets },
  };
}

/** Makes an empty draft. */
export async function insertDraft(
  database: Database,
  draft: { readonly note: string; readonly createdBy: string; readonly atMs: number },
): Promise<RouteTable> {
  const rows = await database.query<TableRow>(
    "insert into route_tables (status, note, created_by, created_at) values ('draft', $1, $2, $3) returning *",
    [draft.note, draft.createdBy, new Date(draft.atMs)],
  );
  return fromRow(rows[0] as TableRow);
}

/** A version; `lock` keeps others from changing it until the transaction ends. */
export async function findTable(
  session: DatabaseSession,
  version: number,
  lock = false,
): Promise<RouteTable | undefined> {
  const rows = await session.query<TableRow>(
    `select * from route_tables where version = $1${lock ? " for update" : ""}`,
    [version],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** At most `limit` versions, newest first. */
export async function listTables(database: Database, { cursor, direction, limit }: Slice): Promise<RouteTable[]> {
  const forward = direction === "next";
  const rows = await database.query<TableRow>(
    `select * from route_tables where $1::bigint is null or version ${forward ? "<" : ">"} $1::bigint
     order by version ${forward ? "desc" : "asc"} limit $2`,
    [cursor ?? null, limit],
  );
  const tables = rows.map(fromRow);
  return forward ? tables : tables.toReversed();
}

/** Adds the next part of a draft, in a transaction that has locked it. */
export async function insertPart(
  tx: DatabaseSession,
  added: { readonly version: number; readonly part: number; readonly content: string },
): Promise<void> {
  await tx.query("insert into route_table_parts (version, part, content) values ($1, $2, $3)", [
    added.version,
    added.part,
    added.content,
  ]);
  await tx.query("update route_tables set parts = parts + 1 where version = $1", [added.version]);
}

/** The parts of a version in their order, one in memory at a time. */
export async function* readParts(database: Database, version: number): AsyncGenerator<unknown> {
  for (let part = 0; ; part += 1) {
    const content = await findPart(database, { version, part });
    if (content === undefined) return;
    yield content;
  }
}

/** A part as it was given. */
export async function findPart(
  database: Database,
  { version, part }: { readonly version: number; readonly part: number },
): Promise<unknown> {
  const rows = await database.query<{ content: string }>(
    "select content from route_table_parts where version = $1 and part = $2",
    [version, part],
  );
  return rows[0] === undefined ? undefined : (JSON.parse(rows[0].content) as unknown);
}

/** Ends a draft that still has as many parts as were looked at. `undefined` where it changed meanwhile. */
export async function completeTable(
  database: Database,
  completed: { readonly version: number; readonly parts: number; readonly hash: string; readonly size: TableSize },
): Promise<RouteTable | undefined> {
  const { version, parts, hash, size } = completed;
  const rows = await database.query<TableRow>(
    `update route_tables set status = 'complete', hash = $3, carriers = $4, networks = $5, prefixes = $6,
       routes = $7, inputs = $8, octets = $9
     where version = $1 and status = 'draft' and parts = $2 returning *`,
    [version, parts, hash, size.carriers, size.networks, size.prefixes, size.routes, size.inputs, size.octets],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

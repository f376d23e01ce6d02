import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { Publication } from "./route-table.ts";

interface PublicationRow extends Row {
  id: number;
  version: number;
  previous_version: number;
  kind: Publication["kind"];
  actor: string;
  reason: string;
  published_at: Date;
}

function fromRow(row: PublicationRow): Publication {
  const { id, version, kind, actor, reason } = row;
  return {
    id,
    version,
    kind,
    actor,
    reason,
    previousVersion: row.previous_version,
    publishedMs: row.published_at.getTime(),
  };
}

/** What is active, and since which publication; `undefined` where nothing was ever published. */
export async function findNewestPublication(session: DatabaseSession): Promise<Publication | undefined> {
  const rows = await session.query<PublicationRow>("select * from route_publications order by id desc limit 1");
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Keeps others from publishing until the transaction ends; reading goes on. */
export async function lockPublications(tx: DatabaseSession): Promise<void> {
  await tx.query("lock table route_publications in exclusive mode");
}

/** Adds to the audit, in a transaction that has locked it. */
export async function insertPublication(tx: DatabaseSession, added: Omit<Publication, "id">): Promise<Publication> {
  const rows = await tx.query<PublicationRow>(
    `insert into route_publications (version, previous_version, kind, actor, reason, published_at)
     values ($1, $2, $3, $4, $5, $6) returning *`,
    [added.version, added.previousVersion, added.kind, added.actor, added.reason, new Date(added.publishedMs)],
  );
  return fromRow(rows[0] as PublicationRow);
}

/** At most `limit` publications, newest first. */
export async function listPublications(
  database: Database,
  { cursor, direction, limit }: Slice,
): Promise<Publication[]> {
  const forward = direction === "next";
  const rows = await database.query<PublicationRow>(
    `select * from route_publications where $1::bigint is null or id ${forward ? "<" : ">"} $1::bigint
     order by id ${forward ? "desc" : "asc"} limit $2`,
    [cursor ?? null, limit],
  );
  const publications = rows.map(fromRow);
  return forward ? publications : publications.toReversed();
}

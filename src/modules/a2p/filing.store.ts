import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { Filing, FilingBody } from "./registry.ts";

/** Something that the registry is still to be given, or still to decide. */
export interface OpenFiling extends Filing {
  readonly resourceSid: string;
  /** The registry's reference; absent until it has taken it. */
  readonly ref?: string;
  /** Of the last standing that was applied; -1 before the first. */
  readonly sequence: number;
  /** Tries since something last changed. */
  readonly attempts: number;
}

interface FilingRow extends Row {
  id: string;
  account_sid: string;
  resource_sid: string;
  body: FilingBody;
  ref: string | null;
  sequence: number;
  attempts: number;
}

function fromRow(row: FilingRow): OpenFiling {
  return {
    id: row.id,
    accountSid: row.account_sid,
    resourceSid: row.resource_sid,
    body: row.body,
    sequence: row.sequence,
    attempts: row.attempts,
    ...(row.ref === null ? {} : { ref: row.ref }),
  };
}

/** Adds something to file, in the transaction that makes what it is about. */
export async function addFiling(
  tx: DatabaseSession,
  filing: Filing & { readonly resourceSid: string; readonly atMs: number },
): Promise<void> {
  await tx.query(
    `insert into a2p_filings (id, account_sid, resource_sid, body, state, due_at, created_at)
     values ($1, $2, $3, $4::jsonb, 'due', $5, $5)`,
    [filing.id, filing.accountSid, filing.resourceSid, JSON.stringify(filing.body), new Date(filing.atMs)],
  );
}

/** At most `limit` filings whose time has come, the longest waiting first. */
export async function dueFilings(session: DatabaseSession, atMs: number, limit: number): Promise<OpenFiling[]> {
  const rows = await session.query<FilingRow>(
    "select * from a2p_filings where due_at <= $1 order by due_at, id limit $2",
    [new Date(atMs), limit],
  );
  return rows.map(fromRow);
}

/** A filing, held until the transaction ends. */
export async function lockFiling(tx: DatabaseSession, id: string): Promise<OpenFiling | undefined> {
  const rows = await tx.query<FilingRow>("select * from a2p_filings where id = $1 for update", [id]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The registry has taken it. */
export async function markFiled(session: DatabaseSession, id: string, ref: string, nextMs: number): Promise<void> {
  await session.query(
    "update a2p_filings set state = 'filed', ref = $2, attempts = 0, due_at = $3 where id = $1 and state = 'due'",
    [id, ref, new Date(nextMs)],
  );
}

/** What was heard of it last, and when to ask again. */
export async function markHeard(
  session: DatabaseSession,
  id: string,
  heard: { readonly sequence: number; readonly attempts: number; readonly nextMs: number },
): Promise<void> {
  await session.query("update a2p_filings set sequence = $2, attempts = $3, due_at = $4 where id = $1", [
    id,
    heard.sequence,
    heard.attempts,
    new Date(heard.nextMs),
  ]);
}

/** Tries these again later. */
export async function postponeFilings(session: DatabaseSession, ids: readonly string[], nextMs: number): Promise<void> {
  if (ids.length === 0) return;
  await session.query("update a2p_filings set attempts = attempts + 1, due_at = $2 where id = any($1)", [
    ids,
    new Date(nextMs),
  ]);
}

/** The registry says that something changed: it is asked about it at once. */
export async function hastenFiling(session: DatabaseSession, ref: string, atMs: number): Promise<void> {
  await session.query("update a2p_filings set due_at = least(due_at, $2) where ref = $1", [ref, new Date(atMs)]);
}

/** Nothing more is expected of it. */
export async function removeFiling(session: DatabaseSession, id: string): Promise<void> {
  await session.query("delete from a2p_filings where id = $1", [id]);
}

/** Nothing more is expected of what was filed about a resource. */
export async function removeFilingsOf(session: DatabaseSession, resourceSid: string): Promise<void> {
  await session.query("delete from a2p_filings where resource_sid = $1", [resourceSid]);
}

/** Filings that the registry has not taken or not decided, by state, for the operator. */
export async function countFilings(
  session: DatabaseSession,
): Promise<{ readonly due: number; readonly filed: number }> {
  const rows = await session.query<{ due: number; filed: number }>(
    `select count(*) filter (where state = 'due')::int as due, count(*) filter (where state = 'filed')::int as filed
     from a2p_filings`,
  );
  return rows[0] ?? { due: 0, filed: 0 };
}

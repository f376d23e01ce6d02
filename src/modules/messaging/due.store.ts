import type { DatabaseSession } from "../../platform/ports.ts";
import { idOf, timestamp } from "./message-projection.ts";

/** A message whose time has come, or is about to. */
export interface DueRow {
  readonly sid: string;
  readonly accountSid: string;
  readonly dueMs: number;
}

interface Row extends Record<string, unknown> {
  sid: string;
  account_sid: string;
  due_at: Date;
}

/** Which of them are looked for. */
export interface DueRange {
  /** Not those whose time is before this, for they are known. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Accounts of which none are wanted. */
  readonly without: readonly string[];
  readonly limit: number;
}

/** The messages whose time comes first. */
export async function findDue(database: DatabaseSession, range: DueRange): Promise<DueRow[]> {
  const { fromMs, untilMs, without, limit } = range;
  const rows = await database.query<Row>(
    `select sid, account_sid, due_at from messages
     where due_at >= $1::timestamptz and due_at <= $2::timestamptz and account_sid <> all ($3::text[])
     order by due_at, id limit $4`,
    [timestamp(fromMs), timestamp(untilMs), without, limit],
  );
  return rows.map(dueRow);
}

/**
 * Of very many whose time has come, the first of each account, then the second of each, and
 * so on: what waits of one account does not delay another's. At most `perAccount` of each,
 * and none of the SIDs in `known`, whose rows are behind.
 */
export async function findDueFairly(
  database: DatabaseSession,
  range: Omit<DueRange, "fromMs"> & { readonly perAccount: number; readonly known: readonly string[] },
): Promise<DueRow[]> {
  const { untilMs, without, limit, perAccount, known } = range;
  const rows = await database.query<Row>(
    `with recursive accounts (sid) as (
       (select account_sid from messages where due_at is not null order by account_sid limit 1)
       union all
       select (select account_sid from messages where due_at is not null and account_sid > accounts.sid
               order by account_sid limit 1) from accounts where accounts.sid is not null)
     select own.sid, own.account_sid, own.due_at from accounts cross join lateral
       (select sid, account_sid, due_at, row_number() over (order by due_at) as turn from messages
        where account_sid = accounts.sid and due_at <= $1::timestamptz and id <> all ($5::uuid[])
        order by due_at limit $3) as own
     where accounts.sid is not null and accounts.sid <> all ($2::text[])
     order by own.turn, own.due_at limit $4`,
    [timestamp(untilMs), without, perAccount, limit, known.map(idOf)],
  );
  return rows.map(dueRow);
}

function dueRow({ sid, account_sid: accountSid, due_at: due }: Row): DueRow {
  return { sid, accountSid, dueMs: due.getTime() };
}

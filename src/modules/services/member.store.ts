import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { MemberKind, PoolMember } from "./pool-member.ts";
import type { Target } from "./service.ts";

interface MemberRow extends Row {
  sid: string;
  service_sid: string;
  account_sid: string;
  kind: MemberKind;
  address: string;
  iso_country: string;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: MemberRow): PoolMember {
  return {
    sid: row.sid,
    serviceSid: row.service_sid,
    accountSid: row.account_sid,
    kind: row.kind,
    address: row.address,
    isoCountry: row.iso_country,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** Whose pool, and what of it. */
export interface MemberScope {
  readonly accountSid: string;
  readonly serviceSid: string;
  readonly kind: MemberKind;
}

/** Adds a sender to a pool. `undefined` where the account has it in a pool already. */
export async function insertMember(
  tx: DatabaseSession,
  member: Omit<PoolMember, "createdMs" | "updatedMs">,
  atMs: number,
): Promise<PoolMember | undefined> {
  const { sid, serviceSid, accountSid, kind, address, isoCountry } = member;
  // A number that came from another account may still stand in a pool of that one.
  const rows = await tx.query<MemberRow>(
    `insert into messaging_service_senders as t
       (sid, service_sid, account_sid, kind, address, iso_country, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7)
     on conflict (sid) do update set service_sid = $2, account_sid = $3, kind = $4, address = $5, iso_country = $6,
       created_at = $7, updated_at = $7 where t.account_sid <> $3
     returning *`,
    [sid, serviceSid, accountSid, kind, address, isoCountry, new Date(atMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The member of any pool of an account that has this SID. */
export async function memberBySid(
  database: DatabaseSession,
  { accountSid, sid }: Target,
): Promise<PoolMember | undefined> {
  const rows = await database.query<MemberRow>(
    "select * from messaging_service_senders where sid = $1 and account_sid = $2",
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Takes a sender out of a pool; that of `serviceSid` where one is given. */
export async function removeMember(
  tx: DatabaseSession,
  { accountSid, sid, serviceSid }: Target & { readonly serviceSid?: string },
): Promise<PoolMember | undefined> {
  const rows = await tx.query<MemberRow>(
    `delete from messaging_service_senders
     where sid = $1 and account_sid = $2 and ($3::text is null or service_sid = $3) returning *`,
    [sid, accountSid, serviceSid ?? null],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** All members of a service. */
export async function membersOf(database: DatabaseSession, serviceSid: string): Promise<PoolMember[]> {
  const rows = await database.query<MemberRow>(
    "select * from messaging_service_senders where service_sid = $1 order by sid",
    [serviceSid],
  );
  return rows.map(fromRow);
}

/** What a list of members is asked for, beside its scope. */
export interface MemberFilter extends MemberScope {
  /** Of alphanumeric senders: those of this country; empty for those that are for all; `undefined` for any. */
  readonly isoCountry?: string | undefined;
}

/** At most `limit` members, the newest first. */
export async function listMembers(database: Database, filter: MemberFilter, slice: Slice): Promise<PoolMember[]> {
  const { accountSid, serviceSid, kind, isoCountry } = filter;
  const { cursor, direction, limit } = slice;
  const isNext = direction === "next";
  const values: unknown[] = [serviceSid, accountSid, kind, isoCountry ?? null, limit];
  if (cursor !== undefined) values.push(cursor);
  const rows = await database.query<MemberRow>(
    `select * from messaging_service_senders
     where service_sid = $1 and account_sid = $2 and kind = $3 and ($4::text is null or iso_country = $4)
       ${cursor === undefined ? "" : `and sid ${isNext ? "<" : ">"} $6`}
     order by sid ${isNext ? "desc" : "asc"} limit $5`,
    values,
  );
  const members = rows.map(fromRow);
  return isNext ? members : members.toReversed();
}

const BATCH_ROWS = 10_000;

/** All members of all pools, in batches. */
export async function* readMembers(database: Database): AsyncIterable<readonly PoolMember[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<MemberRow>(
      "select * from messaging_service_senders where sid > $1 order by sid limit $2",
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.sid ?? after;
  }
}

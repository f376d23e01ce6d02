import type { KeyKind } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { ApiKey } from "./key.ts";

interface KeyRow extends Row {
  sid: string;
  account_sid: string;
  friendly_name: string;
  kind: KeyKind;
  digest: string;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: KeyRow): ApiKey {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    friendlyName: row.friendly_name,
    kind: row.kind,
    digest: row.digest,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

export async function insertKey(tx: DatabaseSession, key: ApiKey): Promise<void> {
  await tx.query(
    `insert into api_keys (sid, account_sid, friendly_name, kind, digest, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)`,
    [key.sid, key.accountSid, key.friendlyName, key.kind, key.digest, new Date(key.createdMs), new Date(key.updatedMs)],
  );
}

export async function countKeys(tx: DatabaseSession, accountSid: string): Promise<number> {
  const rows = await tx.query<{ count: number }>("select count(*) as count from api_keys where account_sid = $1", [
    accountSid,
  ]);
  return rows[0]?.count ?? 0;
}

export async function findKey(session: DatabaseSession, sid: string): Promise<ApiKey | undefined> {
  const rows = await session.query<KeyRow>("select * from api_keys where sid = $1", [sid]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Names a key anew. `undefined` when the account has no such key. */
export async function renameKeyRow(
  session: DatabaseSession,
  key: {
    readonly accountSid: string;
    readonly sid: string;
    readonly friendlyName: string | undefined;
    readonly nowMs: number;
  },
): Promise<ApiKey | undefined> {
  const rows = await session.query<KeyRow>(
    "update api_keys set friendly_name = coalesce($3, friendly_name), updated_at = $4::timestamptz where sid = $1 and account_sid = $2 returning *",
    [key.sid, key.accountSid, key.friendlyName ?? null, new Date(key.nowMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Whether there was such a key. */
export async function deleteKeyRow(
  session: DatabaseSession,
  key: { readonly accountSid: string; readonly sid: string },
): Promise<boolean> {
  const rows = await session.query("delete from api_keys where sid = $1 and account_sid = $2 returning sid", [
    key.sid,
    key.accountSid,
  ]);
  return rows.length > 0;
}

/** At most `limit` keys of an account, newest first; the cursor is a key's SID. */
export async function listKeys(
  session: DatabaseSession,
  accountSid: string,
  page: { limit: number; cursor: string | undefined; direction: "next" | "previous" },
): Promise<ApiKey[]> {
  const forward = page.direction === "next";
  const beyond = page.cursor === undefined ? "" : `and sid ${forward ? "<" : ">"} $3`;
  const rows = await session.query<KeyRow>(
    `select * from api_keys where account_sid = $1 ${beyond} order by sid ${forward ? "desc" : "asc"} limit $2`,
    page.cursor === undefined ? [accountSid, page.limit] : [accountSid, page.limit, page.cursor],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

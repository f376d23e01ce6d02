import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { CredentialSettings, SmppCredential } from "./credential.ts";

interface CredentialRow extends Row {
  sid: string;
  account_sid: string;
  system_id: string;
  friendly_name: string;
  digest: string;
  max_binds: number;
  request_window: number;
  messages_per_second: number;
  allowed_cidrs: string[];
  receipt_fallback_url: string | null;
  inbound: boolean;
  traffic_class: SmppCredential["trafficClass"];
  default_alphabet: SmppCredential["defaultAlphabet"];
  long_texts: SmppCredential["longTexts"];
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: CredentialRow): SmppCredential {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    systemId: row.system_id,
    friendlyName: row.friendly_name,
    digest: row.digest,
    maxBinds: row.max_binds,
    window: row.request_window,
    messagesPerSecond: row.messages_per_second,
    allowedCidrs: row.allowed_cidrs,
    receiptFallbackUrl: row.receipt_fallback_url ?? undefined,
    inbound: row.inbound,
    trafficClass: row.traffic_class,
    defaultAlphabet: row.default_alphabet,
    longTexts: row.long_texts,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** Holds the account's row until the transaction ends, so that what is counted stays true. False where there is no account. */
export async function lockOwner(tx: DatabaseSession, accountSid: string): Promise<boolean> {
  const rows = await tx.query("select sid from accounts where sid = $1 for update", [accountSid]);
  return rows.length > 0;
}

export async function countCredentials(tx: DatabaseSession, accountSid: string): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    "select count(*) as count from smpp_credentials where account_sid = $1",
    [accountSid],
  );
  return rows[0]?.count ?? 0;
}

/** False where somebody has the system id. */
export async function insertCredential(tx: DatabaseSession, made: SmppCredential): Promise<boolean> {
  const rows = await tx.query(
    `insert into smpp_credentials (sid, account_sid, system_id, friendly_name, digest, max_binds, request_window,
       messages_per_second, allowed_cidrs, receipt_fallback_url, inbound, traffic_class, default_alphabet, long_texts,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text[], $10, $11, $12, $13, $14, $15::timestamptz, $16::timestamptz)
     on conflict (system_id) do nothing returning sid`,
    [made.sid, made.accountSid, made.systemId, ...settingsOf(made), new Date(made.createdMs), new Date(made.updatedMs)],
  );
  return rows.length > 0;
}

/** Digest and settings in the order of the columns. */
function settingsOf(given: CredentialSettings & { readonly digest: string }): unknown[] {
  return [
    given.friendlyName,
    given.digest,
    given.maxBinds,
    given.window,
    given.messagesPerSecond,
    given.allowedCidrs,
    given.receiptFallbackUrl ?? null,
    given.inbound,
    given.trafficClass,
    given.defaultAlphabet,
    given.longTexts,
  ];
}

/** Writes settings and digest. False where there is no such credential any more. */
export async function updateCredential(session: DatabaseSession, changed: SmppCredential): Promise<boolean> {
  const rows = await session.query(
    `update smpp_credentials set friendly_name = $2, digest = $3, max_binds = $4, request_window = $5,
       messages_per_second = $6, allowed_cidrs = $7::text[], receipt_fallback_url = $8, inbound = $9,
       traffic_class = $10, default_alphabet = $11, long_texts = $12, updated_at = $13::timestamptz
     where sid = $1 returning sid`,
    [changed.sid, ...settingsOf(changed), new Date(changed.updatedMs)],
  );
  return rows.length > 0;
}

/** The credential, locked against other changes where `forUpdate`. */
export async function findCredential(
  session: DatabaseSession,
  sid: string,
  forUpdate = false,
): Promise<SmppCredential | undefined> {
  const rows = await session.query<CredentialRow>(
    `select * from smpp_credentials where sid = $1${forUpdate ? " for update" : ""}`,
    [sid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Whether there was such a credential. */
export async function deleteCredentialRow(session: DatabaseSession, sid: string): Promise<boolean> {
  return (await session.query("delete from smpp_credentials where sid = $1 returning sid", [sid])).length > 0;
}

/** At most `limit` credentials of an account, newest first; the cursor is a SID. */
export async function listCredentials(
  session: DatabaseSession,
  accountSid: string,
  page: Slice,
): Promise<SmppCredential[]> {
  const forward = page.direction === "next";
  const beyond = page.cursor === undefined ? "" : `and sid ${forward ? "<" : ">"} $3`;
  const rows = await session.query<CredentialRow>(
    `select * from smpp_credentials where account_sid = $1 ${beyond} order by sid ${forward ? "desc" : "asc"} limit $2`,
    page.cursor === undefined ? [accountSid, page.limit] : [accountSid, page.limit, page.cursor],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

/** Changes whenever a credential was made, changed or deleted. */
export async function credentialsStamp(database: Database): Promise<string> {
  const [row] = await database.query<{ count: number; latest: Date | null }>(
    "select count(*) as count, max(updated_at) as latest from smpp_credentials",
  );
  return row === undefined ? "" : `${row.count} ${row.latest?.getTime() ?? 0}`;
}

const ROWS_AT_ONCE = 1_000;

/** All credentials, in batches. */
export async function* readCredentials(database: Database): AsyncIterable<SmppCredential[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<CredentialRow>(
      "select * from smpp_credentials where sid > $1 order by sid limit $2",
      [after, ROWS_AT_ONCE],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.sid;
  }
}

import type { Slice } from "../../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../../platform/ports.ts";
import type { Setting, SettingKind } from "./setting.ts";

interface SettingRow extends Row {
  sid: string;
  kind: SettingKind;
  account_sid: string;
  key: string;
  document: object;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: SettingRow): Setting {
  const { sid, kind, key, document, revision } = row;
  return {
    sid,
    kind,
    accountSid: row.account_sid,
    key,
    document,
    revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** The setting of a kind and key, locked until the transaction ends. */
export async function lockSetting(tx: DatabaseSession, kind: SettingKind, key: string): Promise<Setting | undefined> {
  const [row] = await tx.query<SettingRow>(
    "select * from compliance_settings where kind = $1 and key = $2 for update",
    [kind, key],
  );
  return row === undefined ? undefined : fromRow(row);
}

/** Writes a setting. Of two that are made at once with one key, one is made and the other `undefined`. */
export async function writeSetting(tx: DatabaseSession, setting: Setting): Promise<Setting | undefined> {
  const { sid, kind, accountSid, key, document, revision, createdMs, updatedMs } = setting;
  const [row] = await tx.query<SettingRow>(
    `insert into compliance_settings (sid, kind, account_sid, key, document, revision, created_at, updated_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
     on conflict (kind, key) do update
       set document = excluded.document, revision = excluded.revision, updated_at = excluded.updated_at
       where compliance_settings.revision = excluded.revision - 1
     returning *`,
    [sid, kind, accountSid, key, JSON.stringify(document), revision, new Date(createdMs), new Date(updatedMs)],
  );
  return row === undefined ? undefined : fromRow(row);
}

export async function deleteSetting(tx: DatabaseSession, sid: string): Promise<void> {
  await tx.query("delete from compliance_settings where sid = $1", [sid]);
}

/** How many an account has of a kind. */
export async function countSettings(tx: DatabaseSession, kind: SettingKind, accountSid: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    "select count(*) as count from compliance_settings where kind = $1 and account_sid = $2",
    [kind, accountSid],
  );
  return Number(row?.count ?? 0);
}

/** What a list is asked for: all accounts where none is named. */
export interface SettingFilter {
  readonly kind: SettingKind;
  readonly accountSid: string | undefined;
}

/** One setting; of the account alone where one is named. */
export async function findSetting(
  database: DatabaseSession,
  { kind, accountSid }: SettingFilter,
  sid: string,
): Promise<Setting | undefined> {
  const [row] = await database.query<SettingRow>(
    "select * from compliance_settings where sid = $1 and kind = $2 and account_sid = coalesce($3, account_sid)",
    [sid, kind, accountSid ?? null],
  );
  return row === undefined ? undefined : fromRow(row);
}

/** At most `limit` settings, newest first. */
export async function listSettings(
  database: DatabaseSession,
  { kind, accountSid }: SettingFilter,
  { cursor, direction, limit }: Slice,
): Promise<Setting[]> {
  const forward = direction === "next";
  const rows = await database.query<SettingRow>(
    `select * from compliance_settings
     where kind = $1 and account_sid = coalesce($2, account_sid) and ($3::text is null or sid ${forward ? "<" : ">"} $3)
     order by sid ${forward ? "desc" : "asc"} limit $4`,
    [kind, accountSid ?? null, cursor ?? null, limit],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

const ROWS_AT_ONCE = 2_000;

/** All settings, in batches. */
export async function* readSettings(database: Database): AsyncIterable<Setting[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<SettingRow>(
      "select * from compliance_settings where sid > $1 order by sid limit $2",
      [after, ROWS_AT_ONCE],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.sid;
  }
}

import { AppError } from "../../../kernel/errors.ts";
import type { Slice } from "../../../platform/http/index.ts";
import type { Database, Row } from "../../../platform/ports.ts";
import { spamErrors } from "./errors.ts";

export const ENTRY_KINDS = ["blocked-domain", "allowed-domain", "shortener", "brand", "exemption"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One entry of the operator's lists. */
export interface SpamEntry {
  readonly sid: string;
  readonly kind: EntryKind;
  /** Of an exemption; empty else. */
  readonly accountSid: string;
  /** A domain, a brand's name, or the exempt account's SID. */
  readonly value: string;
  readonly document: EntryDocument;
  readonly createdMs: number;
}

export interface EntryDocument {
  readonly domains?: readonly string[];
  readonly accountSids?: readonly string[];
  readonly untilMs?: number;
}

/** The most entries of all kinds. */
export const MAX_ENTRIES = 20_000;

interface EntryRow extends Row {
  sid: string;
  kind: EntryKind;
  account_sid: string;
  value: string;
  document: EntryDocument;
  created_at: Date;
}

const fromRow = (row: EntryRow): SpamEntry => ({
  sid: row.sid,
  kind: row.kind,
  accountSid: row.account_sid,
  value: row.value,
  document: row.document,
  createdMs: row.created_at.getTime(),
});

/** Throws where there is one of the kind and value already, or where there are too many. */
export async function insertEntry(database: Database, entry: SpamEntry): Promise<SpamEntry> {
  const { sid, kind, accountSid, value, document, createdMs } = entry;
  return database.transaction(async (tx) => {
    const [count] = await tx.query<{ count: number }>("select count(*) as count from spam_entries");
    if (Number(count?.count ?? 0) >= MAX_ENTRIES) throw new AppError(spamErrors.tooMany, { max: MAX_ENTRIES });
    const [row] = await tx.query<EntryRow>(
      `insert into spam_entries (sid, kind, account_sid, value, document, created_at) values ($1, $2, $3, $4, $5::jsonb, $6)
       on conflict (kind, value) do nothing returning *`,
      [sid, kind, accountSid, value, JSON.stringify(document), new Date(createdMs)],
    );
    if (row === undefined) throw new AppError(spamErrors.entryTaken, { value });
    return fromRow(row);
  });
}

/** The deleted entry; `undefined` where there was none. */
export async function deleteEntry(database: Database, sid: string): Promise<SpamEntry | undefined> {
  const [row] = await database.query<EntryRow>("delete from spam_entries where sid = $1 returning *", [sid]);
  return row === undefined ? undefined : fromRow(row);
}

/** At most `limit` entries, newest first. */
export async function listEntries(
  database: Database,
  kind: EntryKind | undefined,
  { cursor, direction, limit }: Slice,
): Promise<SpamEntry[]> {
  const forward = direction === "next";
  const rows = await database.query<EntryRow>(
    `select * from spam_entries where kind = coalesce($1, kind) and ($2::text is null or sid ${forward ? "<" : ">"} $2)
     order by sid ${forward ? "desc" : "asc"} limit $3`,
    [kind ?? null, cursor ?? null, limit],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

/** All of them, which are at most {@link MAX_ENTRIES}. */
export async function readEntries(database: Database): Promise<SpamEntry[]> {
  return (await database.query<EntryRow>(`select * from spam_entries order by sid limit ${MAX_ENTRIES}`)).map(fromRow);
}

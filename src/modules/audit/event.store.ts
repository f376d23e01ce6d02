import { isSid } from "../../kernel/ids.ts";
import type { AuditLog, PlacedEntry, TreeNode } from "../../platform/audit/index.ts";
import type { ProjectedTable } from "../../platform/cell/index.ts";
import type { Slice } from "../../platform/http/index.ts";
import type { Database, Migration, Row } from "../../platform/ports.ts";
import type { NodeReader } from "../../protocols/merkle/index.ts";

/** Entries and the subtrees over them. Nothing of either is ever changed. */
export const auditMigrations: readonly Migration[] = [
  {
    name: "audit/0001-entries",
    sql: `create table audit_entries (
        sid text collate "C" primary key,
        cell text not null,
        index bigint not null,
        account_sid text not null,
        actor_sid text,
        event_type text not null,
        resource_sid text not null,
        ip_address text,
        entry jsonb not null
      );
      create index audit_entries_by_account on audit_entries (account_sid, sid);
      create index audit_entries_by_resource on audit_entries (account_sid, resource_sid, sid);
      create index audit_entries_by_place on audit_entries (cell, index);
      create table audit_nodes (level int not null, index bigint not null, hash text not null, primary key (level, index));`,
  },
];

/** How the audit log fills the database. */
export function auditProjections(log: AuditLog): readonly ProjectedTable<never>[] {
  const entries: ProjectedTable<PlacedEntry> = {
    table: log.entries,
    into: "audit_entries",
    key: "sid",
    evict: () => true,
    columns: [
      { name: "sid", type: "text", value: ({ entry }) => entry.sid },
      { name: "cell", type: "text", value: ({ cell }) => cell },
      { name: "index", type: "bigint", value: ({ index }) => index },
      { name: "account_sid", type: "text", value: ({ entry }) => entry.accountSid },
      { name: "actor_sid", type: "text", value: ({ entry }) => entry.actor.sid ?? null },
      { name: "event_type", type: "text", value: ({ entry }) => entry.eventType },
      { name: "resource_sid", type: "text", value: ({ entry }) => entry.resourceSid },
      { name: "ip_address", type: "text", value: ({ entry }) => entry.actor.ipAddress ?? null },
      { name: "entry", type: "jsonb", value: ({ entry }) => JSON.stringify(entry) },
    ],
  };
  const nodes: ProjectedTable<TreeNode> = {
    table: log.nodes,
    into: "audit_nodes",
    key: "level",
    evict: () => true,
    columns: [],
    write: async (tx, batch) => {
      const rows = [...batch.values()].filter((node) => node !== undefined);
      await tx.query(
        `insert into audit_nodes (level, index, hash)
         select * from unnest($1::int[], $2::bigint[], $3::text[]) on conflict do nothing`,
        [rows.map(({ level }) => level), rows.map(({ index }) => index), rows.map(({ hash }) => hash)],
      );
    },
  };
  return [entries, nodes] as readonly unknown[] as readonly ProjectedTable<never>[];
}

/** What the reads of this module work with. */
export interface AuditReads {
  readonly database: Database;
  readonly log: AuditLog;
}

/** Reads the hashes of subtrees: those of the last moment from memory, all others from their rows. */
export function nodeReader({ database, log }: AuditReads): NodeReader {
  return async (wanted) => {
    const found = new Map<string, string>();
    for (const { level, index } of wanted) {
      const key = `${level}/${index}`;
      const recent = log.nodes.get(key);
      if (recent !== undefined) found.set(key, recent.hash);
    }
    const missing = wanted.filter(({ level, index }) => !found.has(`${level}/${index}`));
    if (missing.length > 0) {
      const rows = await database.query<{ level: number; index: number; hash: string }>(
        `select n.* from audit_nodes n join unnest($1::int[], $2::bigint[]) w (level, index)
         on n.level = w.level and n.index = w.index`,
        [missing.map(({ level }) => level), missing.map(({ index }) => index)],
      );
      for (const { level, index, hash } of rows) found.set(`${level}/${Number(index)}`, hash);
    }
    return wanted.map(({ level, index }) => {
      const hash = found.get(`${level}/${index}`);
      if (hash === undefined) throw new Error(`the audit log has lost subtree ${level}/${index}`);
      return Buffer.from(hash, "base64");
    });
  };
}

interface EntryRow extends Row {
  readonly cell: string;
  readonly index: number;
  readonly entry: PlacedEntry["entry"];
}

const fromRow = ({ cell, index, entry }: EntryRow): PlacedEntry => ({ cell, index: Number(index), entry });

/** One entry of an account, or of any where `accountSid` is `undefined`. */
export async function findEntry(
  { database, log }: AuditReads,
  { accountSid, sid }: { readonly accountSid: string | undefined; readonly sid: string },
): Promise<PlacedEntry | undefined> {
  if (!isSid(sid, "AE")) return undefined;
  const recent = log.entries.get(sid);
  const [row] =
    recent === undefined
      ? await database.query<EntryRow>("select cell, index, entry from audit_entries where sid = $1", [sid])
      : [];
  const found = recent ?? (row === undefined ? undefined : fromRow(row));
  return found === undefined || (accountSid !== undefined && found.entry.accountSid !== accountSid) ? undefined : found;
}

/** What a list of entries is asked for. */
export interface EntryFilter {
  readonly accountSid: string;
  readonly actorSid: string | undefined;
  readonly eventType: string | undefined;
  readonly resourceSid: string | undefined;
  readonly ipAddress: string | undefined;
  /** The first millisecond that counts, and the first that does not any more. */
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** At most `limit` entries, newest first: rows, and what is in memory and not projected yet. */
export async function listEntries(
  { database, log }: AuditReads,
  filter: EntryFilter,
  { cursor, direction, limit }: Slice,
): Promise<{ readonly sid: string; readonly placed: PlacedEntry }[]> {
  const found = new Map<string, PlacedEntry>();
  for (const sid of log.entries.unprojectedKeys()) {
    const placed = log.entries.get(sid);
    if (placed !== undefined && matches(placed, filter) && follows(sid, cursor, direction)) found.set(sid, placed);
  }
  const values: unknown[] = [filter.accountSid, limit];
  const conditions = ["account_sid = $1"];
  const add = (condition: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  add("actor_sid = ?", filter.actorSid);
  add("event_type = ?", filter.eventType);
  add("resource_sid = ?", filter.resourceSid);
  add("ip_address = ?", filter.ipAddress);
  add("(entry->>'atMs')::bigint >= ?", filter.fromMs);
  add("(entry->>'atMs')::bigint < ?", filter.untilMs);
  add(direction === "next" ? "sid < ?" : "sid > ?", cursor);
  const rows = await database.query<EntryRow>(
    `select cell, index, entry from audit_entries where ${conditions.join(" and ")}
     order by sid ${direction === "next" ? "desc" : "asc"} limit $2`,
    values,
  );
  for (const row of rows) found.set(row.entry.sid, fromRow(row));
  const merged = [...found].map(([sid, placed]) => ({ sid, placed })).toSorted((a, b) => (a.sid < b.sid ? 1 : -1));
  return direction === "next" ? merged.slice(0, limit) : merged.slice(-limit);
}

function follows(sid: string, cursor: string | undefined, direction: "next" | "previous"): boolean {
  if (cursor === undefined) return true;
  return direction === "next" ? sid < cursor : sid > cursor;
}

function matches({ entry }: PlacedEntry, filter: EntryFilter): boolean {
  const { actor } = entry;
  return (
    entry.accountSid === filter.accountSid &&
    (filter.actorSid === undefined || actor.sid === filter.actorSid) &&
    (filter.eventType === undefined || entry.eventType === filter.eventType) &&
    (filter.resourceSid === undefined || entry.resourceSid === filter.resourceSid) &&
    (filter.ipAddress === undefined || actor.ipAddress === filter.ipAddress) &&
    (filter.fromMs === undefined || entry.atMs >= filter.fromMs) &&
    (filter.untilMs === undefined || entry.atMs < filter.untilMs)
  );
}

/** The SQL of a move: one set of statements for whatever table a module declares. */
import type { MovableTable } from "../../platform/fleet/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";

/** Rows of a family between two keys: after the first, up to and with the last; `undefined` is no end. */
export interface KeyRange {
  readonly after: string;
  readonly until: string | undefined;
}

/** What a range holds, so that two cells can tell whether they hold the same. */
export interface RangeDigest {
  readonly rows: number;
  readonly digest: string;
}

/** Less than every key. */
export const firstKey = (table: MovableTable): string =>
  table.keyType === "uuid" ? "00000000-0000-0000-0000-000000000000" : "";

/** The smallest UUIDv7 of a moment (RFC 9562 §5.7). */
export function uuidAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The key as it is compared. */
function keyOf({ key, keyType }: MovableTable): string {
  return keyType === "uuid" ? key : `(${key}) collate "C"`;
}

const localsOf = ({ local = {} }: MovableTable): string[] => Object.keys(local);

/** The row as it travels: without what is the cell's own. */
const content = (table: MovableTable, parameter: string): string =>
  localsOf(table).length === 0 ? "to_jsonb(t)" : `(to_jsonb(t) - ${parameter}::text[])`;

/** The last key of the next `limit` rows; `undefined` where so many do not follow. Never beyond `bound`. */
export async function bucketEnd(
  session: DatabaseSession,
  table: MovableTable,
  input: { readonly accountSids: readonly string[]; readonly after: string; readonly bound: string | undefined },
  limit: number,
): Promise<string | undefined> {
  const key = keyOf(table);
  const type = table.keyType;
  const rows = inOrder(table, `${key} as k`, { after: input.after, until: input.bound });
  const [found] = await session.query<{ k: string | null; count: number }>(
    `select ${type === "uuid" ? "(array_agg(k order by k desc))[1]::text" : "max(k)"} as k, count(*) as count
     from (${rows}) as bucket`,
    [input.accountSids, input.after, input.bound ?? null, limit],
  );
  return found === undefined || found.count < limit ? undefined : (found.k ?? undefined);
}

/** Keys after `$2`, up to and with `$3` where there is an end. Two texts, because an index serves no `or`. */
function between(table: MovableTable, { until }: KeyRange): string {
  const key = keyOf(table);
  const type = table.keyType;
  return `${key} > $2::${type} and ${until === undefined ? `$3::${type} is null` : `${key} <= $3::${type}`}`;
}

function inRange(table: MovableTable, range: KeyRange): string {
  return `${table.owned} and ${between(table, range)}`;
}

/** The first `$4` rows of a range in their order. History has an index for each account, and no order over several. */
function inOrder(table: MovableTable, columns: string, range: KeyRange): string {
  const key = keyOf(table);
  if (table.isHistory !== true) {
    return `select ${columns} from ${table.name} t where ${inRange(table, range)} order by ${key} limit $4`;
  }
  return `select own.* from unnest($1::text[]) as account (sid) cross join lateral
      (select ${columns} from ${table.name} t where t.account_sid = account.sid and ${between(table, range)}
       order by t.account_sid, ${key} limit $4) as own order by own.k limit $4`;
}

/** What a range holds, but for the rows of `except`: all of it, or with `byStamp` keys and stamps where a table has them. */
export async function digestOf(
  session: DatabaseSession,
  table: MovableTable,
  input: {
    readonly accountSids: readonly string[];
    readonly range: KeyRange;
    readonly except: readonly string[];
    readonly byStamp: boolean;
  },
): Promise<RangeDigest> {
  const { accountSids, range, except, byStamp } = input;
  const key = keyOf(table);
  const one =
    byStamp && table.stamp !== undefined
      ? `(${key})::text || ' ' || (${table.stamp})::text || ';'`
      : `md5(${content(table, "$5")}::text)`;
  const [found] = await session.query<{ rows: number; digest: string }>(
    `select count(*) as rows, coalesce(md5(string_agg(${one}, '' order by ${key})), '') as digest
     from ${table.name} t where ${inRange(table, range)} and ${key} <> all ($4::${table.keyType}[])
       and $5::text[] is not null`,
    [accountSids, range.after, range.until ?? null, except, localsOf(table)],
  );
  return { rows: found?.rows ?? 0, digest: found?.digest ?? "" };
}

/** A row on its way: its key, and its content as JSON text, which keeps what a JavaScript number would not. */
export type TravellingRow = readonly [key: string, row: string];

/** At most `limit` rows of a range, in order. */
export async function readRows(
  session: DatabaseSession,
  table: MovableTable,
  input: { readonly accountSids: readonly string[]; readonly range: KeyRange; readonly limit: number },
): Promise<TravellingRow[]> {
  const { accountSids, range, limit } = input;
  const columns = `${keyOf(table)} as k, ${content(table, "$5")}::text as content`;
  const rows = await session.query<{ k: string; content: string }>(
    `select k::text, content from (${inOrder(table, columns, range)}) as rows where $5::text[] is not null order by rows.k`,
    [accountSids, range.after, range.until ?? null, limit, localsOf(table)],
  );
  return rows.map((row) => [row.k, row.content]);
}

/** The rows of these keys, of accounts of the family. */
export async function readByKeys(
  session: DatabaseSession,
  table: MovableTable,
  input: { readonly accountSids: readonly string[]; readonly keys: readonly string[] },
): Promise<TravellingRow[]> {
  const key = keyOf(table);
  const rows = await session.query<{ k: string; content: string }>(
    `select (${key})::text as k, ${content(table, "$3")}::text as content from ${table.name} t
     where ${table.owned} and ${key} = any ($2::${table.keyType}[]) and ($3::text[] is not null) order by ${key}`,
    [input.accountSids, input.keys, localsOf(table)],
  );
  return rows.map((row) => [row.k, row.content]);
}

/** The columns of a table that travel. */
async function columnsOf(session: DatabaseSession, table: MovableTable): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
     and attname <> all ($2::text[]) order by attnum`,
    [table.name, localsOf(table)],
  );
  return rows.map(({ name }) => `"${name}"`);
}

/** Writes rows that came, over whatever is there of the same keys. What belongs to somebody else is left alone. */
export async function putRows(
  session: DatabaseSession,
  table: MovableTable,
  input: { readonly rows: readonly TravellingRow[]; readonly replaceable: readonly string[] },
): Promise<void> {
  if (input.rows.length === 0) return;
  const columns = await columnsOf(session, table);
  const local = Object.entries(table.local ?? {});
  const updates = columns.map((name) => `${name} = excluded.${name}`);
  // Both parameters are always used, so that every table has the same.
  const guard = table.mayReplace === undefined ? "$2::text[] is not null" : table.mayReplace;
  await session.query(
    `insert into ${table.name} as t (${[...columns, ...local.map(([name]) => name)].join(", ")})
     select ${[...columns.map((name) => `e.${name}`), ...local.map(([, value]) => value)].join(", ")}
     from jsonb_populate_recordset(null::${table.name}, $1::jsonb) as e
     on conflict (${table.primaryKey}) do update set ${updates.join(", ")} where ${guard}`,
    [`[${input.rows.map(([, row]) => row).join(",")}]`, input.replaceable],
  );
}

/** Removes the rows of a range whose keys are not among `keep`, or what stands for that. */
export async function removeRange(
  session: DatabaseSession,
  table: MovableTable,
  input: {
    readonly accountSids: readonly string[];
    readonly range: KeyRange;
    readonly keep: readonly string[];
    readonly why: "left" | "calledOff";
  },
): Promise<void> {
  const { accountSids, range, keep, why } = input;
  const where = `${inRange(table, range)} and ${keyOf(table)} <> all ($4::${table.keyType}[])`;
  await session.query(removal(table, where, why), [accountSids, range.after, range.until ?? null, keep]);
}

function removal(table: MovableTable, where: string, why: "left" | "calledOff"): string {
  return table.emptied === undefined
    ? `delete from ${table.name} t where ${where}`
    : `update ${table.name} t set ${table.emptied[why]} where ${where}`;
}

/** Removes rows of the family by key, or what stands for that. */
export async function removeByKeys(
  session: DatabaseSession,
  table: MovableTable,
  input: {
    readonly accountSids: readonly string[];
    readonly keys: readonly string[];
    readonly why: "left" | "calledOff";
  },
): Promise<void> {
  const where = `${table.owned} and ${keyOf(table)} = any ($2::${table.keyType}[])`;
  await session.query(removal(table, where, input.why), [input.accountSids, input.keys]);
}

/** What requests of the family are routed by, of one table. */
export async function routeKeysOf(
  session: DatabaseSession,
  table: MovableTable,
  accountSids: readonly string[],
): Promise<string[]> {
  if (table.routeKey === undefined) return [];
  const rows = await session.query<Row & { key: string }>(
    `select (${table.routeKey}) as key from ${table.name} t where ${table.owned} order by 1`,
    [accountSids],
  );
  return rows.map(({ key }) => key);
}

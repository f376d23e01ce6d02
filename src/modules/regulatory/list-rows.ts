import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";

/** SQL of this module with `?` for the value, and the value; `undefined` is no condition. */
export type Condition = readonly [sql: string, value: unknown];

/** What a list of one table is asked for. */
export interface ListQuery {
  readonly table: string;
  readonly where: readonly Condition[];
  /** An SQL expression over the row, a whole number, that comes before the SID in the order. */
  readonly sortKey?: string;
  /** Newest first unless told. */
  readonly isAscending?: boolean;
}

/** At most `limit` rows in order of the key and the SID. The cursor is a SID, or `{key}.{sid}` where there is a key. */
export async function listRows<R extends Row>(
  session: DatabaseSession,
  { table, where, sortKey, isAscending = false }: ListQuery,
  { cursor, direction, limit }: Slice,
): Promise<R[]> {
  const values: unknown[] = [limit];
  const conditions = where
    .filter(([, value]) => value !== undefined)
    .map(([sql, value]) => sql.replace("?", `$${values.push(value)}`));
  const isUp = isAscending === (direction === "next");
  if (cursor !== undefined) {
    const sign = isUp ? ">" : "<";
    const [key = "", sid = ""] = cursor.split(".");
    conditions.push(
      sortKey === undefined
        ? `sid ${sign} $${values.push(cursor)}`
        : `(${sortKey}, sid) ${sign} ($${values.push(Number(key))}::bigint, $${values.push(sid)})`,
    );
  }
  const order = isUp ? "asc" : "desc";
  const by = sortKey === undefined ? `sid ${order}` : `${sortKey} ${order}, sid ${order}`;
  const rows = await session.query<R>(
    `select * from ${table}${conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`} order by ${by} limit $1`,
    values,
  );
  return direction === "next" ? rows : rows.toReversed();
}

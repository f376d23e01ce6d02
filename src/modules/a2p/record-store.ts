import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";

/** A record of this module. Its content is one document: it is long, and hardly any of it is searched by. */
export interface Stored<C> {
  readonly sid: string;
  readonly accountSid: string;
  /** Grows with every change. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly content: C;
}

/** Whose record. */
export interface RecordTarget {
  readonly accountSid: string;
  readonly sid: string;
}

/** A condition on the alias `t`: SQL of this module with `?` for the value. */
export type RecordFilter = readonly [condition: string, value: unknown];

interface RecordRow extends Row {
  sid: string;
  account_sid: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
  content: unknown;
}

const BATCH_ROWS = 1_000;

/** The rows of one of this module's tables, which are all of one shape. */
export class RecordStore<C> {
  private readonly table: string;

  constructor(table: "a2p_brands" | "a2p_vettings" | "a2p_campaigns" | "a2p_tollfree") {
    this.table = table;
  }

  /** Stores a new record. */
  async insert(tx: DatabaseSession, record: RecordTarget & { atMs: number; content: C }): Promise<Stored<C>> {
    const { sid, accountSid, atMs, content } = record;
    const rows = await tx.query<RecordRow>(
      `insert into ${this.table} (sid, account_sid, revision, created_at, updated_at, content)
       values ($1, $2, 0, $3, $3, $4::jsonb) returning *`,
      [sid, accountSid, new Date(atMs), JSON.stringify(content)],
    );
    return this.one(rows) as Stored<C>;
  }

  /** An account's record. `lock` keeps others from changing it until the transaction ends. */
  async find(
    session: DatabaseSession,
    { accountSid, sid }: RecordTarget,
    lock = false,
  ): Promise<Stored<C> | undefined> {
    const rows = await session.query<RecordRow>(
      `select * from ${this.table} where sid = $1 and account_sid = $2${lock ? " for update" : ""}`,
      [sid, accountSid],
    );
    return this.one(rows);
  }

  /** Writes the content anew. `undefined` where there is no such record. */
  async write(
    tx: DatabaseSession,
    { accountSid, sid }: RecordTarget,
    change: { readonly atMs: number; readonly content: C },
  ): Promise<Stored<C> | undefined> {
    const rows = await tx.query<RecordRow>(
      `update ${this.table} set revision = revision + 1, updated_at = $3, content = $4::jsonb
       where sid = $1 and account_sid = $2 returning *`,
      [sid, accountSid, new Date(change.atMs), JSON.stringify(change.content)],
    );
    return this.one(rows);
  }

  /** Resolves to what was removed. */
  async remove(tx: DatabaseSession, { accountSid, sid }: RecordTarget): Promise<Stored<C> | undefined> {
    const rows = await tx.query<RecordRow>(
      `delete from ${this.table} where sid = $1 and account_sid = $2 returning *`,
      [sid, accountSid],
    );
    return this.one(rows);
  }

  /** How many records of some accounts match. */
  async count(session: DatabaseSession, accountSids: readonly string[], filters: readonly RecordFilter[] = []) {
    const { where, values } = conditionsOf(accountSids, filters);
    const rows = await session.query<{ count: number }>(
      `select count(*)::int as count from ${this.table} t where ${where}`,
      values,
    );
    return rows[0]?.count ?? 0;
  }

  /** At most `limit` records, the newest first. */
  async list(
    session: DatabaseSession,
    filter: { readonly accountSids: readonly string[]; readonly filters?: readonly RecordFilter[] },
    { cursor, direction, limit }: Slice,
  ): Promise<Stored<C>[]> {
    const { where, values } = conditionsOf(filter.accountSids, filter.filters ?? []);
    let beyond = "";
    if (cursor !== undefined) {
      values.push(cursor);
      beyond = ` and t.sid ${direction === "next" ? "<" : ">"} $${values.length}`;
    }
    values.push(limit);
    const order = direction === "next" ? "desc" : "asc";
    const rows = await session.query<RecordRow>(
      `select * from ${this.table} t where ${where}${beyond} order by t.sid ${order} limit $${values.length}`,
      values,
    );
    const records = rows.map((row) => fromRow<C>(row));
    return direction === "next" ? records : records.toReversed();
  }

  /** All records of all accounts, in batches. */
  async *all(database: Database): AsyncIterable<readonly Stored<C>[]> {
    let after = "";
    for (;;) {
      const rows = await database.query<RecordRow>(`select * from ${this.table} where sid > $1 order by sid limit $2`, [
        after,
        BATCH_ROWS,
      ]);
      if (rows.length > 0) yield rows.map((row) => fromRow<C>(row));
      if (rows.length < BATCH_ROWS) return;
      after = rows.at(-1)?.sid ?? after;
    }
  }

  private one(rows: readonly RecordRow[]): Stored<C> | undefined {
    return rows[0] === undefined ? undefined : fromRow<C>(rows[0]);
  }
}

function conditionsOf(accountSids: readonly string[], filters: readonly RecordFilter[]) {
  const values: unknown[] = [accountSids];
  const conditions = ["t.account_sid = any($1)"];
  for (const [condition, value] of filters) {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  }
  return { where: conditions.join(" and "), values };
}

function fromRow<C>(row: RecordRow): Stored<C> {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    revision: row.revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    content: row.content as C,
  };
}

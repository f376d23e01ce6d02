import type { Clock, Database, DatabaseSession, Logger, Migration, Timer } from "../ports.ts";
import type { Cell } from "./cell.ts";
import type { StateTable } from "./state-table.ts";

/** A column of a projected table. */
export interface ProjectedColumn<V> {
  readonly name: string;
  /** The column's PostgreSQL type, for example `text` or `timestamptz`. */
  readonly type: string;
  /** The value is in epoch milliseconds, which are cheaper to send than text; for `timestamptz`. */
  readonly epochMs?: true;
  readonly value: (value: Readonly<V>) => unknown;
}

/** How a state table becomes rows. */
export interface ProjectedTable<V extends object> {
  readonly table: StateTable<V>;
  readonly into: string;
  /** The column that holds the state table's key. */
  readonly key: string;
  /** The key column's PostgreSQL type; `text` where absent. */
  readonly keyType?: string;
  /** The key column's value for a key of the state table; the key itself where absent. */
  readonly keyOf?: (key: string) => string;
  readonly columns: readonly ProjectedColumn<V>[];
  /** Whether a value may leave memory once it is projected. */
  readonly evict?: (value: Readonly<V>) => boolean;
  /** Called with each value that has left memory. */
  readonly evicted?: (value: Readonly<V>) => void;
  /** Writes the batch itself instead of the plain upsert. */
  readonly write?: (tx: DatabaseSession, batch: ReadonlyMap<string, Readonly<V> | undefined>) => Promise<void>;
}

/** Where every projection of a cell keeps the offset before which it is complete. */
export const projectionMigration: Migration = {
  name: "cell/0001-projection-offsets",
  sql: `create table projection_offsets (
    cell text not null, "table" text not null, next_offset bigint not null,
    primary key (cell, "table"))`,
};

/** Rows that PostgreSQL would not take, so that one of them does not stop all that follow. For the operator to mend. */
export const refusedRowsMigration: Migration = {
  name: "cell/0002-projection-refused",
  sql: `create table projection_refused (
    cell text not null, "table" text not null, key text not null, reason text not null, value text,
    refused_at timestamptz not null default now(),
    primary key (cell, "table", key))`,
};

/** SQLSTATE class 22: the value itself cannot be stored, however often it is tried. */
const DATA_EXCEPTION = /^22/;
const BATCH_ROWS = 2_000;
const INTERVAL_MS = 400;
const RETRY_MS = 2_000;

/** The offsets before which each table of a cell is projected, for the cell that recovers. */
export async function readProjectedOffsets(database: Database, cell: string): Promise<Map<string, number>> {
  const rows = await database.query<{ table: string; next_offset: number }>(
    `select "table", next_offset from projection_offsets where cell = $1`,
    [cell],
  );
  return new Map(rows.map((row) => [row.table, Number(row.next_offset)]));
}

/**
 * Fills PostgreSQL from a cell's tables, in batches, each with its offset in the same
 * transaction. It may fall behind; it never skips and never counts twice.
 */
export class Projection {
  private readonly cell: Cell;
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly tables: readonly ProjectedTable<object>[];
  private readonly statements = new Map<string, string>();
  private timer: Timer | undefined;
  private running: Promise<void> | undefined;
  private failing = false;
  /** Tables with a row in their present batch that PostgreSQL refuses. */
  private readonly hasRefused = new Set<ProjectedTable<object>>();
  private stopped = false;

  constructor(options: {
    cell: Cell;
    database: Database;
    clock: Clock;
    logger: Logger;
    tables: readonly ProjectedTable<never>[];
  }) {
    this.cell = options.cell;
    this.database = options.database;
    this.clock = options.clock;
    this.logger = options.logger;
    this.tables = options.tables as readonly unknown[] as readonly ProjectedTable<object>[];
    for (const table of this.tables) this.statements.set(table.table.name, upsertStatement(table));
  }

  start(): void {
    // A checkpoint may have brought back what was projected long ago.
    for (const projected of this.tables) this.evict(projected, [...projected.table.keys()]);
    this.schedule(INTERVAL_MS);
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer?.cancel();
    this.timer = this.clock.after(delayMs, () => {
      void this.flush().then((ok) => this.schedule(ok ? INTERVAL_MS : RETRY_MS));
    });
  }

  /** Projects everything that had changed when it was called. Resolves to false if the database did not take it. */
  async flush(): Promise<boolean> {
    while (this.running !== undefined) await this.running;
    let ok = true;
    this.running = (async () => {
      for (const table of this.tables) ok &&= await this.flushTable(table);
    })().finally(() => {
      this.running = undefined;
    });
    await this.running;
    return ok;
  }

  private async flushTable(projected: ProjectedTable<object>): Promise<boolean> {
    let left = projected.table.dirtyCount;
    while (left > 0) {
      const batch = projected.table.takeDirty(BATCH_ROWS);
      if (batch.size === 0) return true;
      left -= batch.size;
      const next = projected.table.firstDirtyOffset() ?? this.cell.end;
      try {
        await this.write(projected, batch, next);
      } catch (error) {
        projected.table.returnDirty();
        // A row among them cannot be stored: they are tried again around it, at once.
        if (isDataException(error) && !this.hasRefused.has(projected)) {
          this.hasRefused.add(projected);
          left += batch.size;
          continue;
        }
        if (!this.failing) this.logger.error("projection.failing", { table: projected.into, reason: String(error) });
        this.failing = true;
        return false;
      }
      projected.table.settleDirty();
      this.hasRefused.delete(projected);
      if (this.failing) this.logger.info("projection.recovered", { table: projected.into });
      this.failing = false;
      this.evict(projected, batch.keys());
    }
    return true;
  }

  private write(
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
    next: number,
  ): Promise<void> {
    return this.database.transaction(async (tx) => {
      await this.writeRows(tx, projected, batch);
      await tx.query(
        `insert into projection_offsets (cell, "table", next_offset) values ($1, $2, $3)
         on conflict (cell, "table") do update set next_offset = excluded.next_offset`,
        [this.cell.name, projected.table.name, next],
      );
    });
  }

  private writeRows(
    tx: DatabaseSession,
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
  ): Promise<void> {
    if (!this.hasRefused.has(projected)) return this.writePlainly(tx, projected, batch);
    return this.writeAround(tx, projected, batch);
  }

  private async writePlainly(
    tx: DatabaseSession,
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
  ): Promise<void> {
    if (projected.write !== undefined) await projected.write(tx, batch);
    else await this.upsert(tx, projected, batch);
  }

  /** Writes a batch in ever smaller parts, until the rows that are refused are alone, and puts those aside. */
  private async writeAround(
    tx: DatabaseSession,
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
  ): Promise<void> {
    await tx.query("savepoint part");
    try {
      await this.writePlainly(tx, projected, batch);
      await tx.query("release savepoint part");
      return;
    } catch (error) {
      if (!isDataException(error)) throw error;
      await tx.query("rollback to savepoint part");
      if (batch.size === 1) return this.putAside(tx, projected, batch, error);
    }
    const entries = [...batch];
    const half = Math.ceil(entries.length / 2);
    await this.writeAround(tx, projected, new Map(entries.slice(0, half)));
    await this.writeAround(tx, projected, new Map(entries.slice(half)));
  }

  private async putAside(
    tx: DatabaseSession,
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
    error: unknown,
  ): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    for (const [key, value] of batch) {
      this.logger.error("projection.row-refused", { table: projected.into, reason });
      // JSON writes what cannot be stored as escapes.
      const texts = [JSON.stringify(key), JSON.stringify(reason), JSON.stringify(value) ?? null];
      await tx.query(
        `insert into projection_refused (cell, "table", key, reason, value) values ($1, $2, $3, $4, $5)
         on conflict (cell, "table", key) do update set reason = excluded.reason, value = excluded.value`,
        [this.cell.name, projected.table.name, ...texts],
      );
    }
  }

  private async upsert(
    tx: DatabaseSession,
    projected: ProjectedTable<object>,
    batch: ReadonlyMap<string, Readonly<object> | undefined>,
  ): Promise<void> {
    const gone: string[] = [];
    const columns: unknown[][] = projected.columns.map(() => []);
    for (const [key, value] of batch) {
      if (value === undefined) gone.push(key);
      else projected.columns.forEach((column, index) => columns[index]?.push(column.value(value)));
    }
    if (columns[0] !== undefined && columns[0].length > 0) {
      await tx.query(this.statements.get(projected.table.name) ?? "", columns);
    }
    if (gone.length === 0) return;
    const { keyOf = (key) => key, keyType = "text", into, key: column } = projected;
    await tx.query(`delete from ${into} where ${column} = any($1::${keyType}[])`, [gone.map((key) => keyOf(key))]);
  }

  private evict(projected: ProjectedTable<object>, candidates: Iterable<string>): void {
    const { table, evict, evicted } = projected;
    if (evict === undefined) return;
    for (const key of candidates) {
      const value = table.get(key);
      if (value !== undefined && evict(value) && table.evict(key)) evicted?.(value);
    }
  }

  /** Stops the timer and projects what is left. */
  async close(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.flush();
  }
}

function isDataException(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && DATA_EXCEPTION.test(code);
}

function upsertStatement(projected: ProjectedTable<object>): string {
  const names = projected.columns.map((column) => column.name);
  const arrays = projected.columns.map((column, i) => `$${i + 1}::${transportType(column)}[]`);
  const casts = projected.columns.map((column, i) =>
    column.epochMs === true ? `to_timestamp(c${i} / 1000)` : `c${i}::${column.type}`,
  );
  const aliases = names.map((_, i) => `c${i}`);
  const updates = names.filter((name) => name !== projected.key).map((name) => `${name} = excluded.${name}`);
  return `insert into ${projected.into} (${names.join(", ")})
    select ${casts.join(", ")} from unnest(${arrays.join(", ")}) as t(${aliases.join(", ")})
    on conflict (${projected.key}) do update set ${updates.join(", ")}`;
}

/** `unnest` would take an array column apart, so composite values travel as text. */
function transportType({ type, epochMs }: ProjectedColumn<object>): string {
  if (epochMs === true) return "float8";
  return type === "jsonb" || type.endsWith("[]") ? "text" : type;
}

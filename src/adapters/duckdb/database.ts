import { DuckDBInstance, DuckDBTimestampValue, type DuckDBAppender, type DuckDBConnection } from "@duckdb/node-api";
import type { EventColumn, EventColumnKind, EventRow } from "../../platform/event-files/index.ts";

/** Without files of its own: no database, nothing spilled, nothing fetched. */
const OPTIONS: Record<string, string> = {
  threads: "1",
  memory_limit: "384MB",
  temp_directory: "",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

const SQL_TYPES: Readonly<Record<EventColumnKind, string>> = {
  text: "varchar",
  integer: "integer",
  bigint: "bigint",
  moment: "timestamp",
};

type Append = (appender: DuckDBAppender, value: string | number) => void;

const APPENDS: Readonly<Record<EventColumnKind, Append>> = {
  text: (appender, value) => appender.appendVarchar(String(value)),
  integer: (appender, value) => appender.appendInteger(Number(value)),
  bigint: (appender, value) => appender.appendBigInt(BigInt(Math.trunc(Number(value)))),
  moment: (appender, value) =>
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.trunc(Number(value))) * 1000n)),
};

/** A database in memory for one piece of work; nothing of it stays. */
export async function withDatabase<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", OPTIONS);
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** A text as SQL writes it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What a table is made of. */
interface TableInput {
  readonly name: string;
  readonly columns: readonly EventColumn[];
  readonly rows: readonly EventRow[];
}

/** Makes a table of rows. */
export async function fillTable(connection: DuckDBConnection, { name, columns, rows }: TableInput): Promise<void> {
  const types = columns.map((column) => `"${column.name}" ${SQL_TYPES[column.kind]}`);
  await connection.run(`create table "${name}" (${types.join(", ")})`);
  const appends = columns.map(({ kind }) => APPENDS[kind]);
  const appender = await connection.createAppender(name);
  for (const row of rows) {
    for (let at = 0; at < appends.length; at += 1) {
      const value = row[at] ?? null;
      if (value === null) appender.appendNull();
      else appends[at]?.(appender, value);
    }
    appender.endRow();
  }
  appender.closeSync();
}

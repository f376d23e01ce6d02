import {
  JsonDuckDBValueConverter,
  StatementType,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBValueConverter,
  type Json,
} from "@duckdb/node-api";
import type { EventRow } from "../../platform/event-files/index.ts";
import { fillTable, quote, withDatabase } from "./database.ts";
import type { AskCommand, Reply } from "./protocol.ts";

/** How a question may begin. What DuckDB makes a SELECT of but is something else (PRAGMA) is left out. */
const FIRST_WORDS = new Set(["select", "with", "from", "values", "describe", "show", "summarize"]);
const FIRST_WORD = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/|\()*([a-z]+)/i;
const MAX_REASON_CHARACTERS = 1_000;
const ONLY_SELECT = "only one SELECT is answered here";
/** How DuckDB begins its messages where memory ran out, its own or the process's. */
const OUT_OF_MEMORY = /^Out of Memory Error|bad_alloc|bad allocation/;
const INTERRUPTED = /^INTERRUPT Error/;

/**
 * Answers one question in a database of its own, in which there is one view. Nothing outside of
 * the named files can be read, nothing can be written, and no setting can be changed.
 */
export async function answerQuestion(command: AskCommand, rows: readonly EventRow[]): Promise<Reply> {
  return withDatabase(async (connection) => {
    await fillTable(connection, { name: "recent_messages", columns: command.columns, rows });
    await enclose(connection, command);
    const interruption = { happened: false };
    const timer = setTimeout(() => {
      interruption.happened = true;
      connection.interrupt();
    }, command.timeoutMs);
    try {
      return await run(connection, command, interruption);
    } catch (error) {
      return explain(error, interruption.happened);
    } finally {
      clearTimeout(timer);
    }
  });
}

async function enclose(connection: DuckDBConnection, { files }: AskCommand): Promise<void> {
  const list = files.map((file) => quote(file)).join(", ");
  if (files.length > 0) await connection.run(`set allowed_paths = [${list}]`);
  await connection.run("set enable_external_access = false");
  const filed = files.length === 0 ? "" : `select * from read_parquet([${list}]) union all `;
  await connection.run(`create view messages as ${filed}select * from recent_messages`);
  await connection.run("set lock_configuration = true");
}

async function run(
  connection: DuckDBConnection,
  command: AskCommand,
  interruption: { readonly happened: boolean },
): Promise<Reply> {
  const word = FIRST_WORD.exec(command.sql)?.[1]?.toLowerCase() ?? "";
  if (!FIRST_WORDS.has(word)) return { kind: "refused", reason: ONLY_SELECT };
  const statements = await connection.extractStatements(command.sql);
  if (statements.count !== 1) return { kind: "refused", reason: ONLY_SELECT };
  const statement: DuckDBPreparedStatement = await statements.prepare(0);
  if (statement.statementType !== StatementType.SELECT) return { kind: "refused", reason: ONLY_SELECT };
  const result = await statement.stream();
  const collected = await collect(result, command);
  // An interrupted stream may simply end.
  if (interruption.happened) return { kind: "too-long" };
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
  return { kind: "rows", columns, ...collected };
}

/** Reads rows until there are enough of them, or enough octets. */
async function collect(
  result: DuckDBResult,
  { maxRows, maxOctets }: AskCommand,
): Promise<{ rowCount: number; isCut: boolean; rows: Uint8Array }> {
  const parts: string[] = [];
  let octets = 2;
  let isCut = false;
  reading: for await (const chunk of result.yieldConvertedRows(toJson)) {
    for (const row of chunk) {
      const text = JSON.stringify(row);
      octets += Buffer.byteLength(text) + 1;
      if (parts.length >= maxRows || octets > maxOctets) {
        isCut = true;
        break reading;
      }
      parts.push(text);
    }
  }
  return { rowCount: parts.length, isCut, rows: Buffer.from(`[${parts.join(",")}]`, "utf8") };
}

/** Counts are BIGINT and sums HUGEINT: as numbers where those are exact. */
const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (typeof value !== "bigint") return JsonDuckDBValueConverter(value, type, converter);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

function explain(error: unknown, wasInterrupted: boolean): Reply {
  const reason = error instanceof Error ? error.message : String(error);
  if (wasInterrupted || INTERRUPTED.test(reason)) return { kind: "too-long" };
  if (OUT_OF_MEMORY.test(reason)) return { kind: "too-large" };
  return { kind: "refused", reason: reason.slice(0, MAX_REASON_CHARACTERS) };
}

import { DuckDBInstance } from "@duckdb/node-api";
import type { Database } from "../../src/platform/ports.ts";
import type { TimedFact } from "../../test/kit/message-facts.ts";
import { startTestPostgres } from "../../test/kit/postgres.ts";
import { HOUR_MS, leaves, tookMs } from "./events.ts";
import { timeRuns, type Times } from "./times.ts";

const RUNS = 5;
const COLUMNS =
  "at_ms bigint, account text, status text, carrier text, country text, has_left boolean, took_ms integer";
const BY_CARRIER =
  "select at_ms / 60000 as minute, carrier, count(*) as messages from events where has_left group by 1, 2";
const HOURS_A_DAY = 24;

/** One way of asking the same. */
export interface AskRow {
  readonly way: string;
  readonly changes: number;
  readonly question: string;
  readonly times: Times;
}

/** A scan by DuckDB, with one thread, of a table in memory. */
export async function askDuckDb(hour: readonly TimedFact[]): Promise<AskRow[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`create table hour (${COLUMNS})`);
  const appender = await connection.createAppender("hour");
  for (const timed of hour) {
    const { fact } = timed;
    appender.appendBigInt(BigInt(timed.atMs));
    for (const value of [fact.accountSid, fact.status, fact.carrier ?? "", fact.country ?? ""])
      appender.appendVarchar(value);
    appender.appendBoolean(leaves(timed));
    appender.appendInteger(tookMs(timed));
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(
    `create table events as select at_ms + h * ${HOUR_MS} as at_ms, * exclude (at_ms) from hour, range(${HOURS_A_DAY}) as hours(h)`,
  );
  const changes = hour.length * HOURS_A_DAY;
  const ask = async (question: string, sql: string): Promise<AskRow> => {
    const times = await timeRuns(RUNS, () => connection.runAndReadAll(sql));
    return { way: "DuckDB, 1 thread", changes, question, times };
  };
  const rows = [
    await ask("24 h by carrier", BY_CARRIER.replace("/", "//")),
    await ask(
      "24 h, p99 of delivery",
      "select at_ms // 60000, quantile_cont(took_ms, 0.99) from events where status = 'delivered' group by 1",
    ),
  ];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** `GROUP BY` in PostgreSQL, over a fifth as many. */
export async function askPostgres(hour: readonly TimedFact[], hours: number): Promise<AskRow[]> {
  const postgres = await startTestPostgres();
  try {
    await fillPostgres(postgres.database, hour, hours);
    const times = await timeRuns(RUNS, () => postgres.database.query(BY_CARRIER));
    const changes = hour.length * hours;
    return [{ way: "PostgreSQL, GROUP BY", changes, question: `${hours} h by carrier`, times }];
  } finally {
    await postgres.stop();
  }
}

const BATCH = 20_000;

async function fillPostgres(database: Database, hour: readonly TimedFact[], hours: number): Promise<void> {
  await database.query(`create unlogged table hour (${COLUMNS})`);
  for (let from = 0; from < hour.length; from += BATCH) {
    const batch = hour.slice(from, from + BATCH);
    await database.query(
      "insert into hour select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::integer[])",
      [
        batch.map(({ atMs }) => atMs),
        batch.map(({ fact }) => fact.accountSid),
        batch.map(({ fact }) => fact.status),
        batch.map(({ fact }) => fact.carrier ?? ""),
        batch.map(({ fact }) => fact.country ?? ""),
        batch.map(leaves),
        batch.map(tookMs),
      ],
    );
  }
  await database.query(
    `create unlogged table events as select at_ms + h * ${HOUR_MS}::bigint as at_ms, account, status, carrier, country, has_left, took_ms
     from hour, generate_series(0, ${hours - 1}) as h`,
  );
  await database.query("analyze events");
}

/**
 * The ledger through a real log with fdatasync, beside PostgreSQL with one transfer to a
 * transaction on a hot account, and with a thousand to a statement, in one run.
 * `node dist/bench/run.js ledger [thousands of transfers] [folder]`.
 */
import { appendFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, startEmbeddedPostgres } from "../src/adapters/postgres/index.ts";
import { measureOwn, type Measured } from "./ledger/own.ts";
import { measureSql, openTables } from "./ledger/sql.ts";
import { describeMachine } from "./machine.ts";

const CLIENTS = 8;
const SQL_BATCH = 1_000;
const SQL_BATCHES = 100;
const HOT_TRANSFERS = 4_000;
const BATCHES = [100, 1_000, 8_000];
const RESULTS = "bench/results";

/** Runs once, prints a table, and writes the result beside the others. */
export async function run(args: string[]): Promise<void> {
  const count = Number(args[0] ?? 1_000) * 1_000;
  const parent = await mkdtemp(join(args[1] ?? tmpdir(), "trunkline-bench-ledger-"));
  const machine = describeMachine();
  const rows: Measured[] = [];
  try {
    for (const batch of BATCHES) {
      const part = batch === BATCHES[0] ? count / 5 : count;
      rows.push(await measureOwn(join(parent, `charges-${batch}`), { shape: "charges", count: part, batch }));
    }
    rows.push(await measureOwn(join(parent, "messages"), { shape: "messages", count: count / 4, batch: 200 }));
    rows.push(...(await measurePostgres(join(parent, "postgres"))));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
  console.table(rows);
  const best = Math.max(...rows.filter(({ way }) => way.includes("charges")).map(({ perSecond }) => perSecond));
  const of = (part: string): number => rows.find(({ way }) => way.includes(part))?.perSecond ?? Number.NaN;
  const ratios = {
    overHotAccount: Math.round(best / of("hot")),
    overBatchedSql: Math.round((best / of("batched")) * 10) / 10,
  };
  console.log(`${ratios.overHotAccount} times the hot account, ${ratios.overBatchedSql} times batched SQL`);
  await mkdir(RESULTS, { recursive: true });
  const result = { at: new Date().toISOString(), machine, rows, ...ratios };
  await appendFile(join(RESULTS, "ledger.jsonl"), `${JSON.stringify(result)}\n`);
}

async function measurePostgres(folder: string): Promise<Measured[]> {
  const postgres = await startEmbeddedPostgres({ folder });
  try {
    const database = openDatabase({ url: await postgres.database("bench"), poolSize: CLIENTS });
    try {
      await openTables(database);
      const hot = {
        way: "PostgreSQL, hot account, one a transaction",
        count: HOT_TRANSFERS,
        batch: 1,
        clients: CLIENTS,
      };
      await measureSql(database, { ...hot, count: HOT_TRANSFERS / 10 });
      const first = await measureSql(database, hot);
      const batched = { way: "PostgreSQL, batched, 1,000 a statement", batch: SQL_BATCH, clients: 1 };
      const second = await measureSql(database, { ...batched, count: SQL_BATCH * SQL_BATCHES });
      return [first, second];
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
  }
}

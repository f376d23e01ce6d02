/** The same transfers in PostgreSQL: one to a transaction on a hot account, and a thousand to a statement. */
import type { Database } from "../../src/platform/ports.ts";
import type { Measured } from "./own.ts";

const AMOUNT_MICROS = 7_900;
const WALLET = 1;
const REVENUE = 2;

/** Fresh tables: accounts with balances, and transfers with ids that are taken once. */
export async function openTables(database: Database): Promise<void> {
  await database.query("drop table if exists bench_transfers");
  await database.query("drop table if exists bench_accounts");
  await database.query(
    "create table bench_accounts (id int primary key, debits bigint not null default 0, credits bigint not null default 0)",
  );
  await database.query(
    `create table bench_transfers (id text primary key, debit int not null, credit int not null, amount bigint not null,
       at timestamptz not null default now())`,
  );
  await database.query("insert into bench_accounts (id) values ($1), ($2)", [WALLET, REVENUE]);
}

/** One statement, so that one round trip is one transaction: kinder to PostgreSQL than a block would be. */
const ONE = `with t as (
    insert into bench_transfers (id, debit, credit, amount) values ($1, ${WALLET}, ${REVENUE}, $2)
    on conflict do nothing returning amount
  ), d as (update bench_accounts set debits = debits + t.amount from t where id = ${WALLET})
  update bench_accounts set credits = credits + t.amount from t where id = ${REVENUE}`;

const MANY = `with t as (
    insert into bench_transfers (id, debit, credit, amount)
    select id, ${WALLET}, ${REVENUE}, amount from unnest($1::text[], $2::bigint[]) as n(id, amount)
    on conflict do nothing returning amount
  ), s as (select coalesce(sum(amount), 0)::bigint as amount from t),
  d as (update bench_accounts set debits = debits + s.amount from s where id = ${WALLET})
  update bench_accounts set credits = credits + s.amount from s where id = ${REVENUE}`;

export interface SqlLoad {
  readonly way: string;
  readonly count: number;
  readonly batch: number;
  readonly clients: number;
}

let next = 0;

/** Runs the load. The CPU is this process's alone: PostgreSQL's comes on top. */
export async function measureSql(database: Database, { way, count, batch, clients }: SqlLoad): Promise<Measured> {
  const latencies: number[] = [];
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < count) {
      const size = Math.min(batch, count - sent);
      sent += size;
      const ids = Array.from({ length: size }, () => `SM${(next++).toString(16).padStart(32, "0")}`);
      const at = performance.now();
      if (batch === 1) await database.query(ONE, [ids[0], AMOUNT_MICROS]);
      else await database.query(MANY, [ids, ids.map(() => AMOUNT_MICROS)]);
      latencies.push(performance.now() - at);
    }
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const tookMs = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const [sums] = await database.query<{ debits: number; credits: number; sum: number }>(
    `select (select sum(debits) from bench_accounts)::bigint as debits,
       (select sum(credits) from bench_accounts)::bigint as credits,
       (select sum(amount) from bench_transfers)::bigint as sum`,
  );
  if (sums === undefined || sums.debits !== sums.credits || sums.debits !== sums.sum)
    throw new Error(`${way}: sums differ`);
  latencies.sort((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    way,
    transfers: count,
    perSecond: Math.round((count / tookMs) * 1_000),
    cpuMicrosEach: round((used.user + used.system) / count),
    batchP50Ms: round(latencies[Math.floor(latencies.length * 0.5)] ?? 0),
    batchP99Ms: round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
  };
}

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import type { TestPostgres } from "../../../test/kit/postgres.ts";
import { AppError } from "../../kernel/errors.ts";
import { AssertionError } from "../../kernel/assert.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { openDatabase } from "./pool.ts";

let postgres: TestPostgres;
before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());

const unavailable = (retry: "later" | "never") => (error: unknown) =>
  error instanceof AppError && error.status === 503 && error.code === 20503 && error.spec.retry === retry;

it("brings columns as the kinds that it promises", async () => {
  const [row] = await postgres.database.query(`select
    42::int8 as small, 9007199254740993::int8 as large, 12.50::numeric as price, 123456789012345678.9::numeric as long, 'NaN'::numeric as nan,
    timestamptz '2025-01-31 12:00:00.123+02' as moment, timestamp '2025-01-31 12:00' as plain, date '2025-01-31' as day, 'infinity'::timestamptz as never,
    array[1, null, 9007199254740993]::int8[] as numbers, array[1.5]::numeric[] as prices, array[]::int8[] as none,
    array[timestamp '2025-01-31 12:00'] as moments, '{"a": [1]}'::jsonb as json, '\\x00ff'::bytea as bytes, true as yes, null as nothing`);
  assert.deepEqual(row, {
    small: 42,
    large: 9007199254740993n,
    price: 12.5,
    long: "123456789012345678.9",
    nan: "NaN",
    moment: new Date("2025-01-31T10:00:00.123Z"),
    plain: new Date("2025-01-31T12:00:00Z"),
    day: "2025-01-31",
    never: Number.POSITIVE_INFINITY,
    numbers: [1, null, 9007199254740993n],
    prices: [1.5],
    none: [],
    moments: [new Date("2025-01-31T12:00:00Z")],
    json: { a: [1] },
    bytes: Buffer.from([0, 255]),
    yes: true,
    nothing: null,
  });
});

it("takes the kinds of parameters that it promises", async () => {
  const moment = new Date("2025-01-31T10:00:00.123Z");
  const values = [moment, Uint8Array.from([1, 2]), ["a", 'b,"c'], 9007199254740993n, { a: 1 }, undefined];
  const sql =
    "select $1::timestamptz as a, $2::bytea as b, $3::text[] as c, $4::int8 as d, $5::jsonb as e, $6::text as f";
  for (let times = 0; times < 3; times += 1) {
    const [row] = await postgres.database.query(sql, values);
    assert.deepEqual(row, {
      a: moment,
      b: Buffer.from([1, 2]),
      c: ["a", 'b,"c'],
      d: 9007199254740993n,
      e: { a: 1 },
      f: null,
    });
  }
});

it("prepares what is repeated, and gets over a changed table", async () => {
  const { database } = postgres;
  const single = openDatabase({ url: postgres.url, poolSize: 1 });
  await database.query("create table changing (id int8)");
  await database.query("insert into changing values (1)");
  const read = (): Promise<unknown[]> => single.query("select * from changing where id = $1", [1]);
  for (let times = 0; times < 3; times += 1) assert.deepEqual(await read(), [{ id: 1 }]);
  const prepared = await single.query<{ statement: string }>("select statement from pg_prepared_statements");
  assert.equal(prepared.length, 1);
  await database.query("alter table changing add column name text");
  assert.deepEqual(await read(), [{ id: 1, name: null }]);
  await single.close();
});

it("commits what resolves and rolls back what rejects, with the error as it was", async () => {
  const { database } = postgres;
  await database.query("create table notes (id int8 primary key)");
  assert.equal(
    await database.transaction(async (tx) => (await tx.query("insert into notes values (1) returning id")).length),
    1,
  );
  const reason = new Error("no");
  await assert.rejects(
    () =>
      database.transaction(async (tx) => {
        await tx.query("insert into notes values (2)");
        throw reason;
      }),
    (error) => error === reason,
  );
  await assert.rejects(() => database.transaction((tx) => tx.query("insert into notes values (1)")), {
    code: "23505",
    constraint: "notes_pkey",
  });
  assert.deepEqual(await database.query("select id from notes"), [{ id: 1 }]);
});

it("runs statements of a transaction one after the other, however they are started", async () => {
  const rows = await postgres.database.transaction(async (tx) => {
    await tx.query("create temporary table steps (n int8, at int8 generated always as identity) on commit drop");
    await Promise.all(Array.from({ length: 20 }, (_, n) => tx.query("insert into steps (n) values ($1)", [n])));
    return tx.query<{ n: number }>("select n from steps order by at");
  });
  assert.deepEqual(
    rows.map((row) => row.n),
    Array.from({ length: 20 }, (_, n) => n),
  );
});

it("does not let a transaction be used after its end, nor commit after a failure that was ignored", async () => {
  let kept: DatabaseSession | undefined;
  await postgres.database.transaction(async (tx) => {
    kept = tx;
  });
  assert.throws(() => kept?.query("select 1"), AssertionError);
  await assert.rejects(
    () => postgres.database.transaction((tx) => tx.query("select 1/0").catch(() => {})),
    AssertionError,
  );
});

it("cancels a statement that takes too long and stays usable", async () => {
  const hasty = openDatabase({ url: postgres.url, poolSize: 1, statementTimeoutMs: 300 });
  await assert.rejects(() => hasty.query("select pg_sleep(10)"), unavailable("later"));
  assert.deepEqual(await hasty.query("select 1 as one"), [{ one: 1 }]);
  await hasty.close();
});

it("answers 503 for now when nobody listens, and when no connection comes free in time", async () => {
  const nobody = openDatabase({ url: "postgresql://user:secret@127.0.0.1:9/none", connectTimeoutMs: 2_000 });
  await assert.rejects(() => nobody.query("select 1"), unavailable("later"));
  await assert.rejects(() => nobody.transaction(async () => {}), unavailable("later"));
  await nobody.close();
  const busy = openDatabase({ url: postgres.url, poolSize: 1, connectTimeoutMs: 1_000 });
  await busy.transaction(async () => {
    await assert.rejects(() => busy.query("select 1"), unavailable("later"));
  });
  await busy.close();
});

it("answers 503 for now when the database takes no connections, and goes on when it does", async (t) => {
  const away = await startTestPostgres();
  t.after(() => away.stop());
  const name = new URL(away.url).pathname.slice(1);
  await postgres.database.query(`alter database ${name} allow_connections false`);
  await assert.rejects(() => away.database.query("select 1"), unavailable("later"));
  await postgres.database.query(`alter database ${name} allow_connections true`);
  assert.deepEqual(await away.database.query("select 1 as one"), [{ one: 1 }]);
});

it("says that the outcome is unknown when the connection breaks under a write, and connects again", async () => {
  const { database } = postgres;
  const single = openDatabase({ url: postgres.url, poolSize: 1 });
  const breakIt = "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1";
  const pidOf = async (session: DatabaseSession): Promise<unknown> =>
    (await session.query("select pg_backend_pid() as pid"))[0]?.["pid"];
  await single.query("create table slow_notes (id int8)");
  const pid = await pidOf(single);
  const write = single.query("insert into slow_notes select 1 from pg_sleep(10)");
  const broken = assert.rejects(write, unavailable("never"));
  while (
    (await database.query("select 1 from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'", [pid])).length ===
    0
  );
  await database.query(breakIt, [pid]);
  await broken;
  assert.deepEqual(await single.query("select count(*) as count from slow_notes"), [{ count: 0 }]);
  // Before the commit there is no doubt: a broken transaction is rolled back.
  const transaction = single.transaction(async (tx) => {
    await database.query(breakIt, [await pidOf(tx)]);
    await tx.query("select 1");
  });
  await assert.rejects(transaction, unavailable("later"));
  await single.close();
});

it("passes a wrong password and an unknown database on as they are", async () => {
  const wrong = openDatabase({ url: postgres.url.replace(/password=[^&]+/, "password=wrong") });
  await assert.rejects(() => wrong.query("select 1"), { code: "28P01" });
  await wrong.close();
  const missing = openDatabase({ url: postgres.url.replace(/\/test_\w+/, "/missing") });
  await assert.rejects(() => missing.query("select 1"), { code: "3D000" });
  await missing.close();
});

it("never shows the password in an error", async () => {
  const database = openDatabase({ url: "postgresql://user:hunter2@127.0.0.1:9/none" });
  await assert.rejects(
    () => database.query("select 1"),
    (error: AppError) => !JSON.stringify([error.message, error.internal, String(error.stack)]).includes("hunter2"),
  );
  await database.close();
});

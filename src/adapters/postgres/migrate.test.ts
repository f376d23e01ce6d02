import assert from "node:assert/strict";
import { after, it } from "node:test";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import type { PooledDatabase } from "./pool.ts";
import { migrate, MigrationError } from "./migrate.ts";

const opened: { stop(): Promise<void> }[] = [];
after(() => Promise.all(opened.map((postgres) => postgres.stop())));

async function emptyDatabase(): Promise<PooledDatabase> {
  const postgres = await startTestPostgres();
  opened.push(postgres);
  return postgres.database;
}

const first = { name: "notes/0001-notes", sql: "create table notes (id int8); create index on notes (id);" };
const second = { name: "notes/0002-titles", sql: "alter table notes add column title text;" };
const other = { name: "accounts/0001-accounts", sql: "create table accounts (sid text)" };

it("applies each migration once, in order of name, and says which", async () => {
  const database = await emptyDatabase();
  assert.deepEqual(await migrate(database, [second, first]), [first.name, second.name]);
  assert.deepEqual(await migrate(database, [first, second, other]), [other.name]);
  assert.deepEqual(await migrate(database, [other, second, first]), []);
  await database.query("insert into notes (id, title) values (1, 'a')");
});

it("applies each once when many programs start together", async () => {
  const database = await emptyDatabase();
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database, [first, second, other])));
  assert.deepEqual(applied.flat().toSorted(), [other.name, first.name, second.name]);
});

it("undoes a migration that fails, keeps those before it, and names it", async () => {
  const database = await emptyDatabase();
  const broken = { name: "notes/0002-broken", sql: "create table half (id int8); select 1/0;" };
  await assert.rejects(() => migrate(database, [first, broken]), /notes\/0002-broken failed: division by zero/);
  assert.deepEqual(await database.query("select to_regclass('half') as half, to_regclass('notes')::text as notes"), [
    { half: null, notes: "notes" },
  ]);
  assert.deepEqual(await migrate(database, [first, second]), [second.name]);
});

it("refuses a released migration that was changed, but not one with other line ends", async () => {
  const database = await emptyDatabase();
  const long = { name: "notes/0001-notes", sql: "create table notes (\n  id int8\n);\n" };
  await migrate(database, [long]);
  assert.deepEqual(await migrate(database, [{ ...long, sql: long.sql.replaceAll("\n", "\r\n") }]), []);
  await assert.rejects(
    () => migrate(database, [{ ...long, sql: "create table notes (id int4)" }]),
    /notes\/0001-notes was applied to this database in another form/,
  );
});

it("refuses a database that is newer than the program, and leaves modules alone that it does not have", async () => {
  const database = await emptyDatabase();
  await migrate(database, [first, second, other]);
  await assert.rejects(
    () => migrate(database, [first]),
    /newer version of Trunkline: it has the migration notes\/0002-titles/,
  );
  assert.deepEqual(await migrate(database, [first, second]), []);
});

it("refuses a new migration before one that is applied, a name twice, and names of another form", async () => {
  const database = await emptyDatabase();
  await migrate(
    database,
    [second].map((migration) => ({ ...migration, sql: "select 1" })),
  );
  const applied = { ...second, sql: "select 1" };
  await assert.rejects(
    () => migrate(database, [first, applied]),
    /notes\/0001-notes would come after notes\/0002-titles/,
  );
  await assert.rejects(() => migrate(database, [first, first]), MigrationError);
  await assert.rejects(() => migrate(database, [{ name: "first", sql: "" }]), MigrationError);
});

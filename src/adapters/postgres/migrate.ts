import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import type { Database, DatabaseSession, Migration } from "../../platform/ports.ts";

/** Taken by everybody who changes the schema of a database. Any number that nothing else uses. */
const LOCK = 7_202_511_205;

const NAME = /^([a-z][a-z0-9-]*)\/[0-9]{4}-[a-z0-9-]+$/;

/** The schema cannot be brought to where this program needs it; the message tells the operator why. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MigrationError";
  }
}

/**
 * Applies what has not been applied, in order of name, each in its own
 * transaction and recorded there. Resolves to the names it applied. Several
 * programs may do this at once: one works, the others wait and find it done.
 *
 * Rejects with {@link MigrationError}, having changed nothing that is not
 * recorded, when an applied migration is not what it was, when the database
 * knows migrations of the same module that this program does not (it is newer),
 * and when a new migration would come before one that is applied. A database
 * opened with `statementTimeoutMs: 0` waits as long as a migration takes.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const ordered = orderMigrations(migrations);
  await prepareTable(database);
  const applied: string[] = [];
  for (const migration of ordered) {
    if (await database.transaction((tx) => applyOne(tx, ordered, migration))) applied.push(migration.name);
  }
  return applied;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

async function prepareTable(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await lock(tx);
    await tx.query(
      "create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
    );
  });
}

/** Whether it had to be applied. The checks are repeated under each lock, since another program may come in between. */
async function applyOne(tx: DatabaseSession, ordered: readonly Migration[], migration: Migration): Promise<boolean> {
  await lock(tx);
  const applied = await tx.query<Row & Applied>("select name, checksum from schema_migrations order by name");
  checkHistory(ordered, applied);
  if (applied.some((row) => row.name === migration.name)) return false;
  checkOrder(migration, applied);
  try {
    await tx.query(migration.sql);
  } catch (cause) {
    // An unreachable database says nothing about the migration.
    if (cause instanceof AppError) throw cause;
    throw new MigrationError(
      `The migration ${migration.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  await tx.query("insert into schema_migrations (name, checksum) values ($1, $2)", [
    migration.name,
    checksumOf(migration.sql),
  ]);
  return true;
}

type Row = Record<string, unknown>;

async function lock(tx: DatabaseSession): Promise<void> {
  await tx.query("set local statement_timeout = 0");
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
}

function orderMigrations(migrations: readonly Migration[]): Migration[] {
  const names = new Set<string>();
  for (const { name } of migrations) {
    if (!NAME.test(name))
      throw new MigrationError(`'${name}' is not a name for a migration; write module/0001-what-it-does.`);
    if (names.has(name)) throw new MigrationError(`There are two migrations ${name}.`);
    names.add(name);
  }
  // Not localeCompare: the order may not depend on the machine.
  return migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function checkHistory(ordered: readonly Migration[], applied: readonly Applied[]): void {
  const known = new Map(ordered.map((migration) => [migration.name, migration]));
  const modules = new Set(ordered.map((migration) => moduleOf(migration.name)));
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (migration !== undefined && checksumOf(migration.sql) !== checksum) {
      throw new MigrationError(
        `The migration ${name} was applied to this database in another form. A released migration never changes: restore it and write a new one.`,
      );
    }
    if (migration === undefined && modules.has(moduleOf(name))) {
      throw new MigrationError(
        `This database was made by a newer version of Trunkline: it has the migration ${name}, which this version does not know. Start the newer version.`,
      );
    }
  }
}

function checkOrder(migration: Migration, applied: readonly Applied[]): void {
  const later = applied.find((row) => moduleOf(row.name) === moduleOf(migration.name) && row.name > migration.name);
  if (later !== undefined) {
    throw new MigrationError(
      `The migration ${migration.name} would come after ${later.name}, which is applied already. Give it the next number.`,
    );
  }
}

function moduleOf(name: string): string {
  return NAME.exec(name)?.[1] ?? name;
}

/** Line ends and blank ends do not count, so that a checkout on another system matches. */
function checksumOf(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n").trim()).digest("hex");
}

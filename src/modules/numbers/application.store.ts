import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_APPLICATIONS_PER_ACCOUNT, type Application } from "./application.ts";
import {
  assignments,
  columnOf,
  keysOf,
  readConfiguration,
  UNCONFIGURED_APPLICATION,
  type ApplicationConfiguration,
} from "./configuration.ts";
import type { Slice } from "../../platform/http/index.ts";
import type { NumberTarget } from "./number.store.ts";

interface ApplicationRow extends Row {
  sid: string;
  account_sid: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: ApplicationRow): Application {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    revision: row.revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    configuration: readConfiguration(UNCONFIGURED_APPLICATION, row),
  };
}

function valuesOf(configuration: ApplicationConfiguration): unknown[] {
  return keysOf(UNCONFIGURED_APPLICATION).map((key) => configuration[key]);
}

const KEYS = keysOf(UNCONFIGURED_APPLICATION);
const INSERT = `insert into applications (sid, account_sid, revision, created_at, updated_at, ${KEYS.map(columnOf).join(", ")})
  select $1, $2, 0, $3, $3, ${KEYS.map((_, index) => `$${index + 5}`).join(", ")}
  where (select count(*) from applications where account_sid = $2) < $4 returning *`;

/** Stores a new application. `undefined` where its account has as many as it may. */
export async function insertApplication(
  database: DatabaseSession,
  application: NumberTarget & { readonly atMs: number; readonly configuration: ApplicationConfiguration },
): Promise<Application | undefined> {
  const { sid, accountSid, atMs, configuration } = application;
  const rows = await database.query<ApplicationRow>(INSERT, [
    sid,
    accountSid,
    new Date(atMs),
    MAX_APPLICATIONS_PER_ACCOUNT,
    ...valuesOf(configuration),
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** An application of an account, by its SID. `lock` keeps others from changing it until the transaction ends. */
export async function findApplication(
  database: DatabaseSession,
  { accountSid, sid }: NumberTarget,
  lock = false,
): Promise<Application | undefined> {
  const rows = await database.query<ApplicationRow>(
    `select * from applications where sid = $1 and account_sid = $2${lock ? " for update" : ""}`,
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Those of the SIDs that are applications of the account, held so that nobody deletes them before the transaction ends. */
export async function holdApplications(
  tx: DatabaseSession,
  accountSid: string,
  sids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (sids.length === 0) return new Set();
  const rows = await tx.query<{ sid: string }>(
    "select sid from applications where account_sid = $1 and sid = any($2) order by sid for share",
    [accountSid, sids],
  );
  return new Set(rows.map((row) => row.sid));
}

/** Writes the whole configuration of an application. */
export async function writeApplication(
  tx: DatabaseSession,
  { accountSid, sid }: NumberTarget,
  change: { readonly atMs: number; readonly configuration: ApplicationConfiguration },
): Promise<Application | undefined> {
  const rows = await tx.query<ApplicationRow>(
    `update applications set revision = revision + 1, updated_at = $3, ${assignments(UNCONFIGURED_APPLICATION, 4)}
     where sid = $1 and account_sid = $2 returning *`,
    [sid, accountSid, new Date(change.atMs), ...valuesOf(change.configuration)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Removes an application. Resolves to whether there was one. */
export async function removeApplication(tx: DatabaseSession, { accountSid, sid }: NumberTarget): Promise<boolean> {
  const rows = await tx.query("delete from applications where sid = $1 and account_sid = $2 returning sid", [
    sid,
    accountSid,
  ]);
  return rows.length > 0;
}

/** At most `limit` applications of an account, the newest first. */
export async function listApplications(
  database: Database,
  filter: { readonly accountSid: string; readonly friendlyName: string | undefined },
  { cursor, direction, limit }: Slice,
): Promise<Application[]> {
  const values: unknown[] = [filter.accountSid, limit];
  const conditions = ["account_sid = $1"];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  };
  if (filter.friendlyName !== undefined) add("friendly_name =", filter.friendlyName);
  if (cursor !== undefined) add(direction === "next" ? "sid <" : "sid >", cursor);
  const order = direction === "next" ? "desc" : "asc";
  const rows = await database.query<ApplicationRow>(
    `select * from applications where ${conditions.join(" and ")} order by sid ${order} limit $2`,
    values,
  );
  const applications = rows.map(fromRow);
  return direction === "next" ? applications : applications.toReversed();
}

const BATCH_ROWS = 10_000;

/** All applications, in batches. */
export async function* readApplications(database: Database): AsyncIterable<readonly Application[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<ApplicationRow>(
      "select * from applications where sid > $1 order by sid limit $2",
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.sid ?? after;
  }
}

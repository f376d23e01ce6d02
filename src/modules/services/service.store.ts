import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_SERVICES_PER_ACCOUNT } from "./pool-member.ts";
import { columnOf, SERVICE_KEYS, type Service, type ServiceConfiguration, type Target } from "./service.ts";

interface ServiceRow extends Row {
  sid: string;
  account_sid: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = SERVICE_KEYS.map(columnOf);

function fromRow(row: ServiceRow): Service {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    revision: row.revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    configuration: Object.fromEntries(
      SERVICE_KEYS.map((key, index) => [key, row[COLUMNS[index] ?? ""]]),
    ) as unknown as ServiceConfiguration,
  };
}

function valuesOf(configuration: ServiceConfiguration): unknown[] {
  return SERVICE_KEYS.map((key) => configuration[key]);
}

const INSERT = `insert into messaging_services (sid, account_sid, revision, created_at, updated_at, ${COLUMNS.join(", ")})
  select $1, $2, 0, $3, $3, ${COLUMNS.map((_, index) => `$${index + 5}`).join(", ")}
  where (select count(*) from messaging_services where account_sid = $2) < $4 returning *`;

/** Stores a new service. `undefined` where its account has as many as it may. */
export async function insertService(
  database: DatabaseSession,
  service: Target & { readonly atMs: number; readonly configuration: ServiceConfiguration },
): Promise<Service | undefined> {
  const { sid, accountSid, atMs, configuration } = service;
  const values = [sid, accountSid, new Date(atMs), MAX_SERVICES_PER_ACCOUNT, ...valuesOf(configuration)];
  const rows = await database.query<ServiceRow>(INSERT, values);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** A service of an account. `lock` keeps others from changing it and its pool until the transaction ends. */
export async function findService(
  database: DatabaseSession,
  { accountSid, sid }: Target,
  lock = false,
): Promise<Service | undefined> {
  const rows = await database.query<ServiceRow>(
    `select * from messaging_services where sid = $1 and account_sid = $2${lock ? " for update" : ""}`,
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

const UPDATE = `update messaging_services set revision = revision + 1, updated_at = $3,
    ${COLUMNS.map((column, index) => `${column} = $${index + 4}`).join(", ")}
  where sid = $1 and account_sid = $2 returning *`;

/** Writes the whole configuration of a service. */
export async function writeService(
  tx: DatabaseSession,
  { accountSid, sid }: Target,
  change: { readonly atMs: number; readonly configuration: ServiceConfiguration },
): Promise<Service | undefined> {
  const values = [sid, accountSid, new Date(change.atMs), ...valuesOf(change.configuration)];
  const rows = await tx.query<ServiceRow>(UPDATE, values);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The service after a change of its pool, which its `date_updated` does not tell of. */
export async function countRevision(tx: DatabaseSession, { accountSid, sid }: Target): Promise<Service | undefined> {
  const rows = await tx.query<ServiceRow>(
    "update messaging_services set revision = revision + 1 where sid = $1 and account_sid = $2 returning *",
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Removes a service with its pool; the numbers stay the account's. Resolves to whether there was one. */
export async function removeService(tx: DatabaseSession, { accountSid, sid }: Target): Promise<boolean> {
  const rows = await tx.query("delete from messaging_services where sid = $1 and account_sid = $2 returning sid", [
    sid,
    accountSid,
  ]);
  if (rows.length === 0) return false;
  await tx.query("delete from messaging_service_senders where service_sid = $1", [sid]);
  return true;
}

/** At most `limit` services of an account, the newest first. */
export async function listServices(database: Database, accountSid: string, slice: Slice): Promise<Service[]> {
  const { cursor, direction, limit } = slice;
  const isNext = direction === "next";
  const after = cursor === undefined ? "" : `and sid ${isNext ? "<" : ">"} $3`;
  const rows = await database.query<ServiceRow>(
    `select * from messaging_services where account_sid = $1 ${after} order by sid ${isNext ? "desc" : "asc"} limit $2`,
    cursor === undefined ? [accountSid, limit] : [accountSid, limit, cursor],
  );
  const services = rows.map(fromRow);
  return isNext ? services : services.toReversed();
}

const BATCH_ROWS = 10_000;

/** All services, in batches. */
export async function* readServices(database: Database): AsyncIterable<readonly Service[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<ServiceRow>(
      "select * from messaging_services where sid > $1 order by sid limit $2",
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.sid ?? after;
  }
}

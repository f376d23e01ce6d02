import type { Database, Migration, Row } from "../../../platform/ports.ts";

/** Carriers that were added while the system ran. The document is sealed as a whole: it holds passwords. */
export const carrierMigrations: readonly Migration[] = [
  {
    name: "messaging/0010-carriers",
    sql: `create table carriers (
        name text primary key,
        revision bigint not null,
        enabled boolean not null,
        document text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create sequence carrier_revisions;`,
  },
];

/** A carrier as it is kept. */
export interface CarrierRow {
  readonly name: string;
  /** Another one after every change; never used twice, also by another carrier of the name. */
  readonly revision: number;
  readonly enabled: boolean;
  /** Sealed JSON. */
  readonly document: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

interface Stored extends Row {
  name: string;
  revision: number;
  enabled: boolean;
  document: string;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = "name, revision, enabled, document, created_at, updated_at";

function fromRow(row: Stored): CarrierRow {
  const { name, revision, enabled, document } = row;
  return {
    name,
    revision,
    enabled,
    document,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** All of them, by name. */
export async function readCarriers(database: Database, limit: number): Promise<CarrierRow[]> {
  const rows = await database.query<Stored>(`select ${COLUMNS} from carriers order by name limit $1`, [limit]);
  return rows.map(fromRow);
}

export async function findCarrier(database: Database, name: string): Promise<CarrierRow | undefined> {
  const [row] = await database.query<Stored>(`select ${COLUMNS} from carriers where name = $1`, [name]);
  return row === undefined ? undefined : fromRow(row);
}

/** `undefined` where there is one of the name. */
export async function insertCarrier(
  database: Database,
  made: Pick<CarrierRow, "name" | "enabled" | "document"> & { readonly nowMs: number },
): Promise<CarrierRow | undefined> {
  const rows = await database.query<Stored>(
    `insert into carriers (name, revision, enabled, document, created_at, updated_at)
     values ($1, nextval('carrier_revisions'), $2, $3, $4::timestamptz, $4::timestamptz)
     on conflict (name) do nothing returning ${COLUMNS}`,
    [made.name, made.enabled, made.document, new Date(made.nowMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** `undefined` where it is gone. */
export async function updateCarrier(
  database: Database,
  changed: Pick<CarrierRow, "name" | "enabled" | "document"> & { readonly nowMs: number },
): Promise<CarrierRow | undefined> {
  const rows = await database.query<Stored>(
    `update carriers set revision = nextval('carrier_revisions'), enabled = $2, document = $3, updated_at = $4::timestamptz
     where name = $1 returning ${COLUMNS}`,
    [changed.name, changed.enabled, changed.document, new Date(changed.nowMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** False where there was none. */
export async function deleteCarrier(database: Database, name: string): Promise<boolean> {
  return (await database.query("delete from carriers where name = $1 returning name", [name])).length > 0;
}

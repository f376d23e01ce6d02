import type { Slice } from "../../platform/http/index.ts";
import { isSid } from "../../kernel/ids.ts";
import type { ProjectedTable } from "../../platform/cell/index.ts";
import type { Database, Migration, Row } from "../../platform/ports.ts";
import type { AlertState } from "./alert-machine.ts";
import { firstSidAt } from "./alert-sid.ts";
import type { Alert, AlertRepeats } from "./alert.ts";

/** The SID's UUID is the key: its order is that of time, so dates need no index of their own. */
export const alertMigrations: readonly Migration[] = [
  {
    name: "monitor/0001-alerts",
    sql: `create table alerts (
        id uuid primary key,
        account_sid text not null,
        error_code int not null,
        log_level text not null,
        alert_text text not null,
        resource_sid text,
        request_url text,
        request_method text,
        request_variables text,
        response_status int,
        response_body text,
        created_at timestamptz not null
      );
      create index alerts_by_account on alerts (account_sid, id);
      create index alerts_by_level on alerts (account_sid, log_level, id);
      create table alert_repeats (id uuid primary key, repeats int not null);`,
  },
];

const idOf = (sid: string): string => sid.slice(2);

/** How the tables of this module fill the database. */
export function alertProjections(state: AlertState): readonly ProjectedTable<never>[] {
  const alerts: ProjectedTable<Alert> = {
    table: state.alerts,
    into: "alerts",
    key: "id",
    keyType: "uuid",
    keyOf: idOf,
    evict: () => true,
    columns: [
      { name: "id", type: "uuid", value: ({ sid }) => idOf(sid) },
      { name: "account_sid", type: "text", value: (alert) => alert.accountSid },
      { name: "error_code", type: "int", value: (alert) => alert.errorCode },
      { name: "log_level", type: "text", value: (alert) => alert.level },
      { name: "alert_text", type: "text", value: (alert) => alert.text },
      { name: "resource_sid", type: "text", value: (alert) => alert.resourceSid ?? null },
      { name: "request_url", type: "text", value: (alert) => alert.requestUrl ?? null },
      { name: "request_method", type: "text", value: (alert) => alert.requestMethod ?? null },
      { name: "request_variables", type: "text", value: (alert) => alert.requestParams ?? null },
      { name: "response_status", type: "int", value: (alert) => alert.responseStatus ?? null },
      { name: "response_body", type: "text", value: (alert) => alert.responseBody ?? null },
      { name: "created_at", type: "timestamptz", value: ({ createdMs }) => new Date(createdMs).toISOString() },
    ],
  };
  const repeats: ProjectedTable<AlertRepeats> = {
    table: state.repeats,
    into: "alert_repeats",
    key: "id",
    keyType: "uuid",
    keyOf: idOf,
    evict: () => true,
    columns: [
      { name: "id", type: "uuid", value: ({ sid }) => idOf(sid) },
      { name: "repeats", type: "int", value: (counted) => counted.repeats },
    ],
  };
  return [alerts, repeats] as readonly unknown[] as readonly ProjectedTable<never>[];
}

interface AlertRow extends Row {
  id: string;
  account_sid: string;
  error_code: number;
  log_level: Alert["level"];
  alert_text: string;
  resource_sid: string | null;
  request_url: string | null;
  request_method: string | null;
  request_variables: string | null;
  response_status: number | null;
  response_body: string | null;
  created_at: Date;
  repeats: number | null;
}

/** An alert, and how often more it would have been written. */
export interface CountedAlert {
  readonly sid: string;
  readonly alert: Readonly<Alert>;
  readonly repeats: number;
}

function fromRow(state: AlertState, row: AlertRow): CountedAlert {
  const sid = `NO${row.id.replaceAll("-", "")}`;
  const alert: Alert = {
    sid,
    accountSid: row.account_sid,
    errorCode: row.error_code,
    level: row.log_level,
    text: row.alert_text,
    createdMs: row.created_at.getTime(),
    ...(row.resource_sid === null ? {} : { resourceSid: row.resource_sid }),
    ...(row.request_url === null ? {} : { requestUrl: row.request_url }),
    ...(row.request_method === null ? {} : { requestMethod: row.request_method }),
    ...(row.request_variables === null ? {} : { requestParams: row.request_variables }),
    ...(row.response_status === null ? {} : { responseStatus: row.response_status }),
    ...(row.response_body === null ? {} : { responseBody: row.response_body }),
  };
  return { sid, alert, repeats: state.repeats.get(sid)?.repeats ?? row.repeats ?? 0 };
}

/** What the reads of this module work with. */
export interface AlertDeps {
  readonly database: Database;
  readonly state: AlertState;
}

const SELECT = "select a.*, r.repeats from alerts a left join alert_repeats r on r.id = a.id";

/** One alert of an account: from memory while it is recent, else from its row. */
export async function findAlert(
  { database, state }: AlertDeps,
  target: { readonly accountSid: string; readonly sid: string },
): Promise<CountedAlert | undefined> {
  const { accountSid, sid } = target;
  if (!isSid(sid, "NO")) return undefined;
  const recent = state.alerts.get(sid);
  if (recent !== undefined) return recent.accountSid === accountSid ? counted(state, recent) : undefined;
  const [row] = await database.query<AlertRow>(`${SELECT} where a.id = $1::uuid and a.account_sid = $2`, [
    idOf(sid),
    accountSid,
  ]);
  return row === undefined ? undefined : fromRow(state, row);
}

function counted(state: AlertState, alert: Readonly<Alert>): CountedAlert {
  return { sid: alert.sid, alert, repeats: state.repeats.get(alert.sid)?.repeats ?? 0 };
}

/** What a list of alerts is asked for. */
export interface AlertFilter {
  readonly accountSid: string;
  readonly level: string | undefined;
  /** The first millisecond that counts, and the first that does not any more. */
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** SIDs between which the asked ones lie; both bounds are left out themselves. */
interface Bounds {
  readonly above: string | undefined;
  readonly below: string | undefined;
}

/** At most `limit` alerts, newest first: rows, and what is in memory and not projected yet. */
export async function listAlerts(deps: AlertDeps, filter: AlertFilter, slice: Slice): Promise<CountedAlert[]> {
  const { state } = deps;
  const bounds = boundsOf(filter, slice);
  const found = new Map<string, CountedAlert>();
  // Looked at before the rows: what is projected meanwhile is then found twice rather than not at all.
  for (const sid of state.alerts.unprojectedKeys()) {
    const alert = state.alerts.get(sid);
    if (alert !== undefined && matches(alert, filter, bounds)) found.set(sid, counted(state, alert));
  }
  for (const row of await selectAlerts(deps, filter, bounds, slice)) found.set(row.sid, row);
  const merged = [...found.values()].toSorted((a, b) => (a.sid < b.sid ? 1 : -1));
  return slice.direction === "next" ? merged.slice(0, slice.limit) : merged.slice(-slice.limit);
}

function boundsOf({ fromMs, untilMs }: AlertFilter, { cursor, direction }: Slice): Bounds {
  const newest = untilMs === undefined ? undefined : firstSidAt(untilMs);
  const oldest = fromMs === undefined ? undefined : firstSidAt(fromMs);
  if (cursor === undefined) return { above: oldest, below: newest };
  if (direction === "next") return { above: oldest, below: newest === undefined || cursor < newest ? cursor : newest };
  return { above: oldest === undefined || cursor > oldest ? cursor : oldest, below: newest };
}

function matches(alert: Readonly<Alert>, filter: AlertFilter, { above, below }: Bounds): boolean {
  if (alert.accountSid !== filter.accountSid) return false;
  if (filter.level !== undefined && alert.level !== filter.level) return false;
  return (above === undefined || alert.sid > above) && (below === undefined || alert.sid < below);
}

async function selectAlerts(
  { database, state }: AlertDeps,
  { accountSid, level }: AlertFilter,
  { above, below }: Bounds,
  { direction, limit }: Slice,
): Promise<CountedAlert[]> {
  const values: unknown[] = [accountSid, limit];
  const conditions = ["a.account_sid = $1"];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  if (level !== undefined) add("a.log_level = ?", level);
  if (above !== undefined) add("a.id > ?::uuid", idOf(above));
  if (below !== undefined) add("a.id < ?::uuid", idOf(below));
  const order = direction === "next" ? "desc" : "asc";
  const rows = await database.query<AlertRow>(
    `${SELECT} where ${conditions.join(" and ")} order by a.id ${order} limit $2`,
    values,
  );
  return rows.map((row) => fromRow(state, row));
}

const PRUNE_ROWS = 10_000;

/** Deletes what was raised before a moment, in small steps. Resolves to how many alerts that were. */
export async function pruneAlerts(database: Database, beforeMs: number): Promise<number> {
  const before = idOf(firstSidAt(beforeMs));
  let pruned = 0;
  for (const table of ["alerts", "alert_repeats"]) {
    for (;;) {
      const rows = await database.query(
        `delete from ${table} where id in (select id from ${table} where id < $1::uuid order by id limit ${PRUNE_ROWS})
         returning 1`,
        [before],
      );
      if (table === "alerts") pruned += rows.length;
      if (rows.length < PRUNE_ROWS) break;
    }
  }
  return pruned;
}

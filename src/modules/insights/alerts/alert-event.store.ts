import type { ProjectedTable } from "../../../platform/cell/index.ts";
import type { Slice } from "../../../platform/http/index.ts";
import type { Database, Row } from "../../../platform/ports.ts";
import { eventId, type AlertEvent, type AlertState } from "./alert-state.ts";

/** How the history fills the database. */
export function alertEventProjection(state: AlertState): ProjectedTable<never> {
  const events: ProjectedTable<AlertEvent> = {
    table: state.events,
    into: "insight_alert_events",
    key: "id",
    evict: () => true,
    columns: [
      { name: "id", type: "text", value: ({ id }) => id },
      { name: "rule_sid", type: "text", value: ({ ruleSid }) => ruleSid },
      { name: "account_sid", type: "text", value: ({ accountSid }) => accountSid },
      { name: "turn", type: "bigint", value: ({ turn }) => turn },
      { name: "state", type: "text", value: (event) => event.state },
      { name: "repeated", type: "boolean", value: ({ isRepeat }) => isRepeat },
      { name: "muted", type: "boolean", value: ({ isMuted }) => isMuted },
      { name: "told", type: "boolean", value: ({ isTold }) => isTold },
      { name: "value", type: "double precision", value: ({ value }) => value },
      { name: "limit_value", type: "double precision", value: ({ limit }) => limit },
      { name: "since", type: "timestamptz", epochMs: true, value: ({ sinceMs }) => sinceMs },
      { name: "at", type: "timestamptz", epochMs: true, value: ({ atMs }) => atMs },
    ],
  };
  return events as unknown as ProjectedTable<never>;
}

interface EventRow extends Row {
  id: string;
  rule_sid: string;
  account_sid: string;
  turn: number;
  state: AlertEvent["state"];
  repeated: boolean;
  muted: boolean;
  told: boolean;
  value: number | null;
  limit_value: number;
  since: Date;
  at: Date;
}

function fromRow(row: EventRow): AlertEvent {
  return {
    id: row.id,
    ruleSid: row.rule_sid,
    accountSid: row.account_sid,
    turn: Number(row.turn),
    state: row.state,
    isRepeat: row.repeated,
    isMuted: row.muted,
    isTold: row.told,
    value: row.value,
    limit: row.limit_value,
    sinceMs: row.since.getTime(),
    atMs: row.at.getTime(),
  };
}

/** At most `limit` events of a rule, the newest first; the cursor is a turn. From memory what is not projected yet. */
export async function listEvents(
  { database, state }: { readonly database: Database; readonly state: AlertState },
  ruleSid: string,
  { cursor, direction, limit }: Slice,
): Promise<AlertEvent[]> {
  const forward = direction === "next";
  const turn = cursor === undefined ? undefined : Number(cursor);
  const isAsked = (event: AlertEvent): boolean =>
    event.ruleSid === ruleSid && (turn === undefined || (forward ? event.turn < turn : event.turn > turn));
  const found = new Map<string, AlertEvent>();
  // Looked at before the rows: what is projected meanwhile is then found twice rather than not at all.
  for (const key of state.events.unprojectedKeys()) {
    const event = state.events.get(key);
    if (event !== undefined && isAsked(event)) found.set(key, event);
  }
  const beyond = turn === undefined ? "" : `and turn ${forward ? "<" : ">"} $3`;
  const rows = await database.query<EventRow>(
    `select * from insight_alert_events where rule_sid = $1 ${beyond}
     order by turn ${forward ? "desc" : "asc"} limit $2`,
    turn === undefined ? [ruleSid, limit] : [ruleSid, limit, turn],
  );
  for (const row of rows) found.set(eventId(ruleSid, Number(row.turn)), fromRow(row));
  const merged = [...found.values()].toSorted((a, b) => b.turn - a.turn);
  return forward ? merged.slice(0, limit) : merged.slice(-limit);
}

const PRUNED_AT_ONCE = 5_000;

/** Deletes the history of before a moment. Resolves to how many events went. */
export async function pruneEvents(database: Database, beforeMs: number): Promise<number> {
  let pruned = 0;
  for (;;) {
    const rows = await database.query(
      `delete from insight_alert_events where id in
         (select id from insight_alert_events where at < $1 limit $2) returning 1`,
      [new Date(beforeMs), PRUNED_AT_ONCE],
    );
    pruned += rows.length;
    if (rows.length < PRUNED_AT_ONCE) return pruned;
  }
}

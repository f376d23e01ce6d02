import type { DatabaseSession, Migration } from "../../platform/ports.ts";
import type { ProjectedColumn, ProjectedTable } from "../../platform/cell/index.ts";
import { isFinal, trafficClassOf, type Message } from "./message.ts";
import type { HealthRecord, LateChange, MessageState } from "./message-state.ts";

export const messageMigrations: readonly Migration[] = [
  {
    name: "messaging/0001-messages",
    sql: `create table messages (
        id uuid primary key,
        sid text not null,
        account_sid text not null,
        direction text not null,
        from_address text not null,
        to_address text not null,
        body text not null,
        encoding text not null,
        segments int not null,
        status text not null,
        error_code int,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        sent_at timestamptz,
        valid_until timestamptz,
        provide_feedback boolean not null,
        feedback text,
        media jsonb,
        closed boolean not null,
        delivery jsonb
      );
      create index messages_by_account on messages (account_sid, id);
      create index messages_by_recipient on messages (account_sid, to_address, id);
      create index messages_by_sender on messages (account_sid, from_address, id);`,
  },
  {
    name: "messaging/0002-queues",
    sql: `alter table messages
        add column traffic_class text not null default 'transactional',
        add column sender_kind text not null default 'local',
        add column parked boolean not null default false,
        add column waiting jsonb;
      create index messages_parked on messages (account_sid, from_address, traffic_class, id) where parked;
      create index messages_parked_validity on messages (valid_until) where parked;
      create table carrier_health (
        id text primary key,
        version bigint not null,
        carrier text not null,
        at timestamptz not null,
        content text not null
      );
      create index carrier_health_by_carrier on carrier_health (carrier, version desc);`,
  },
  {
    name: "messaging/0003-services-and-prices",
    sql: `alter table messages
        add column messaging_service_sid text,
        add column price_micros bigint,
        add column price_unit text,
        add column due_at timestamptz,
        add column schedule jsonb;
      create index messages_due on messages (due_at, id) where due_at is not null;
      create index messages_due_by_account on messages (account_sid, due_at) where due_at is not null;`,
  },
];

/** The UUID inside a SID: rows in its order are rows in the order of time, whatever the prefix. */
export const idOf = (sid: string): string => sid.slice(2);

/** What of a message is in its row. */
const MESSAGE_COLUMNS: readonly ProjectedColumn<Message>[] = [
  { name: "id", type: "uuid", value: (m) => idOf(m.sid) },
  { name: "sid", type: "text", value: (m) => m.sid },
  { name: "account_sid", type: "text", value: (m) => m.accountSid },
  { name: "direction", type: "text", value: (m) => m.direction },
  { name: "from_address", type: "text", value: (m) => m.from },
  { name: "to_address", type: "text", value: (m) => m.to },
  { name: "body", type: "text", value: (m) => m.body },
  { name: "encoding", type: "text", value: (m) => m.encoding },
  { name: "segments", type: "int", value: (m) => m.segments },
  { name: "status", type: "text", value: (m) => m.status },
  { name: "error_code", type: "int", value: (m) => m.errorCode ?? null },
  { name: "created_at", type: "timestamptz", epochMs: true, value: (m) => m.createdMs },
  { name: "updated_at", type: "timestamptz", epochMs: true, value: (m) => m.updatedMs },
  { name: "sent_at", type: "timestamptz", epochMs: true, value: (m) => m.sentMs ?? null },
  { name: "valid_until", type: "timestamptz", epochMs: true, value: (m) => m.validUntilMs || null },
  { name: "provide_feedback", type: "boolean", value: (m) => m.provideFeedback === true },
  { name: "feedback", type: "text", value: (m) => m.feedback ?? null },
  { name: "media", type: "jsonb", value: (m) => (m.media === undefined ? null : JSON.stringify(m.media)) },
  { name: "closed", type: "boolean", value: (m) => m.closed === true },
  { name: "delivery", type: "jsonb", value: deliveryOf },
  { name: "traffic_class", type: "text", value: trafficClassOf },
  { name: "sender_kind", type: "text", value: (m) => m.senderKind ?? "local" },
  { name: "parked", type: "boolean", value: (m) => m.parked === true && m.dueMs === undefined },
  { name: "waiting", type: "jsonb", value: (m) => (m.dueMs === undefined ? waitingOf(m) : null) },
  { name: "messaging_service_sid", type: "text", value: (m) => m.serviceSid ?? null },
  { name: "price_micros", type: "bigint", value: (m) => m.priceMicros ?? null },
  { name: "price_unit", type: "text", value: (m) => m.priceUnit ?? null },
  // What waits for its time in memory is sent by this cell whatever happens; its row is nobody's work.
  {
    name: "due_at",
    type: "timestamptz",
    epochMs: true,
    value: (m) => (m.parked === true ? (m.dueMs ?? null) : null),
  },
  { name: "schedule", type: "jsonb", value: (m) => (m.dueMs === undefined ? null : waitingOf(m)) },
];

/** How the message tables fill the database. */
export function messageProjections(state: MessageState): readonly ProjectedTable<never>[] {
  const messages: ProjectedTable<Message> = {
    table: state.messages,
    into: "messages",
    key: "id",
    keyType: "uuid",
    keyOf: idOf,
    evict: mayLeaveMemory,
    evicted: (message) => state.release(message),
    columns: MESSAGE_COLUMNS,
  };
  const changes: ProjectedTable<LateChange> = {
    table: state.lateChanges,
    into: "messages",
    key: "id",
    columns: [],
    evict: () => true,
    write: writeLateChanges,
  };
  const health: ProjectedTable<HealthRecord> = {
    table: state.healthRecords,
    into: "carrier_health",
    key: "id",
    // The latest stays, so that the next one is counted on from it.
    evict: ({ version }) => version < state.healthVersion,
    columns: [
      { name: "id", type: "text", value: ({ version, carrier }) => `${version}|${carrier}` },
      { name: "carrier", type: "text", value: (record) => record.carrier },
      { name: "version", type: "bigint", value: (record) => record.version },
      { name: "at", type: "timestamptz", epochMs: true, value: (record) => record.atMs },
      { name: "content", type: "text", value: (record) => record.content },
    ],
  };
  return [messages, changes, health] as readonly unknown[] as readonly ProjectedTable<never>[];
}

/**
 * Whether memory can do without the message. Not while a carrier still owes an answer: it
 * is told to the ledger, and a replay, which evicts nothing, must tell the same.
 */
function mayLeaveMemory(message: Readonly<Message>): boolean {
  if (message.closed === true || message.parked === true) return true;
  return isFinal(message.status) && !message.parts.some(({ state }) => state === "submitted");
}

/** A time as PostgreSQL reads it. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** What the operator may want to know of how it went out. */
function deliveryOf(message: Readonly<Message>): string | null {
  if (message.tries === undefined && message.carrier === undefined) return null;
  const { carrier, attempts, parts, tries, possibleDuplicate } = message;
  return JSON.stringify({ carrier, attempts, parts, tries, possibleDuplicate });
}

/** What a parked message needs to be sent and has no column of its own. */
function waitingOf(message: Readonly<Message>): string | null {
  if (message.parked !== true) return null;
  const { sentText, statusCallback, callbackEvents, guarantee, origin } = message;
  const { validitySeconds, intent, dlt, tlvs, maxPriceMicros, quote, heldMicros, holdId, mediaUrls } = message;
  const { confirms, riskCheck, wasDueMs, trace } = message;
  const money = { maxPriceMicros, quote, heldMicros, holdId };
  const choices = { sentText, statusCallback, callbackEvents, guarantee, origin, validitySeconds, intent, dlt, tlvs };
  return JSON.stringify({ ...choices, ...money, mediaUrls, confirms, riskCheck, wasDueMs, trace });
}

/** What {@link waitingOf} writes. */
export type Waiting = Pick<
  Message,
  | "sentText"
  | "statusCallback"
  | "callbackEvents"
  | "guarantee"
  | "origin"
  | "validitySeconds"
  | "intent"
  | "dlt"
  | "tlvs"
  | "maxPriceMicros"
  | "quote"
  | "heldMicros"
  | "holdId"
  | "mediaUrls"
  | "confirms"
  | "riskCheck"
  | "wasDueMs"
  | "trace"
>;

async function writeLateChanges(
  tx: DatabaseSession,
  batch: ReadonlyMap<string, Readonly<LateChange> | undefined>,
): Promise<void> {
  for (const change of batch.values()) {
    if (change === undefined) continue;
    if (change.deleted === true) {
      await tx.query("delete from messages where id = $1::uuid", [idOf(change.sid)]);
      continue;
    }
    await tx.query(
      `update messages set body = case when $2 then '' else body end,
         feedback = coalesce($3, feedback), updated_at = $4::timestamptz,
         media = case when cardinality($5::text[]) = 0 then media else
           (select coalesce(jsonb_agg(medium order by place), '[]') from jsonb_array_elements(media)
              with ordinality as kept (medium, place) where medium->>'sid' <> all ($5::text[])) end
       where id = $1::uuid`,
      [
        idOf(change.sid),
        change.redacted === true,
        change.feedback ?? null,
        timestamp(change.updatedMs),
        change.deletedMedia ?? [],
      ],
    );
  }
}

import { isSid } from "../../kernel/ids.ts";
import type { DatabaseSession, Migration, Row } from "../../platform/ports.ts";
import type { ProjectedTable } from "../../platform/cell/index.ts";
import type { DateRange, Slice } from "../../platform/http/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import type { EncodedHealth } from "./health-record.ts";
import { isFinal, pendingParts, trafficClassOf, type Medium, type Message, type MessageStatus } from "./message.ts";
import type { Flow, HealthRecord, LateChange, MessageState } from "./message-state.ts";

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
];

/** Rows read at once for a list, where many of them are out of date. */
const MAX_ROWS_READ = 5_000;

/** The UUID inside a SID: rows in its order are rows in the order of time, whatever the prefix. */
const idOf = (sid: string): string => sid.slice(2);

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
    columns: [
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
      { name: "parked", type: "boolean", value: (m) => m.parked === true },
      { name: "waiting", type: "jsonb", value: waitingOf },
    ],
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

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** What the operator may want to know of how it went out. */
function deliveryOf(message: Readonly<Message>): string | null {
  if (message.tries === undefined) return null;
  const { carrier, attempts, parts, tries, possibleDuplicate } = message;
  return JSON.stringify({ carrier, attempts, parts, tries, possibleDuplicate });
}

/** What a parked message needs to be sent and has no column of its own. */
function waitingOf(message: Readonly<Message>): string | null {
  if (message.parked !== true) return null;
  const { sentText, statusCallback, callbackEvents, guarantee, origin } = message;
  return JSON.stringify({ sentText, statusCallback, callbackEvents, guarantee, origin });
}

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

/** One message of an account: from memory while it is recent, else from its row. */
export async function findMessage(
  deps: Pick<MessagingDeps, "state" | "database">,
  target: { readonly accountSid: string; readonly sid: string },
): Promise<Readonly<Message> | undefined> {
  const { state, database } = deps;
  const recent = state.messages.get(target.sid);
  if (recent !== undefined) return recent.accountSid === target.accountSid ? recent : undefined;
  if (!isSid(target.sid)) return undefined;
  if (state.messages.isDirty(target.sid)) return undefined;
  // A change that is projected while the row is read is in one of the two, whichever way it goes.
  const before = state.lateChanges.get(target.sid);
  const rows = await database.query<MessageRow>(
    "select * from messages where id = $1::uuid and sid = $2 and account_sid = $3",
    [idOf(target.sid), target.sid, target.accountSid],
  );
  const row = rows[0];
  return row === undefined ? undefined : patched(fromRow(row), before, state.lateChanges.get(target.sid));
}

/** One message of any account, for the operator. */
export async function findMessageOfAny(
  deps: Pick<MessagingDeps, "state" | "database">,
  sid: string,
): Promise<Readonly<Message> | undefined> {
  const recent = deps.state.messages.get(sid);
  // A deleted message may still have its row.
  if (recent !== undefined || !isSid(sid) || deps.state.messages.isDirty(sid)) return recent;
  const rows = await deps.database.query<MessageRow>("select * from messages where id = $1::uuid and sid = $2", [
    idOf(sid),
    sid,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The latest word on each carrier's health up to a version, from memory and rows. */
export async function findHealth(
  deps: Pick<MessagingDeps, "state" | "database">,
  version: number,
): Promise<EncodedHealth[]> {
  const rows = await deps.database.query<{ carrier: string; version: number; content: string }>(
    `select distinct on (carrier) carrier, version, content from carrier_health
     where version <= $1 order by carrier, version desc`,
    [version],
  );
  const latest = new Map(rows.map((row) => [row.carrier, row]));
  for (const record of deps.state.healthRecords.values()) {
    if (record.version > version || record.version < (latest.get(record.carrier)?.version ?? 0)) continue;
    latest.set(record.carrier, record);
  }
  return [...latest.values()];
}

/** A message with changes that may not be in its row yet, or `undefined` where it was deleted. */
function patched(message: Message, ...changes: (Readonly<LateChange> | undefined)[]): Message | undefined {
  let patched = message;
  for (const change of changes) {
    if (change === undefined) continue;
    if (change.deleted === true) return undefined;
    const { media } = patched;
    patched = {
      ...patched,
      updatedMs: change.updatedMs,
      ...(change.redacted === true ? { body: "" } : {}),
      ...(change.feedback === undefined ? {} : { feedback: change.feedback }),
      ...(change.deletedMedia === undefined || media === undefined
        ? {}
        : { media: media.filter((medium) => change.deletedMedia?.includes(medium.sid) !== true) }),
    };
  }
  return patched;
}

interface MessageRow extends Row {
  sid: string;
  account_sid: string;
  direction: Message["direction"];
  from_address: string;
  to_address: string;
  body: string;
  encoding: Message["encoding"];
  segments: number;
  status: MessageStatus;
  error_code: number | null;
  created_at: Date;
  updated_at: Date;
  sent_at: Date | null;
  valid_until: Date | null;
  provide_feedback: boolean;
  feedback: Message["feedback"] | null;
  media: Medium[] | null;
  closed: boolean;
  delivery: Pick<Message, "carrier" | "attempts" | "parts" | "tries" | "possibleDuplicate"> | null;
  traffic_class: TrafficClass;
  sender_kind: SenderKind;
  parked: boolean;
  waiting: Pick<Message, "sentText" | "statusCallback" | "callbackEvents" | "guarantee" | "origin"> | null;
}

function fromRow(row: MessageRow): Message {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    direction: row.direction,
    from: row.from_address,
    to: row.to_address,
    body: row.body,
    encoding: row.encoding,
    segments: row.segments,
    status: row.status,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    validUntilMs: row.valid_until?.getTime() ?? 0,
    provideFeedback: row.provide_feedback,
    closed: row.closed,
    attempts: row.delivery?.attempts ?? 0,
    parts: row.delivery?.parts ?? (row.parked ? pendingParts(row.segments) : []),
    ...(row.delivery?.tries === undefined ? {} : { tries: row.delivery.tries }),
    ...(row.delivery?.carrier === undefined ? {} : { carrier: row.delivery.carrier }),
    ...(row.delivery?.possibleDuplicate === true ? { possibleDuplicate: true } : {}),
    ...(row.traffic_class === "transactional" ? {} : { trafficClass: row.traffic_class }),
    ...(row.sender_kind === "local" ? {} : { senderKind: row.sender_kind }),
    ...(row.parked ? { parked: true } : {}),
    ...row.waiting,
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
    ...(row.sent_at === null ? {} : { sentMs: row.sent_at.getTime() }),
    ...(row.feedback === null || row.feedback === undefined ? {} : { feedback: row.feedback }),
    ...(row.media === null ? {} : { media: row.media }),
  };
}

/** The SIDs of parked messages of a flow, oldest first, from after a SID on. */
export async function findParked(
  database: DatabaseSession,
  flow: Required<Flow>,
  slice: { readonly after: string | undefined; readonly limit: number },
): Promise<string[]> {
  const rows = await database.query<{ sid: string }>(
    `select sid from messages where parked and account_sid = $1 and from_address = $2 and traffic_class = $3
       and ($4::uuid is null or id > $4::uuid) order by id limit $5`,
    [flow.accountSid, flow.from, flow.trafficClass, slice.after === undefined ? null : idOf(slice.after), slice.limit],
  );
  return rows.map(({ sid }) => sid);
}

/** The SIDs of parked messages whose validity has ended. */
export async function findParkedExpired(database: DatabaseSession, nowMs: number, limit: number): Promise<string[]> {
  const rows = await database.query<{ sid: string }>(
    "select sid from messages where parked and valid_until <= $1::timestamptz order by valid_until limit $2",
    [timestamp(nowMs), limit],
  );
  return rows.map(({ sid }) => sid);
}

/** The messages that are parked by their rows, in the order of their SIDs. */
export async function readParked(database: DatabaseSession, sids: readonly string[]): Promise<Message[]> {
  const rows = await database.query<MessageRow>(
    "select * from messages where parked and id = any($1::uuid[]) order by id",
    [sids.map(idOf)],
  );
  return rows.map(fromRow);
}

/** What a list of messages is asked for. Addresses are in canonical form. */
export interface MessageFilter {
  readonly accountSid: string;
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly sent?: DateRange | undefined;
}

/**
 * At most `limit` messages, newest first: rows, corrected by what is in memory and not
 * projected yet, so that a list sees every message that was acknowledged before it.
 */
export async function listMessages(
  deps: Pick<MessagingDeps, "state" | "database">,
  filter: MessageFilter,
  page: Slice,
): Promise<Readonly<Message>[]> {
  const { state } = deps;
  // Looked at before the rows: what is projected meanwhile is then seen twice rather than not at all.
  const changing = new Set(state.messages.unprojectedKeys());
  const fresh = unprojected(state, filter, page);
  const late = new Map([...state.lateChanges.values()].map((change) => [change.sid, change]));
  const settled: Message[] = [];
  let slice = page;
  for (;;) {
    const rows = await selectMessages(deps, filter, slice);
    for (const row of rows) {
      const message = changing.has(row.sid)
        ? undefined
        : patched(row, late.get(row.sid), state.lateChanges.get(row.sid));
      if (message !== undefined) settled.push(message);
    }
    const last = rows.length < slice.limit ? undefined : rows.at(-1)?.sid;
    const merged = [...settled, ...fresh].toSorted((a, b) => (idOf(a.sid) < idOf(b.sid) ? 1 : -1));
    // What lies beyond the last row read may have rows before it that were not read.
    const known = last === undefined ? merged : merged.filter(({ sid }) => !isBeyond(sid, { ...page, cursor: last }));
    if (last === undefined || known.length >= page.limit) {
      return page.direction === "next" ? known.slice(0, page.limit) : known.slice(-page.limit);
    }
    slice = { ...page, cursor: last, limit: Math.min(slice.limit * 2, MAX_ROWS_READ) };
  }
}

function unprojected(state: MessageState, filter: MessageFilter, page: Slice): Readonly<Message>[] {
  const found: Readonly<Message>[] = [];
  for (const sid of state.messages.unprojectedKeys()) {
    const message = state.messages.get(sid);
    if (message !== undefined && matches(message, filter) && isBeyond(sid, page)) found.push(message);
  }
  return found;
}

function isBeyond(sid: string, { cursor, direction }: Slice): boolean {
  if (cursor === undefined) return true;
  return direction === "next" ? idOf(sid) < idOf(cursor) : idOf(sid) > idOf(cursor);
}

function matches(message: Readonly<Message>, { accountSid, to, from, sent }: MessageFilter): boolean {
  if (message.accountSid !== accountSid) return false;
  if (to !== undefined && message.to !== to) return false;
  if (from !== undefined && message.from !== from) return false;
  if (sent === undefined) return true;
  const at = message.sentMs;
  return at !== undefined && at >= (sent.fromMs ?? 0) && at < (sent.untilMs ?? Infinity);
}

async function selectMessages(
  { database }: Pick<MessagingDeps, "database">,
  { accountSid, to, from, sent }: MessageFilter,
  { cursor, direction, limit }: Slice,
): Promise<Message[]> {
  const values: unknown[] = [accountSid];
  const conditions = ["account_sid = $1"];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  if (to !== undefined) add("to_address = ?", to);
  if (from !== undefined) add("from_address = ?", from);
  if (sent?.fromMs !== undefined) add("sent_at >= ?::timestamptz", new Date(sent.fromMs).toISOString());
  if (sent?.untilMs !== undefined) add("sent_at < ?::timestamptz", new Date(sent.untilMs).toISOString());
  if (cursor !== undefined) add(direction === "next" ? "id < ?::uuid" : "id > ?::uuid", idOf(cursor));
  values.push(limit);
  const order = direction === "next" ? "desc" : "asc";
  const rows = await database.query<MessageRow>(
    `select * from messages where ${conditions.join(" and ")} order by id ${order} limit $${values.length}`,
    values,
  );
  return rows.map(fromRow);
}

import { isSid } from "../../kernel/ids.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { DateRange, Slice } from "../../platform/http/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import type { EncodedHealth } from "./health-record.ts";
import { pendingParts, type Medium, type Message, type MessageStatus } from "./message.ts";
import { idOf, timestamp, type Waiting } from "./message-projection.ts";
import type { Flow, LateChange, MessageState } from "./message-state.ts";

/** Rows read at once for a list, where many of them are out of date. */
const MAX_ROWS_READ = 5_000;

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
  waiting: Waiting | null;
  messaging_service_sid: string | null;
  price_micros: number | null;
  price_unit: string | null;
  due_at: Date | null;
  schedule: Waiting | null;
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
    parts: row.delivery?.parts ?? (isParked(row) ? pendingParts(row.segments) : []),
    ...(row.delivery?.tries === undefined ? {} : { tries: row.delivery.tries }),
    ...(row.delivery?.carrier === undefined ? {} : { carrier: row.delivery.carrier }),
    ...(row.delivery?.possibleDuplicate === true ? { possibleDuplicate: true } : {}),
    ...(row.traffic_class === "transactional" ? {} : { trafficClass: row.traffic_class }),
    ...(row.sender_kind === "local" ? {} : { senderKind: row.sender_kind }),
    ...(isParked(row) ? { parked: true } : {}),
    ...row.waiting,
    ...row.schedule,
    ...(row.due_at === null ? {} : { dueMs: row.due_at.getTime() }),
    ...(row.messaging_service_sid === null ? {} : { serviceSid: row.messaging_service_sid }),
    ...(row.price_micros === null ? {} : { priceMicros: row.price_micros }),
    ...(row.price_unit === null ? {} : { priceUnit: row.price_unit }),
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
    ...(row.sent_at === null ? {} : { sentMs: row.sent_at.getTime() }),
    ...(row.feedback === null || row.feedback === undefined ? {} : { feedback: row.feedback }),
    ...(row.media === null ? {} : { media: row.media }),
  };
}

/** It waits in the database: for its turn, or for its time. */
function isParked(row: Pick<MessageRow, "parked" | "due_at">): boolean {
  return row.parked || row.due_at !== null;
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
    "select * from messages where (parked or due_at is not null) and id = any($1::uuid[]) order by id",
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

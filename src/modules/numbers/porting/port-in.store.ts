import type { JsonObject } from "../../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../../platform/ports.ts";
import { MAX_REQUESTS_PER_ACCOUNT, type PortInNumber, type PortInRequest, type PortInStatus } from "./port-in.ts";

interface RequestRow extends Row {
  sid: string;
  account_sid: string;
  owner_sid: string;
  status: PortInStatus;
  status_at: Date;
  cancellation_reason: string;
  content: JsonObject;
  ticket: number;
  created_at: Date;
}

interface NumberRow extends Row {
  sid: string;
  request_sid: string;
  account_sid: string;
  number: string;
  kind: PortInNumber["kind"];
  country: string | null;
  pin: string;
  portable: boolean;
  not_portable_code: number | null;
  status: PortInNumber["status"];
  rejection_code: string;
  port_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

function numberFrom(row: NumberRow): PortInNumber {
  return {
    sid: row.sid,
    requestSid: row.request_sid,
    accountSid: row.account_sid,
    number: row.number,
    kind: row.kind,
    country: row.country,
    pin: row.pin,
    portable: row.portable,
    notPortableCode: row.not_portable_code,
    status: row.status,
    rejectionCode: row.rejection_code,
    portAtMs: row.port_at?.getTime(),
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

function requestFrom(row: RequestRow, numbers: readonly PortInNumber[]): PortInRequest {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    ownerSid: row.owner_sid,
    status: row.status,
    statusMs: row.status_at.getTime(),
    cancellationReason: row.cancellation_reason,
    content: row.content,
    ticket: row.ticket,
    createdMs: row.created_at.getTime(),
    numbers,
  };
}

/** Stores a request with its numbers. `nextAt` are the moments at which they are looked at again. Resolves to whether there was room. */
export async function insertPortIn(
  tx: DatabaseSession,
  request: PortInRequest,
  nextAtMs: ReadonlyMap<string, number>,
): Promise<boolean> {
  const at = new Date(request.createdMs);
  const rows = await tx.query(
    `insert into port_in_requests (sid, account_sid, owner_sid, status, status_at, content, ticket, created_at)
     select $1, $2, $3, $4, $5, $6, $7, $5
     where (select count(*) from port_in_requests where owner_sid = $3) < ${MAX_REQUESTS_PER_ACCOUNT} returning sid`,
    [
      request.sid,
      request.accountSid,
      request.ownerSid,
      request.status,
      at,
      JSON.stringify(request.content),
      request.ticket,
    ],
  );
  if (rows.length === 0) return false;
  const { numbers } = request;
  const nextOf = ({ sid }: PortInNumber): Date | null => {
    const ms = nextAtMs.get(sid);
    return ms === undefined ? null : new Date(ms);
  };
  await tx.query(
    `insert into port_in_numbers (sid, request_sid, account_sid, number, kind, country, pin, portable,
       not_portable_code, status, next_at, created_at, updated_at)
     select t.sid, $1, $2, t.number, t.kind, t.country, t.pin, t.portable, t.code, t.status, t.next_at, $3, $3
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bool[], $10::int[], $11::text[],
       $12::timestamptz[]) as t (sid, number, kind, country, pin, portable, code, status, next_at)`,
    [
      request.sid,
      request.accountSid,
      at,
      numbers.map(({ sid }) => sid),
      numbers.map(({ number }) => number),
      numbers.map(({ kind }) => kind),
      numbers.map(({ country }) => country),
      numbers.map(({ pin }) => pin),
      numbers.map(({ portable }) => portable),
      numbers.map(({ notPortableCode }) => notPortableCode),
      numbers.map(({ status }) => status),
      numbers.map(nextOf),
    ],
  );
  return true;
}

/** Which of the numbers are being ported already. */
export async function findUnderWay(tx: DatabaseSession, numbers: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ number: string }>(
    `select number from port_in_numbers where number = any($1)
       and status not in ('completed', 'canceled', 'expired', 'rejected', 'not-portable') order by number`,
    [numbers],
  );
  return rows.map(({ number }) => number);
}

/** A request that the account asked for or gets the numbers of, complete. `lock` keeps others from changing it. */
export async function findPortIn(
  session: DatabaseSession,
  { accountSid, sid }: { readonly accountSid?: string; readonly sid: string },
  lock = false,
): Promise<PortInRequest | undefined> {
  const rows = await session.query<RequestRow>(
    `select * from port_in_requests where sid = $1 and ($2::text is null or $2 in (owner_sid, account_sid))
     ${lock ? "for update" : ""}`,
    [sid, accountSid ?? null],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const numbers = await session.query<NumberRow>("select * from port_in_numbers where request_sid = $1 order by sid", [
    sid,
  ]);
  return requestFrom(row, numbers.map(numberFrom));
}

/** What a list of requests is asked for. */
export interface PortInFilter {
  readonly accountSid: string;
  readonly sids: readonly string[] | undefined;
  readonly status: string | undefined;
  readonly beforeMs: number | undefined;
  readonly afterMs: number | undefined;
  /** The list goes on beyond this request; `undefined` for its beginning. */
  readonly cursor: string | undefined;
  readonly direction: "next" | "previous";
  readonly limit: number;
}

/** A request as lists show it. */
export interface PortInSummary {
  readonly sid: string;
  readonly status: PortInStatus;
  readonly statusMs: number;
  readonly requested: number;
  readonly ported: number;
}

/** Requests that the account asked for or gets the numbers of, the newest first. */
export async function listPortIns(session: DatabaseSession, filter: PortInFilter): Promise<PortInSummary[]> {
  const values: unknown[] = [filter.accountSid, filter.limit];
  const conditions = ["$1 in (owner_sid, account_sid)"];
  const add = (condition: string, value: unknown): void => {
    if (value !== undefined) conditions.push(condition.replace("?", `$${values.push(value)}`));
  };
  const { beforeMs, afterMs, direction } = filter;
  add("sid = any(?)", filter.sids);
  add("lower(status) = lower(?)", filter.status);
  add("created_at < ?", beforeMs === undefined ? undefined : new Date(beforeMs));
  add("created_at > ?", afterMs === undefined ? undefined : new Date(afterMs));
  add(direction === "next" ? "sid < ?" : "sid > ?", filter.cursor);
  const rows = await session.query<RequestRow & { requested: number; ported: number }>(
    `select r.*, n.requested, n.ported from
       (select * from port_in_requests where ${conditions.join(" and ")}
        order by sid ${direction === "next" ? "desc" : "asc"} limit $2) r
     cross join lateral (select count(*) as requested, count(*) filter (where status = 'completed') as ported
       from port_in_numbers where request_sid = r.sid) n
     order by r.sid desc`,
    values,
  );
  return rows.map(({ sid, status, status_at, requested, ported }) => {
    return { sid, status, statusMs: status_at.getTime(), requested, ported };
  });
}

/** Requests with numbers that are due, those first that wait longest. */
export async function findDue(session: DatabaseSession, atMs: number, limit: number): Promise<string[]> {
  const rows = await session.query<{ request_sid: string }>(
    `select distinct on (request_sid) request_sid from
       (select request_sid, next_at from port_in_numbers where next_at <= $1 order by next_at limit $2) due`,
    [new Date(atMs), limit],
  );
  return rows.map((row) => row.request_sid);
}

/** When something is due next; `undefined` where nothing is. */
export async function nextDueMs(session: DatabaseSession): Promise<number | undefined> {
  const rows = await session.query<{ next: Date | null }>(
    "select min(next_at) as next from port_in_numbers where next_at is not null",
  );
  return rows[0]?.next?.getTime();
}

/** The numbers of a request that are due. */
export async function dueOf(tx: DatabaseSession, requestSid: string, atMs: number): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ sid: string }>(
    "select sid from port_in_numbers where request_sid = $1 and next_at <= $2",
    [requestSid, new Date(atMs)],
  );
  return new Set(rows.map(({ sid }) => sid));
}

/** Writes how far a number is, and when it is looked at again. */
export async function writePortInNumber(
  tx: DatabaseSession,
  { sid, status, rejectionCode, portAtMs, updatedMs }: PortInNumber,
  nextAtMs: number | undefined,
): Promise<void> {
  const date = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
  await tx.query(
    `update port_in_numbers set status = $2, rejection_code = $3, port_at = $4, updated_at = $5, next_at = $6
     where sid = $1`,
    [sid, status, rejectionCode, date(portAtMs), new Date(updatedMs), date(nextAtMs)],
  );
}

/** Writes how far a request is. */
export async function writePortInStatus(
  tx: DatabaseSession,
  { sid, status, statusMs, cancellationReason }: PortInRequest,
): Promise<void> {
  await tx.query("update port_in_requests set status = $2, status_at = $3, cancellation_reason = $4 where sid = $1", [
    sid,
    status,
    new Date(statusMs),
    cancellationReason,
  ]);
}

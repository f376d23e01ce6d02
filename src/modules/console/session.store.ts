import type { Role } from "../../platform/console/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_SESSIONS_PER_USER, type Session, type SessionStanding } from "./session.ts";

interface SessionRow extends Row {
  sid: string;
  account_sid: string;
  user_sid: string;
  is_limited: boolean;
  address: string;
  agent: string;
  created_at: Date;
  seen_at: Date;
  expires_at: Date;
}

/** Sessions that ended longer ago than this are forgotten. */
const KEEP_MS = 30 * 86_400_000;
/** How exact it is known when somebody was there last. */
const SEEN_EVERY_MS = 300_000;

function fromRow(row: SessionRow): Session {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    userSid: row.user_sid,
    isLimited: row.is_limited,
    address: row.address,
    agent: row.agent,
    createdMs: row.created_at.getTime(),
    seenMs: row.seen_at.getTime(),
    expiresMs: row.expires_at.getTime(),
  };
}

/** Inserts a session; forgets what is long over, and ends the oldest where the user has too many. Gives the SIDs of those. */
export async function insertSession(tx: DatabaseSession, session: Session): Promise<readonly string[]> {
  const { userSid, createdMs } = session;
  await tx.query("delete from console_sessions where user_sid = $1 and expires_at < $2::timestamptz", [
    userSid,
    new Date(createdMs - KEEP_MS),
  ]);
  const ended = await tx.query<{ sid: string }>(
    `update console_sessions set ended_at = $2::timestamptz where sid in (
       select sid from console_sessions where user_sid = $1 and ended_at is null order by sid desc offset $3
     ) returning sid`,
    [userSid, new Date(createdMs), MAX_SESSIONS_PER_USER - 1],
  );
  await tx.query(
    `insert into console_sessions
       (sid, account_sid, user_sid, is_limited, address, agent, created_at, seen_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $7::timestamptz, $8::timestamptz)`,
    [
      session.sid,
      session.accountSid,
      userSid,
      session.isLimited,
      session.address,
      session.agent,
      new Date(createdMs),
      new Date(session.expiresMs),
    ],
  );
  return ended.map(({ sid }) => sid);
}

interface StandingRow extends SessionRow {
  ended_at: Date | null;
  email: string | null;
  friendly_name: string;
  role: Role;
  status: string;
}

/** How a session stands: `ended` where it does not any more, `undefined` where there is none. */
export async function readStanding(
  database: DatabaseSession,
  sessionSid: string,
  nowMs: number,
): Promise<SessionStanding | "ended" | undefined> {
  const [row] = await database.query<StandingRow>(
    `select s.*, u.email, u.friendly_name, u.role, u.status
     from console_sessions s join console_users u on u.sid = s.user_sid where s.sid = $1`,
    [sessionSid],
  );
  if (row === undefined) return undefined;
  if (row.ended_at !== null || row.expires_at.getTime() <= nowMs || row.status !== "active") return "ended";
  if (nowMs - row.seen_at.getTime() > SEEN_EVERY_MS) {
    await database.query("update console_sessions set seen_at = $2::timestamptz where sid = $1", [
      sessionSid,
      new Date(nowMs),
    ]);
  }
  return {
    sessionSid,
    userSid: row.user_sid,
    accountSid: row.account_sid,
    role: row.role,
    isLimited: row.is_limited,
    email: row.email,
    friendlyName: row.friendly_name,
    issuedMs: row.created_at.getTime(),
    expiresMs: row.expires_at.getTime(),
  };
}

/** Makes a session a full one: the second factor is set up. */
export async function liftLimit(tx: DatabaseSession, sessionSid: string): Promise<void> {
  await tx.query("update console_sessions set is_limited = false where sid = $1", [sessionSid]);
}

/** Whether the user has begun a session from an address since a moment. */
export async function hasSessionFrom(
  database: DatabaseSession,
  { userSid, address, sinceMs }: { readonly userSid: string; readonly address: string; readonly sinceMs: number },
): Promise<boolean> {
  const rows = await database.query(
    "select 1 from console_sessions where user_sid = $1 and address = $2 and created_at > $3::timestamptz limit 1",
    [userSid, address, new Date(sinceMs)],
  );
  return rows.length > 0;
}

export async function findSession(
  database: DatabaseSession,
  { accountSid, sid, nowMs }: { readonly accountSid: string; readonly sid: string; readonly nowMs: number },
): Promise<Session | undefined> {
  const [row] = await database.query<SessionRow>(
    `select * from console_sessions
     where sid = $1 and account_sid = $2 and ended_at is null and expires_at > $3::timestamptz`,
    [sid, accountSid, new Date(nowMs)],
  );
  return row === undefined ? undefined : fromRow(row);
}

/** Ends one session. False where it was ended before. */
export async function endSession(database: DatabaseSession, sid: string, nowMs: number): Promise<boolean> {
  const rows = await database.query(
    "update console_sessions set ended_at = $2::timestamptz where sid = $1 and ended_at is null returning sid",
    [sid, new Date(nowMs)],
  );
  return rows.length > 0;
}

/** Ends the sessions of a user, but for one perhaps. Gives their SIDs. */
export async function endSessionsOf(
  database: DatabaseSession,
  { userSid, but, nowMs }: { readonly userSid: string; readonly but?: string | undefined; readonly nowMs: number },
): Promise<readonly string[]> {
  const rows = await database.query<{ sid: string }>(
    `update console_sessions set ended_at = $2::timestamptz
     where user_sid = $1 and ended_at is null and sid is distinct from $3 returning sid`,
    [userSid, new Date(nowMs), but ?? null],
  );
  return rows.map(({ sid }) => sid);
}

/** At most `limit` sessions that hold, of a user or of all users of an account, the newest first; the cursor is a SID. */
export async function listSessions(
  database: DatabaseSession,
  of: { readonly accountSid: string; readonly userSid: string | undefined; readonly nowMs: number },
  page: { limit: number; cursor: string | undefined; direction: "next" | "previous" },
): Promise<Session[]> {
  const forward = page.direction === "next";
  const rows = await database.query<SessionRow>(
    `select * from console_sessions
     where account_sid = $1 and ended_at is null and expires_at > $2::timestamptz
       and ($3::text is null or user_sid = $3) and ($4::text is null or sid ${forward ? "<" : ">"} $4)
     order by sid ${forward ? "desc" : "asc"} limit $5`,
    [of.accountSid, new Date(of.nowMs), of.userSid ?? null, page.cursor ?? null, page.limit],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

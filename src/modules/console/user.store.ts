import type { Role } from "../../platform/console/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { User, UserStatus } from "./user.ts";

interface UserRow extends Row {
  sid: string;
  account_sid: string;
  email: string | null;
  friendly_name: string;
  role: Role;
  status: UserStatus;
  password: string | null;
  totp_secret: string | null;
  totp_pending: string | null;
  totp_last_step: number;
  recovery_digests: string[];
  is_account: boolean;
  created_at: Date;
  updated_at: Date;
  last_sign_in_at: Date | null;
}

function fromRow(row: UserRow): User {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    email: row.email ?? undefined,
    friendlyName: row.friendly_name,
    role: row.role,
    status: row.status,
    password: row.password ?? undefined,
    totp: {
      secret: row.totp_secret ?? undefined,
      pending: row.totp_pending ?? undefined,
      lastStep: row.totp_last_step,
      recoveryDigests: row.recovery_digests,
    },
    isAccount: row.is_account,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    lastSignInMs: row.last_sign_in_at?.getTime(),
  };
}

/** Inserts a user. False where the account has one with the same e-mail address, or one for itself, already. */
export async function insertUser(tx: DatabaseSession, user: User, digest: string | undefined): Promise<boolean> {
  const at = new Date(user.createdMs);
  const rows = await tx.query(
    `insert into console_users
       (sid, account_sid, email, email_digest, friendly_name, role, status, is_account, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $9::timestamptz)
     on conflict do nothing returning sid`,
    [
      user.sid,
      user.accountSid,
      user.email ?? null,
      digest ?? null,
      user.friendlyName,
      user.role,
      user.status,
      user.isAccount,
      at,
    ],
  );
  return rows.length > 0;
}

export async function countUsers(tx: DatabaseSession, accountSid: string): Promise<number> {
  const rows = await tx.query<{ count: number }>("select count(*) as count from console_users where account_sid = $1", [
    accountSid,
  ]);
  return rows[0]?.count ?? 0;
}

/** A user of an account. `undefined` where the account has no such user. */
export async function findUser(
  session: DatabaseSession,
  { accountSid, sid }: { readonly accountSid: string; readonly sid: string },
): Promise<User | undefined> {
  const rows = await session.query<UserRow>("select * from console_users where sid = $1 and account_sid = $2", [
    sid,
    accountSid,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The same, kept from being changed by others until the transaction ends. */
export async function lockUser(
  tx: DatabaseSession,
  { accountSid, sid }: { readonly accountSid: string; readonly sid: string },
): Promise<User | undefined> {
  const rows = await tx.query<UserRow>("select * from console_users where sid = $1 and account_sid = $2 for update", [
    sid,
    accountSid,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** The user that stands for the account itself. */
export async function findAccountUser(session: DatabaseSession, accountSid: string): Promise<User | undefined> {
  const rows = await session.query<UserRow>("select * from console_users where account_sid = $1 and is_account", [
    accountSid,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Users by the digest of their e-mail address, one of each account at the most. */
export async function findByEmail(session: DatabaseSession, digest: string, limit: number): Promise<User[]> {
  const rows = await session.query<UserRow>(
    "select * from console_users where email_digest = $1 order by sid limit $2",
    [digest, limit],
  );
  return rows.map(fromRow);
}

/** Changes of the users of an account come one after the other, so that its owners cannot all go at once. Held until the transaction ends. */
export async function lockAccountUsers(tx: DatabaseSession, accountSid: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`console users of ${accountSid}`]);
}

/** The SIDs of owners who can sign in. */
export async function findOwners(tx: DatabaseSession, accountSid: string): Promise<string[]> {
  const rows = await tx.query<{ sid: string }>(
    `select sid from console_users
     where account_sid = $1 and role = 'owner' and status = 'active' and not is_account order by sid`,
    [accountSid],
  );
  return rows.map(({ sid }) => sid);
}

/** Writes what can change of a user, but for his second factor. */
export async function updateUser(tx: DatabaseSession, user: User): Promise<void> {
  await tx.query(
    `update console_users set friendly_name = $2, role = $3, status = $4, password = $5, updated_at = $6::timestamptz,
       last_sign_in_at = $7::timestamptz where sid = $1`,
    [
      user.sid,
      user.friendlyName,
      user.role,
      user.status,
      user.password ?? null,
      new Date(user.updatedMs),
      user.lastSignInMs === undefined ? null : new Date(user.lastSignInMs),
    ],
  );
}

/** Notes that he signed in, and a password that was hashed anew. */
export async function noteSignIn(
  tx: DatabaseSession,
  { sid, nowMs, rehashed }: { readonly sid: string; readonly nowMs: number; readonly rehashed: string | undefined },
): Promise<void> {
  await tx.query(
    "update console_users set last_sign_in_at = $2::timestamptz, password = coalesce($3, password) where sid = $1",
    [sid, new Date(nowMs), rehashed ?? null],
  );
}

/** Writes the second factor of a user. */
export async function putTotp(
  tx: DatabaseSession,
  { sid, totp, nowMs }: { readonly sid: string; readonly totp: User["totp"]; readonly nowMs: number },
): Promise<void> {
  await tx.query(
    `update console_users set totp_secret = $2, totp_pending = $3, totp_last_step = $4, recovery_digests = $5,
       updated_at = $6::timestamptz where sid = $1`,
    [sid, totp.secret ?? null, totp.pending ?? null, totp.lastStep, [...totp.recoveryDigests], new Date(nowMs)],
  );
}

/** Uses up a time step. False where it, or a later one, was used: of two that come at once, one gets it. */
export async function takeStep(session: DatabaseSession, sid: string, step: number): Promise<boolean> {
  const rows = await session.query(
    "update console_users set totp_last_step = $2 where sid = $1 and totp_last_step < $2 returning sid",
    [sid, step],
  );
  return rows.length > 0;
}

/** Uses up a recovery code. False where it is none, or was used. */
export async function takeRecoveryCode(session: DatabaseSession, sid: string, digest: string): Promise<boolean> {
  const rows = await session.query(
    `update console_users set recovery_digests = array_remove(recovery_digests, $2)
     where sid = $1 and $2 = any(recovery_digests) returning sid`,
    [sid, digest],
  );
  return rows.length > 0;
}

/** Removes a user with his sessions and links. */
export async function deleteUser(tx: DatabaseSession, sid: string): Promise<void> {
  await tx.query("delete from console_links where user_sid = $1", [sid]);
  await tx.query("delete from console_sessions where user_sid = $1", [sid]);
  await tx.query("delete from console_users where sid = $1", [sid]);
}

/** At most `limit` users of an account, the newest first; the cursor is a SID. */
export async function listUsers(
  session: DatabaseSession,
  accountSid: string,
  page: { limit: number; cursor: string | undefined; direction: "next" | "previous" },
): Promise<User[]> {
  const forward = page.direction === "next";
  const beyond = page.cursor === undefined ? "" : `and sid ${forward ? "<" : ">"} $3`;
  const rows = await session.query<UserRow>(
    `select * from console_users where account_sid = $1 ${beyond} order by sid ${forward ? "desc" : "asc"} limit $2`,
    page.cursor === undefined ? [accountSid, page.limit] : [accountSid, page.limit, page.cursor],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

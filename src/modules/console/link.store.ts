import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { LinkPurpose, SignInLink } from "./link.ts";

interface LinkRow extends Row {
  sid: string;
  account_sid: string;
  user_sid: string;
  purpose: LinkPurpose;
  created_at: Date;
  expires_at: Date;
}

function fromRow(row: LinkRow): SignInLink {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    userSid: row.user_sid,
    purpose: row.purpose,
    createdMs: row.created_at.getTime(),
    expiresMs: row.expires_at.getTime(),
  };
}

/** Forgets the account's links that are used or over, and counts the others. */
export async function countOpenLinks(tx: DatabaseSession, accountSid: string, nowMs: number): Promise<number> {
  await tx.query(
    "delete from console_links where account_sid = $1 and (used_at is not null or expires_at <= $2::timestamptz)",
    [accountSid, new Date(nowMs)],
  );
  const rows = await tx.query<{ count: number }>("select count(*) as count from console_links where account_sid = $1", [
    accountSid,
  ]);
  return rows[0]?.count ?? 0;
}

/** Forgets the links of a user that were for this, so that the newest one counts. */
export async function dropLinksOf(tx: DatabaseSession, userSid: string): Promise<void> {
  await tx.query("delete from console_links where user_sid = $1", [userSid]);
}

/** Forgets the oldest link of an account that only signs in. False where there is none. */
export async function dropOldestSignIn(tx: DatabaseSession, accountSid: string): Promise<boolean> {
  const rows = await tx.query(
    `delete from console_links where sid =
       (select sid from console_links where account_sid = $1 and purpose = 'sign-in' order by sid limit 1)
     returning sid`,
    [accountSid],
  );
  return rows.length > 0;
}

export async function insertLink(tx: DatabaseSession, link: SignInLink, digest: string): Promise<void> {
  await tx.query(
    `insert into console_links (sid, digest, account_sid, user_sid, purpose, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)`,
    [link.sid, digest, link.accountSid, link.userSid, link.purpose, new Date(link.createdMs), new Date(link.expiresMs)],
  );
}

/** The link of a digest, if it can be used now. */
export async function findOpenLink(
  session: DatabaseSession,
  digest: string,
  nowMs: number,
): Promise<SignInLink | undefined> {
  const [row] = await session.query<LinkRow>(
    "select * from console_links where digest = $1 and used_at is null and expires_at > $2::timestamptz",
    [digest, new Date(nowMs)],
  );
  return row === undefined ? undefined : fromRow(row);
}

/** Uses a link up. `undefined` where it cannot be used: of two that come at once, one gets it. */
export async function takeLink(tx: DatabaseSession, digest: string, nowMs: number): Promise<SignInLink | undefined> {
  const [row] = await tx.query<LinkRow>(
    `update console_links set used_at = $2::timestamptz
     where digest = $1 and used_at is null and expires_at > $2::timestamptz returning *`,
    [digest, new Date(nowMs)],
  );
  return row === undefined ? undefined : fromRow(row);
}

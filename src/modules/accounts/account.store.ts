import type { AccountStatus } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { Account } from "./account.ts";

interface AccountRow extends Row {
  sid: string;
  parent_sid: string | null;
  friendly_name: string;
  status: AccountStatus;
  held: boolean;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: AccountRow): Account {
  return {
    sid: row.sid,
    parentSid: row.parent_sid ?? undefined,
    friendlyName: row.friendly_name,
    status: row.status,
    held: row.held,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** An account, and its primary auth token as it is sealed. */
export interface StoredAccount {
  readonly account: Account;
  readonly sealedToken: string;
}

const WITH_TOKEN = `select a.*, t.sealed from accounts a
  join account_tokens t on t.account_sid = a.sid and t.place = 'primary'`;

const stored = (row: AccountRow & { sealed: string }): StoredAccount => ({
  account: fromRow(row),
  sealedToken: row.sealed,
});

export async function insertAccount(tx: DatabaseSession, account: Account): Promise<void> {
  await tx.query(
    `insert into accounts (sid, parent_sid, friendly_name, status, held, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)`,
    [
      account.sid,
      account.parentSid ?? null,
      account.friendlyName,
      account.status,
      account.held,
      new Date(account.createdMs),
      new Date(account.updatedMs),
    ],
  );
}

/** The account with its row locked until the transaction ends. */
export async function lockAccount(tx: DatabaseSession, sid: string): Promise<Account | undefined> {
  const rows = await tx.query<AccountRow>("select * from accounts where sid = $1 for update", [sid]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

export async function updateAccountRow(tx: DatabaseSession, account: Account): Promise<void> {
  await tx.query(
    "update accounts set friendly_name = $2, status = $3, held = $4, updated_at = $5::timestamptz where sid = $1",
    [account.sid, account.friendlyName, account.status, account.held, new Date(account.updatedMs)],
  );
}

/** How many subaccounts are not closed. */
export async function countOpenSubaccounts(tx: DatabaseSession, parentSid: string): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    "select count(*) as count from accounts where parent_sid = $1 and status <> 'closed'",
    [parentSid],
  );
  return rows[0]?.count ?? 0;
}

/** How many accounts are not closed. */
export async function countAccounts(
  session: DatabaseSession,
): Promise<{ readonly mainAccounts: number; readonly subaccounts: number }> {
  const [row] = await session.query<{ main: number; sub: number }>(
    `select count(*) filter (where parent_sid is null) as main, count(parent_sid) as sub
       from accounts where status <> 'closed'`,
  );
  return { mainAccounts: row?.main ?? 0, subaccounts: row?.sub ?? 0 };
}

export async function findAccount(session: DatabaseSession, sid: string): Promise<StoredAccount | undefined> {
  const rows = await session.query<AccountRow & { sealed: string }>(`${WITH_TOKEN} where a.sid = $1`, [sid]);
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** The main account that was there first. */
export async function findFirstMainAccount(session: DatabaseSession): Promise<StoredAccount | undefined> {
  const rows = await session.query<AccountRow & { sealed: string }>(
    `${WITH_TOKEN} where a.parent_sid is null order by a.created_at, a.sid limit 1`,
  );
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** What a list of accounts is asked for. */
export interface AccountFilter {
  /** Itself and the subaccounts of it. */
  readonly ownSid: string;
  readonly friendlyName?: string | undefined;
  readonly status?: AccountStatus | undefined;
}

/** Where a page begins: beyond this account, in the direction asked for. */
export interface AccountPlace {
  readonly createdMs: number;
  readonly sid: string;
}

/** At most `limit` accounts, newest first. */
export async function listAccounts(
  session: DatabaseSession,
  filter: AccountFilter,
  page: { limit: number; place: AccountPlace | undefined; direction: "next" | "previous" },
): Promise<StoredAccount[]> {
  const values: unknown[] = [filter.ownSid];
  const conditions = ["(a.sid = $1 or a.parent_sid = $1)"];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  if (filter.friendlyName !== undefined) conditions.push(`a.friendly_name = ${bind(filter.friendlyName)}`);
  if (filter.status !== undefined) {
    conditions.push(
      `case when a.held and a.status = 'active' then 'suspended' else a.status end = ${bind(filter.status)}`,
    );
  }
  const forward = page.direction === "next";
  if (page.place !== undefined) {
    const createdAt = bind(new Date(page.place.createdMs));
    conditions.push(
      `(a.created_at, a.sid) ${forward ? "<" : ">"} (${createdAt}::timestamptz, ${bind(page.place.sid)})`,
    );
  }
  const order = forward ? "desc" : "asc";
  const rows = await session.query<AccountRow & { sealed: string }>(
    `${WITH_TOKEN} where ${conditions.join(" and ")}
     order by a.created_at ${order}, a.sid ${order} limit ${bind(page.limit)}`,
    values,
  );
  const found = rows.map(stored);
  return forward ? found : found.toReversed();
}

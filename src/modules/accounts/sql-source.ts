import type { AccountStatus } from "../../platform/http/index.ts";
import type { Row } from "../../platform/ports.ts";
import { effectiveStatus } from "./account.ts";
import type { AccountSource, KnownAccount, KnownKey } from "./account-source.ts";
import type { AccountsModuleDeps } from "./deps.ts";
import { findKey } from "./key.store.ts";

/** Accounts and keys as the database has them. */
export function sqlSource(deps: Pick<AccountsModuleDeps, "database" | "secrets">): AccountSource<KnownAccount> {
  return { readAccount: (sid) => readAccount(deps, sid), readKey: (sid) => readKey(deps, sid) };
}

interface KnownRow extends Row {
  sid: string;
  parent_sid: string | null;
  status: AccountStatus;
  held: boolean;
  parent_status: AccountStatus | null;
  parent_held: boolean | null;
  place: "primary" | "secondary";
  sealed: string;
  digest: string;
}

async function readAccount(
  deps: Pick<AccountsModuleDeps, "database" | "secrets">,
  sid: string,
): Promise<KnownAccount | undefined> {
  const rows = await deps.database.query<KnownRow>(
    `select a.sid, a.parent_sid, a.status, a.held, p.status as parent_status, p.held as parent_held,
            t.place, t.sealed, t.digest
       from accounts a
       left join accounts p on p.sid = a.parent_sid
       join account_tokens t on t.account_sid = a.sid
      where a.sid = $1 order by t.place`,
    [sid],
  );
  const [primary] = rows;
  if (primary === undefined) return undefined;
  const parent =
    primary.parent_status === null ? undefined : { status: primary.parent_status, held: primary.parent_held === true };
  let token: string | undefined;
  return {
    sid,
    parentSid: primary.parent_sid ?? undefined,
    status: effectiveStatus(primary, parent),
    digests: rows.map((row) => row.digest),
    authToken: () => (token ??= deps.secrets.open(primary.sealed, sid)),
  };
}

async function readKey(deps: Pick<AccountsModuleDeps, "database">, sid: string): Promise<KnownKey | undefined> {
  const key = await findKey(deps.database, sid);
  // No route makes restricted keys yet, and nothing enforces what they list: they open nothing.
  if (key === undefined || key.kind === "restricted") return undefined;
  const { accountSid, kind, digest } = key;
  return { sid, accountSid, kind, digest };
}

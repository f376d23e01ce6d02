import type { AccountStatus, KeyKind } from "../../platform/http/index.ts";
import type { Row } from "../../platform/ports.ts";
import { effectiveStatus } from "./account.ts";
import type { AccountsModuleDeps } from "./deps.ts";
import { findKey } from "./key.store.ts";
import { LookupGate } from "./lookup-gate.ts";
import { RecordCache } from "./record-cache.ts";

const MAX_ACCOUNTS = 50_000;
const MAX_KEYS = 50_000;

/** What is known of an account in order to authenticate, and to sign for it. */
export interface KnownAccount {
  readonly sid: string;
  readonly parentSid: string | undefined;
  /** With its parent's taken into account. */
  readonly status: AccountStatus;
  /** Digests of its auth tokens, primary first. */
  readonly digests: readonly string[];
  /** The primary auth token. Throws `SealError` when it was sealed with another master key. */
  authToken(): string;
}

/** What is known of an API key in order to authenticate. */
export interface KnownKey {
  readonly sid: string;
  readonly accountSid: string;
  readonly kind: KeyKind;
  readonly digest: string;
}

/** What was read of accounts and keys, shared by the authenticator and the directory. */
export class AccountRecords {
  readonly accounts: RecordCache<KnownAccount>;
  readonly keys: RecordCache<KnownKey>;

  constructor(deps: AccountsModuleDeps) {
    const { clock, logger } = deps;
    const shared = { clock, logger, gate: new LookupGate(clock) };
    this.accounts = new RecordCache({
      ...shared,
      name: "accounts",
      maxRecords: MAX_ACCOUNTS,
      read: (sid) => readAccount(deps, sid),
    });
    this.keys = new RecordCache({ ...shared, name: "keys", maxRecords: MAX_KEYS, read: (sid) => readKey(deps, sid) });
  }

  /** To be called after the commit of every change of an account or its tokens. */
  forgetAccount(sid: string): void {
    this.accounts.forget(sid);
  }

  /** The same for a change that its subaccounts feel. */
  forgetFamily(sid: string): void {
    this.accounts.forget(sid);
    this.accounts.forgetWhere((account) => account.parentSid === sid);
  }

  /** To be called after the commit of every change of a key. */
  forgetKey(sid: string): void {
    this.keys.forget(sid);
  }
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

async function readAccount(deps: AccountsModuleDeps, sid: string): Promise<KnownAccount | undefined> {
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

async function readKey(deps: AccountsModuleDeps, sid: string): Promise<KnownKey | undefined> {
  const key = await findKey(deps.database, sid);
  // No route makes restricted keys yet, and nothing enforces what they list: they open nothing.
  if (key === undefined || key.kind === "restricted") return undefined;
  const { accountSid, kind, digest } = key;
  return { sid, accountSid, kind, digest };
}

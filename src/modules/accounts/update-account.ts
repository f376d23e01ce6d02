import type { AccountStatus } from "../../platform/http/index.ts";
import { checkStatusChange, type Account, type AccountWithToken } from "./account.ts";
import { findAccount, lockAccount, updateAccountRow } from "./account.store.ts";
import type { AccountsDeps } from "./deps.ts";

/** A change of an account. What is absent stays. */
export interface AccountChange {
  readonly sid: string;
  /** The account whose credentials ask for it. */
  readonly bySid: string;
  readonly friendlyName: string | undefined;
  readonly status: AccountStatus | undefined;
}

/**
 * Names an account anew, suspends, reactivates or closes it. Its credentials
 * follow at once in this process, and within a minute in others. `undefined`
 * when there is no such account; throws as `checkStatusChange` says.
 */
export async function updateAccount(deps: AccountsDeps, change: AccountChange): Promise<Account | undefined> {
  const { sid, bySid, friendlyName, status } = change;
  const changed = await deps.database.transaction(async (tx) => {
    const account = await lockAccount(tx, sid);
    if (account === undefined) return undefined;
    if (status !== undefined) {
      const parent = account.parentSid === undefined ? undefined : (await findAccount(tx, account.parentSid))?.account;
      checkStatusChange(account, parent, { wanted: status, bySid });
    }
    const updated: Account = {
      ...account,
      friendlyName: friendlyName ?? account.friendlyName,
      status: status ?? account.status,
      updatedMs: deps.clock.nowMs(),
    };
    await updateAccountRow(tx, updated);
    return updated;
  });
  deps.records.forgetAccount(sid);
  if (changed !== undefined && status !== undefined) deps.logger.info("accounts.status", { accountSid: sid, status });
  return changed;
}

/**
 * Suspends an account for the operator, or lets it go again. Its subaccounts are
 * suspended with it, and no credentials can undo it. False when there is no such account.
 */
export async function holdAccount(
  deps: AccountsDeps,
  { sid, held }: { readonly sid: string; readonly held: boolean },
): Promise<boolean> {
  const found = await deps.database.transaction(async (tx) => {
    const account = await lockAccount(tx, sid);
    if (account !== undefined) await updateAccountRow(tx, { ...account, held, updatedMs: deps.clock.nowMs() });
    return account !== undefined;
  });
  deps.records.forgetFamily(sid);
  deps.logger.info("accounts.held", { accountSid: sid, held });
  return found;
}

/** An account with its token; `undefined` when there is none. */
export async function fetchAccount(deps: AccountsDeps, sid: string): Promise<AccountWithToken | undefined> {
  const found = await findAccount(deps.database, sid);
  if (found === undefined) return undefined;
  return { ...found.account, authToken: deps.secrets.open(found.sealedToken, sid) };
}

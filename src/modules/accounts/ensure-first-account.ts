import { isSid } from "../../kernel/ids.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { findAccount, findFirstMainAccount, type StoredAccount } from "./account.store.ts";
import { insertWithToken, newAccount } from "./create-account.ts";
import type { AccountsDeps } from "./deps.ts";
import { mintSecret, storedToken } from "./mint-token.ts";
import { putToken } from "./token.store.ts";

const FRIENDLY_NAME = "My first Trunkline account";

/** What the operator configured for the first account. */
export interface FirstAccountWish {
  readonly accountSid?: string | undefined;
  readonly authToken?: string | undefined;
}

/** The account to print at the start. */
export interface FirstAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

/**
 * Sees to it that there is a main account: the configured one, else the first
 * there is, else a new one. A configured token replaces the primary one. Throws
 * `SealError` when the stored token was sealed with another master key, and an
 * error in words for the operator when the configured SID cannot be used.
 */
export async function ensureFirstAccount(deps: AccountsDeps, wish: FirstAccountWish = {}): Promise<FirstAccount> {
  const { accountSid: wantedSid, authToken: wantedToken } = wish;
  if (wantedSid !== undefined && !isSid(wantedSid, "AC")) {
    throw new Error(`The first account's SID must be AC and 32 small hexadecimal digits, not ${wantedSid}.`);
  }
  const first = await deps.database.transaction(async (tx) => {
    // Of several programs that start on an empty database, one makes the account.
    await tx.query("lock table accounts in share row exclusive mode");
    const found = wantedSid === undefined ? await findFirstMainAccount(tx) : await findAccount(tx, wantedSid);
    if (found !== undefined) return adopt(deps, tx, { found, wantedToken });
    const account = newAccount(wantedSid ?? deps.mintSid("AC"), FRIENDLY_NAME, {
      parentSid: undefined,
      nowMs: deps.clock.nowMs(),
    });
    const { sid, authToken } = await insertWithToken(deps, tx, { account, authToken: wantedToken ?? mintSecret(deps) });
    deps.logger.info("accounts.first-created", { accountSid: sid });
    return { accountSid: sid, authToken };
  });
  deps.records.forgetAccount(first.accountSid);
  return first;
}

async function adopt(
  deps: AccountsDeps,
  tx: DatabaseSession,
  { found, wantedToken }: { readonly found: StoredAccount; readonly wantedToken: string | undefined },
): Promise<FirstAccount> {
  const { sid: accountSid, parentSid } = found.account;
  if (parentSid !== undefined) {
    throw new Error(
      `The account ${accountSid} is a subaccount of ${parentSid}; it cannot be configured as the first one.`,
    );
  }
  // Opened even when it is about to be replaced: with the wrong master key nothing else would work either.
  const authToken = deps.secrets.open(found.sealedToken, accountSid);
  if (wantedToken === undefined || wantedToken === authToken) return { accountSid, authToken };
  await putToken(tx, { accountSid, place: "primary" }, storedToken(deps, accountSid, wantedToken));
  deps.logger.info("accounts.first-token-changed", { accountSid });
  return { accountSid, authToken: wantedToken };
}

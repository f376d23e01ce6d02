import { lockAccount } from "./account.store.ts";
import type { AccountsDeps } from "./deps.ts";
import { mintSecret, storedToken } from "./mint-token.ts";
import { putToken, takeToken } from "./token.store.ts";

/** An auth token that is told to its owner. */
export interface ShownToken {
  readonly accountSid: string;
  readonly token: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Gives the account a new secondary token, in place of the one it may have had. Both tokens authenticate from now on. */
export async function createSecondaryToken(deps: AccountsDeps, accountSid: string): Promise<ShownToken> {
  const token = mintSecret(deps);
  const stored = storedToken(deps, accountSid, token);
  await deps.database.transaction(async (tx) => {
    await lockAccount(tx, accountSid);
    await putToken(tx, { accountSid, place: "secondary" }, stored);
  });
  deps.records.forgetAccount(accountSid);
  deps.logger.info("accounts.token.secondary-created", { accountSid });
  return { accountSid, token, createdMs: stored.createdMs, updatedMs: stored.updatedMs };
}

/** Takes the secondary token away. False when there was none. */
export async function deleteSecondaryToken(deps: AccountsDeps, accountSid: string): Promise<boolean> {
  const taken = await deps.database.transaction(async (tx) => {
    await lockAccount(tx, accountSid);
    return takeToken(tx, { accountSid, place: "secondary" });
  });
  deps.records.forgetAccount(accountSid);
  if (taken !== undefined) deps.logger.info("accounts.token.secondary-deleted", { accountSid });
  return taken !== undefined;
}

/** Makes the secondary token the primary one, which ends the old one and signs webhooks from now on. `undefined` when there is none. */
export async function promoteToken(deps: AccountsDeps, accountSid: string): Promise<ShownToken | undefined> {
  const promoted = await deps.database.transaction(async (tx) => {
    await lockAccount(tx, accountSid);
    const taken = await takeToken(tx, { accountSid, place: "secondary" });
    if (taken === undefined) return undefined;
    const primary = { ...taken, updatedMs: deps.clock.nowMs() };
    await putToken(tx, { accountSid, place: "primary" }, primary);
    return primary;
  });
  deps.records.forgetAccount(accountSid);
  if (promoted === undefined) return undefined;
  deps.logger.info("accounts.token.promoted", { accountSid });
  const { sealed, createdMs, updatedMs } = promoted;
  return { accountSid, token: deps.secrets.open(sealed, accountSid), createdMs, updatedMs };
}

import { AppError } from "../../kernel/errors.ts";
import { lockAccount } from "./account.store.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { ApiKey, NewApiKey } from "./key.ts";
import { countKeys, deleteKeyRow, insertKey, renameKeyRow } from "./key.store.ts";
import { mintSecret } from "./mint-token.ts";

/** The most keys that one account can have. */
export const MAX_KEYS_PER_ACCOUNT = 1_000;

/** A key to create. A main key may do what the auth token may; no route makes one. */
export interface KeyToCreate {
  readonly accountSid: string;
  readonly friendlyName: string;
  readonly kind: "main" | "standard";
}

/** Creates an API key. Its secret is told here and never again. Throws 20001 when the account has too many, 20404 when there is no account. */
export async function createKey(deps: AccountsDeps, input: KeyToCreate): Promise<NewApiKey> {
  const { accountSid, friendlyName, kind } = input;
  const sid = deps.mintSid("SK");
  const secret = mintSecret(deps);
  const nowMs = deps.clock.nowMs();
  const digest = deps.secrets.digest(secret, sid);
  const key: ApiKey = { sid, accountSid, friendlyName, kind, digest, createdMs: nowMs, updatedMs: nowMs };
  await deps.database.transaction(async (tx) => {
    // The lock makes the count hold until the insertion.
    const account = await lockAccount(tx, accountSid);
    if (account === undefined) throw new AppError(accountErrors.unknownAccount, { sid: accountSid });
    if ((await countKeys(tx, accountSid)) >= MAX_KEYS_PER_ACCOUNT) {
      throw new AppError(accountErrors.tooManyKeys, { max: MAX_KEYS_PER_ACCOUNT });
    }
    await insertKey(tx, key);
  });
  deps.records.forgetKey(sid);
  deps.logger.info("accounts.key.created", { accountSid, keySid: sid, kind });
  return { ...key, secret };
}

/** Which key of which account. */
export interface KeyTarget {
  readonly accountSid: string;
  readonly sid: string;
}

/** Names a key anew; without a name it stays as it is. `undefined` when the account has no such key. */
export async function renameKey(
  deps: AccountsDeps,
  target: KeyTarget & { readonly friendlyName: string | undefined },
): Promise<ApiKey | undefined> {
  return renameKeyRow(deps.database, { ...target, nowMs: deps.clock.nowMs() });
}

/** Deletes a key; its secret opens nothing more, at once in this process and within a minute in others. False when the account has no such key. */
export async function deleteKey(deps: AccountsDeps, target: KeyTarget): Promise<boolean> {
  const deleted = await deleteKeyRow(deps.database, target);
  deps.records.forgetKey(target.sid);
  if (deleted) deps.logger.info("accounts.key.deleted", { accountSid: target.accountSid, keySid: target.sid });
  return deleted;
}

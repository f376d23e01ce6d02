import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { MAX_FRIENDLY_NAME_CHARACTERS } from "./account.ts";
import { findAccount, type StoredAccount } from "./account.store.ts";
import { insertWithToken, newAccount } from "./create-account.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { mintSecret } from "./mint-token.ts";

/** How long whoever repeats the request, because the answer was lost, is told the token again. */
const RETOLD_MS = 600_000;
const FRIENDLY_NAME = "Trunkline account";

/** A main account that control places in this cell. */
export interface NewMainAccount {
  readonly sid: string;
  readonly friendlyName: string | undefined;
}

/** What became of it. */
export interface PlacedAccount {
  readonly sid: string;
  /** False where it was there. */
  readonly created: boolean;
  /** Only for whoever made it, within ten minutes. Kept nowhere but here, sealed. */
  readonly authToken: string | undefined;
}

/**
 * Makes a main account with a SID that was chosen elsewhere, once, however often it is
 * asked for. Throws 20001 for what is no SID, 20002 for a bad name, 20409 where the SID is
 * that of a subaccount.
 */
export async function createMainAccount(deps: AccountsDeps, wish: NewMainAccount): Promise<PlacedAccount> {
  const { sid, friendlyName = FRIENDLY_NAME } = wish;
  if (!isSid(sid, "AC")) throw new AppError(accountErrors.sidInvalid);
  if (friendlyName === "" || friendlyName.length > MAX_FRIENDLY_NAME_CHARACTERS) {
    throw new AppError(accountErrors.friendlyNameInvalid);
  }
  const placed = await deps.database.transaction(async (tx): Promise<PlacedAccount> => {
    // Of two requests that come at once, one makes the account and the other finds it.
    await tx.query("select pg_advisory_xact_lock(hashtext($1))", [sid]);
    const found = await findAccount(tx, sid);
    if (found !== undefined) return placedBefore(deps, found);
    const account = newAccount(sid, friendlyName, { parentSid: undefined, nowMs: deps.clock.nowMs() });
    const { authToken } = await insertWithToken(deps, tx, { account, authToken: mintSecret(deps) });
    return { sid, created: true, authToken };
  });
  deps.records.forgetAccount(sid);
  if (placed.created) deps.logger.info("accounts.created", { accountSid: sid });
  return placed;
}

function placedBefore(deps: AccountsDeps, { account, sealedToken }: StoredAccount): PlacedAccount {
  const { sid, parentSid, createdMs } = account;
  if (parentSid !== undefined) throw new AppError(accountErrors.sidTaken, { sid });
  const isNew = deps.clock.nowMs() - createdMs < RETOLD_MS;
  return { sid, created: false, authToken: isNew ? deps.secrets.open(sealedToken, sid) : undefined };
}

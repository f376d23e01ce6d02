import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { defaultFriendlyName, type Account, type AccountWithToken } from "./account.ts";
import { countOpenSubaccounts, insertAccount, lockAccount } from "./account.store.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { mintSecret, storedToken } from "./mint-token.ts";
import { putToken } from "./token.store.ts";

/** A subaccount to create. */
export interface NewSubaccount {
  readonly parentSid: string;
  /** Checked; empty or absent gives it a name with the date. */
  readonly friendlyName: string | undefined;
}

/** Creates a subaccount with an auth token of its own. Throws 20006 for a parent that is a subaccount itself, 21480 when it has too many. */
export async function createSubaccount(deps: AccountsDeps, input: NewSubaccount): Promise<AccountWithToken> {
  const { parentSid } = input;
  const nowMs = deps.clock.nowMs();
  const name = input.friendlyName === undefined || input.friendlyName === "" ? undefined : input.friendlyName;
  const created = await deps.database.transaction(async (tx) => {
    // The lock makes the count hold until the insertion.
    const parent = await lockAccount(tx, parentSid);
    if (parent === undefined || parent.parentSid !== undefined) throw new AppError(accountErrors.nestedSubaccount);
    const max = deps.maxSubaccounts;
    if ((await countOpenSubaccounts(tx, parentSid)) >= max) {
      throw new AppError(accountErrors.tooManySubaccounts, { max });
    }
    return insertWithToken(deps, tx, {
      account: newAccount(deps.mintSid("AC"), name ?? defaultFriendlyName(nowMs), { parentSid, nowMs }),
      authToken: mintSecret(deps),
    });
  });
  deps.records.forgetAccount(created.sid);
  deps.logger.info("accounts.created", { accountSid: created.sid, parentSid });
  return created;
}

/** An account that nothing has happened to yet. */
export function newAccount(
  sid: string,
  friendlyName: string,
  { parentSid, nowMs }: { readonly parentSid: string | undefined; readonly nowMs: number },
): Account {
  return {
    sid,
    parentSid,
    friendlyName,
    status: "active",
    held: false,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
}

/** Writes a new account and its primary token. */
export async function insertWithToken(
  deps: AccountsDeps,
  tx: DatabaseSession,
  { account, authToken }: { readonly account: Account; readonly authToken: string },
): Promise<AccountWithToken> {
  await insertAccount(tx, account);
  await putToken(tx, { accountSid: account.sid, place: "primary" }, storedToken(deps, account.sid, authToken));
  return { ...account, authToken };
}

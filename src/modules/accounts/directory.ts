import { isSid } from "../../kernel/ids.ts";
import type { AccountStatus } from "../../platform/http/index.ts";
import type { AccountRecords } from "./account-records.ts";
import type { AccountRecord } from "./account-source.ts";

/**
 * What other modules may ask about accounts. Answered from memory nearly always,
 * and from memory alone while the database cannot be reached; an account that
 * was never asked for then rejects with 503.
 */
export interface AccountDirectory {
  /** The primary auth token, which signs the account's webhooks; `undefined` if there is no such account. */
  authToken(accountSid: string): Promise<string | undefined>;
  /** What holds for the account's requests: a subaccount of a suspended account is suspended. */
  status(accountSid: string): Promise<AccountStatus | undefined>;
  /** The account that pays: the main account of a subaccount, else itself; `undefined` if there is no such account. */
  mainOf(accountSid: string): Promise<string | undefined>;
  /** The same, from memory and at once; `undefined` also where the account was not asked for lately. */
  knownMainOf(accountSid: string): string | undefined;
  /** Whether `accountSid` may act on `otherSid`: itself, or a subaccount of its own. */
  canAccess(accountSid: string, otherSid: string): Promise<boolean>;
}

/** The directory over what this process knows. */
export function accountDirectory(records: AccountRecords): AccountDirectory {
  const find = finder(records);
  return {
    authToken: async (sid) => (await find(sid))?.authToken(),
    status: async (sid) => (await find(sid))?.status,
    mainOf: async (sid) => {
      const account = await find(sid);
      return account === undefined ? undefined : (account.parentSid ?? sid);
    },
    knownMainOf: (sid) => {
      const account = records.accounts.peek(sid);
      return account === undefined ? undefined : (account.parentSid ?? sid);
    },
    canAccess: familyOf(records).canAccess,
  };
}

/** The part of the directory that needs no secret. */
export function familyOf(records: AccountRecords<AccountRecord>): Pick<AccountDirectory, "canAccess"> {
  const find = finder(records);
  return { canAccess: async (sid, other) => sid === other || (await find(other))?.parentSid === sid };
}

function finder<A extends AccountRecord>({ accounts }: AccountRecords<A>) {
  return (sid: string) => accounts.peek(sid) ?? (isSid(sid, "AC") ? accounts.find(sid) : undefined);
}

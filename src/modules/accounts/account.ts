import { AppError } from "../../kernel/errors.ts";
import type { AccountStatus } from "../../platform/http/index.ts";
import { accountErrors } from "./errors.ts";

/** The longest name of an account or key. */
export const MAX_FRIENDLY_NAME_CHARACTERS = 64;

/** An account as it is stored, without its secrets. */
export interface Account {
  readonly sid: string;
  /** The main account that owns this subaccount; `undefined` for a main account. */
  readonly parentSid: string | undefined;
  readonly friendlyName: string;
  /** What the owner set. */
  readonly status: AccountStatus;
  /** The operator suspended it, whatever its owner says. */
  readonly held: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** An account with its primary auth token, as its owner may see it. */
export interface AccountWithToken extends Account {
  readonly authToken: string;
}

type Standing = Pick<Account, "status" | "held">;

/** What the API shows as the account's status. */
export function shownStatus({ status, held }: Standing): AccountStatus {
  return held && status === "active" ? "suspended" : status;
}

/** What holds for the account's requests: a subaccount is never better off than the account that owns it. */
export function effectiveStatus(own: Standing, parent: Standing | undefined): AccountStatus {
  const status = shownStatus(own);
  if (status !== "active" || parent === undefined) return status;
  return shownStatus(parent) === "active" ? "active" : "suspended";
}

/**
 * Checks that `bySid` may give `account` the status `wanted`. Throws 20006, 21476,
 * 21477, 21478 or 21479.
 */
export function checkStatusChange(
  account: Account,
  parent: Standing | undefined,
  change: { readonly wanted: AccountStatus; readonly bySid: string },
): void {
  const { sid } = account;
  if (parent === undefined) throw new AppError(accountErrors.statusOfMain, { sid });
  if (change.bySid === sid) throw new AppError(accountErrors.statusBySubaccount, { sid });
  if (account.status === "closed" && change.wanted !== "closed") throw new AppError(accountErrors.reopened, { sid });
  if (account.held) throw new AppError(accountErrors.heldByOperator, { sid });
  if (shownStatus(parent) !== "active") throw new AppError(accountErrors.parentSuspended, { sid });
}

/** The name of a subaccount that was given none: `SubAccount Created at 2024-01-31 01:05 pm`, in UTC. */
export function defaultFriendlyName(nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  const hour = Number(iso.slice(11, 13));
  const hourOf12 = String(hour % 12 === 0 ? 12 : hour % 12).padStart(2, "0");
  return `SubAccount Created at ${iso.slice(0, 10)} ${hourOf12}:${iso.slice(14, 16)} ${hour < 12 ? "am" : "pm"}`;
}

import type { Cell, CellRecord } from "../../platform/cell/index.ts";
import type { LedgerDeps } from "./deps.ts";
import type { LeaseKeeper } from "./escrow/index.ts";
import type { AccountJoined } from "./records.ts";
import type { LedgerState } from "./state.ts";

/** What makes accounts known. */
export interface JoinDeps {
  readonly cell: () => Pick<Cell, "commitAll">;
  readonly state: LedgerState;
  readonly keeper: LeaseKeeper;
  readonly familyOf: LedgerDeps["familyOf"];
  readonly defaultCurrency: string;
}

/**
 * Makes it known to the log whose wallet an account spends, once for each account of a cell.
 * An account that nobody knows is left unknown: its requests are refused elsewhere.
 */
export async function joinAccount(deps: JoinDeps, accountSid: string): Promise<void> {
  const { state, keeper, cell } = deps;
  const family = await deps.familyOf(accountSid);
  if (family === undefined) return;
  const { mainSid: owner, isHome } = family;
  const currency = state.members.get(owner)?.currency ?? deps.defaultCurrency;
  const isLease = isHome ? {} : ({ isLease: true } as const);
  const joined = (sid: string): AccountJoined => ({
    kind: "ledger.joined",
    accountSid: sid,
    owner,
    currency,
    ...isLease,
  });
  const records: CellRecord[] = [];
  const main = state.members.get(owner);
  if (owner !== accountSid && (main === undefined || main.assumed === true)) records.push(joined(owner));
  records.push(joined(accountSid));
  if (!isHome) await keeper.open(owner, currency);
  await cell().commitAll(records);
}

import { AppError } from "../../kernel/errors.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";

/** The main account whose wallet an account spends, made known to the book. Throws 404 where it is not at home here. */
export async function requireHome(deps: LedgerDeps, accountSid: string): Promise<string> {
  const family = await deps.familyOf(accountSid);
  if (family === undefined || !family.isHome) throw new AppError(ledgerErrors.unknownAccount, { accountSid });
  await deps.spending.prepare(family.mainSid);
  await deps.spending.prepare(accountSid);
  return family.mainSid;
}

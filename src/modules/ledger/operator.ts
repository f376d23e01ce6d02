import type { AppError } from "../../kernel/errors.ts";
import type { LedgerDeps } from "./deps.ts";

/** Where the operator's part of the ledger is. */
export const BASE_PATH = "/trunkline/v1/Ledger";

/** What the operator's routes have in common. */
export const common = { product: "api", tag: "Ledger", access: "main" } as const;

/** Throws the 404 of the call unless the operator calls: for everybody else there is nothing there. */
export function operatorOnly(
  { isOperator }: Pick<LedgerDeps, "isOperator">,
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

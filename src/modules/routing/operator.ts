import type { AppError } from "../../kernel/errors.ts";
import type { RoutingDeps } from "./deps.ts";

/** Throws the 404 of the call unless the operator calls: for everybody else there is no routing. */
export function operatorOnly(
  { isOperator }: Pick<RoutingDeps, "isOperator">,
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

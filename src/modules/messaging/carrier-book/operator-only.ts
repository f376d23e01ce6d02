import type { AppError } from "../../../kernel/errors.ts";

/** Throws the 404 of the call unless the operator calls: for everybody else there are no carriers. */
export function operatorOnly(
  { isOperator }: { readonly isOperator: (accountSid: string) => boolean },
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

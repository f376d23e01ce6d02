import type { AppError } from "../../kernel/errors.ts";
import type { ConsoleDeps } from "./deps.ts";

/**
 * Throws 404 where the account is not at home in this cell: the operator may ask any cell in his own name, and
 * people of his who were made there would be seen and removed by nobody.
 */
export async function checkAtHome(
  { accounts }: Pick<ConsoleDeps, "accounts">,
  call: { readonly accountSid: string; readonly notFound: () => AppError },
): Promise<void> {
  if ((await accounts.status(call.accountSid)) === undefined) throw call.notFound();
}

import type { Principal } from "./principal.ts";

/**
 * Whether a call may act for all accounts: it is about the operator's account, and came with its
 * auth token, a main key, or from one of its users in the console. A standard or restricted key is
 * for the account's own traffic, and what it is written into must not open everybody's data.
 */
export function actsAsOperator(
  call: { readonly accountSid: string | undefined; readonly principal: Principal | undefined },
  isOperator: (accountSid: string) => boolean,
): boolean {
  const { accountSid, principal } = call;
  if (accountSid === undefined || principal === undefined || !isOperator(accountSid)) return false;
  return principal.credential !== "key" || principal.keyKind === "main";
}

import { microsToDecimal } from "../../kernel/money.ts";
import { defineRoute, type Route } from "../../platform/http/index.ts";
import { worthMicros } from "./book/index.ts";
import type { LedgerDeps } from "./deps.ts";

/** `Balance` of a main account. Subaccounts have none: they spend the wallet of the main account. */
export function balanceRoutes(deps: LedgerDeps): Route[] {
  return [
    defineRoute({
      product: "api",
      tag: "Balance",
      access: "account",
      method: "GET",
      path: "/2010-04-01/Accounts/{AccountSid}/Balance",
      operationId: "FetchBalance",
      summary: "Fetch the balance of a main account; subaccounts have none of their own",
      success: 200,
      run: async (call) => {
        const { accountSid } = call;
        const family = await deps.familyOf(accountSid);
        if (family === undefined || family.mainSid !== accountSid) throw call.notFound();
        const member = deps.state.members.get(accountSid);
        const wallet = member === undefined ? undefined : deps.state.wallets.get(member.wallet);
        const currency = wallet?.currency ?? deps.spending.currencyOf(accountSid);
        return { accountSid, currency, micros: wallet === undefined ? 0 : worthMicros(wallet) };
      },
      view: ({ accountSid, currency, micros }) => ({
        account_sid: accountSid,
        balance: microsToDecimal(micros),
        currency,
      }),
    }),
  ];
}

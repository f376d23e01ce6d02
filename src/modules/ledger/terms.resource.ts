import { iso8601 } from "../../kernel/time.ts";
import { microsToDecimal } from "../../kernel/money.ts";
import { defineRoute, enumeration, url, type JsonObject, type Route } from "../../platform/http/index.ts";
import { amount, amountList, amountOrNone } from "./amount-text.ts";
import { availableMicros, leftMicros, type Member, type Wallet, walletKey, worthMicros } from "./book/index.ts";
import { changeCap, changeTerms } from "./change-terms.ts";
import { currency } from "./currency.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";
import { BASE_PATH, common, operatorOnly } from "./operator.ts";
import { requireHome } from "./require-home.ts";

const WALLET = `${BASE_PATH}/Accounts/{Sid}/Wallet`;
const CAP = `${BASE_PATH}/Accounts/{Sid}/Cap`;

/** `Wallet` and `Cap` of an account: what it may spend. For the operator. */
export function termsRoutes(deps: LedgerDeps): Route[] {
  return [fetchRoute(deps), updateRoute(deps), capRoute(deps)];
}

function fetchRoute(deps: LedgerDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: WALLET,
    operationId: "FetchWallet",
    summary: "Fetch the wallet of a main account with its terms and grants; for the operator",
    parameters: { Currency: currency({ summary: "The one in which the account pays by default." }) },
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const owner = await requireHome(deps, call.path.Sid);
      const wallet = deps.state.wallets.get(walletKey(owner, call.params.Currency ?? deps.spending.currencyOf(owner)));
      if (wallet === undefined || owner !== call.path.Sid) throw call.notFound();
      return wallet;
    },
    view: (wallet, { baseUrl }) => viewWallet(deps, wallet, baseUrl),
  });
}

function updateRoute(deps: LedgerDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: WALLET,
    operationId: "UpdateWallet",
    summary: "Set the terms of a main account: prepaid or postpaid, floor, currency, warnings; for the operator",
    parameters: {
      Mode: enumeration({ values: ["prepaid", "postpaid"], summary: "prepaid at first." }),
      Currency: currency({ summary: "In which the account and its subaccounts pay from now on." }),
      Floor: amountOrNone({
        summary: "What the wallet may not go under; below 0 for a credit line; none for no floor.",
      }),
      AlertThresholds: amountList({ summary: "Amounts left at which the account is told, separated by commas." }),
      AlertUrl: url({ summary: "Told too, by POST; empty for nowhere." }),
    },
    success: 200,
    errors: [ledgerErrors.unknownAccount, ledgerErrors.notMain, ledgerErrors.floorInvalid],
    run: (call) => {
      operatorOnly(deps, call);
      const {
        Mode: mode,
        Currency: named,
        Floor: floor,
        AlertThresholds: alertsMicros,
        AlertUrl: alertUrl,
      } = call.params;
      return changeTerms(deps, { accountSid: call.path.Sid, currency: named, mode, floor, alertsMicros, alertUrl });
    },
    view: (wallet, { baseUrl }) => viewWallet(deps, wallet, baseUrl),
  });
}

function capRoute(deps: LedgerDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: CAP,
    operationId: "UpdateCap",
    summary: "Cap what a subaccount may spend of its main account's wallet; for the operator",
    parameters: {
      Amount: amount({ summary: "Empty to lift the cap." }),
      Period: enumeration({
        values: ["month", "total"],
        default: "month",
        summary: "A calendar month in UTC, or for ever.",
      }),
    },
    success: 200,
    errors: [ledgerErrors.unknownAccount, ledgerErrors.notSub],
    run: async (call) => {
      operatorOnly(deps, call);
      const { Sid: accountSid } = call.path;
      await changeCap(deps, { accountSid, capMicros: call.params.Amount ?? null, period: call.params.Period });
      const member = deps.state.members.get(accountSid);
      if (member === undefined) throw call.notFound();
      return { accountSid, member };
    },
    view: ({ accountSid, member }) => viewCap(accountSid, member),
  });
}

function viewCap(accountSid: string, member: Readonly<Member>): JsonObject {
  return {
    account_sid: accountSid,
    owner_account_sid: member.owner,
    currency: member.currency,
    cap: member.capMicros === null ? null : microsToDecimal(member.capMicros),
    period: member.capPeriod,
    spent: microsToDecimal(member.capSpentMicros),
    held: microsToDecimal(member.capHeldMicros),
  };
}

function viewWallet({ clock }: LedgerDeps, wallet: Readonly<Wallet>, baseUrl: string): JsonObject {
  const available = availableMicros(wallet, clock.nowMs());
  return {
    account_sid: wallet.owner,
    currency: wallet.currency,
    mode: wallet.mode,
    floor: wallet.floorMicros === null ? null : microsToDecimal(wallet.floorMicros),
    balance: microsToDecimal(worthMicros(wallet)),
    cash: microsToDecimal(wallet.balanceMicros),
    held: microsToDecimal(wallet.heldMicros),
    owed: microsToDecimal(wallet.owedMicros),
    left: microsToDecimal(leftMicros(wallet)),
    available: Number.isFinite(available) ? microsToDecimal(available) : null,
    alert_thresholds: wallet.alertsMicros.map(microsToDecimal),
    alert_url: wallet.alertUrl === "" ? null : wallet.alertUrl,
    grants: wallet.grants.map(({ id, priority, endsMs, grantedMicros, leftMicros: left }) => ({
      id,
      priority,
      ends_at: endsMs === 0 ? null : iso8601(endsMs),
      amount: microsToDecimal(grantedMicros),
      left: microsToDecimal(left),
    })),
    url: `${baseUrl}${BASE_PATH}/Accounts/${wallet.owner}/Wallet?Currency=${wallet.currency}`,
  };
}

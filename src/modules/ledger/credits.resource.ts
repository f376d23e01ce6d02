import {
  dateTime,
  defineRoute,
  integer,
  sid,
  text,
  type Once,
  type Parameters,
  type Route,
} from "../../platform/http/index.ts";
import { amount } from "./amount-text.ts";
import { referenceKey } from "./apply-credit.ts";
import { currency } from "./currency.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";
import { findReference, giveCredit, type CreditInput } from "./give-credit.ts";
import { findLine } from "./line.store.ts";
import type { Line } from "./line.ts";
import { viewLine } from "./line.view.ts";
import { BASE_PATH, common, operatorOnly } from "./operator.ts";
import type { CreditKind } from "./records.ts";

const MAX_ID_CHARACTERS = 64;
const MAX_REASON_CHARACTERS = 512;
const MAX_PRIORITY = 1_000;

const account = sid({ required: true, prefix: "AC", summary: "Whose: a main account, or a subaccount of it." });
const id = text({
  maxCharacters: MAX_ID_CHARACTERS,
  summary: "Of your choice: whatever is sent again under it is answered with the same line, for ever.",
});
const reason = text({ maxCharacters: MAX_REASON_CHARACTERS, default: "", summary: "Shown with the line." });
const money = amount({ required: true, summary: "Decimal, at most 6 places." });
const of = { Currency: currency({ summary: "The account's own by default." }), Id: id, Reason: reason };

/** One kind of credit, and what it is asked with beside what all have. */
interface Kind {
  readonly credit: CreditKind;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: Parameters;
  readonly more: (params: Readonly<Record<string, unknown>>) => Partial<CreditInput>;
}

const KINDS: readonly Kind[] = [
  {
    credit: "top-up",
    path: "Credits",
    operationId: "CreateCredit",
    summary: "Add money that was paid in; for the operator",
    parameters: { AccountSid: account, Amount: money, ...of },
    more: () => ({}),
  },
  {
    credit: "grant",
    path: "Grants",
    operationId: "CreateGrant",
    summary: "Give credit that is spent before the balance, and ends; for the operator",
    parameters: {
      AccountSid: account,
      Amount: money,
      ...of,
      Priority: integer({ min: 0, max: MAX_PRIORITY, default: 100, summary: "Lower ones are spent first." }),
      EndsAt: dateTime({ summary: "When what is left of it is gone; never by default." }),
    },
    more: (params) => ({ priority: params["Priority"] as number, endsMs: params["EndsAt"] as number | undefined }),
  },
  {
    credit: "adjustment",
    path: "Adjustments",
    operationId: "CreateAdjustment",
    summary: "Set a balance right, up or down to its floor; for the operator",
    parameters: {
      AccountSid: account,
      Amount: amount({ required: true, signed: true, summary: "Below 0 takes money away." }),
      ...of,
    },
    more: () => ({}),
  },
  {
    credit: "refund",
    path: "Refunds",
    operationId: "CreateRefund",
    summary: "Give back what was charged; for the operator",
    parameters: {
      AccountSid: account,
      Amount: money,
      ...of,
      ResourceSid: text({
        maxCharacters: MAX_ID_CHARACTERS,
        summary: "What it had been charged for, a message for example.",
      }),
    },
    more: (params) => ({ resourceSid: (params["ResourceSid"] as string | undefined) || undefined }),
  },
];

/** `Credits`, `Grants`, `Adjustments` and `Refunds`: money that the operator gives or takes. */
export function creditRoutes(deps: LedgerDeps): Route[] {
  return KINDS.map((kind) => creditRoute(deps, kind));
}

function creditRoute(deps: LedgerDeps, { credit, path, operationId, summary, parameters, more }: Kind): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${BASE_PATH}/${path}`,
    operationId,
    summary,
    parameters,
    creates: true,
    success: 201,
    errors: [
      ledgerErrors.unknownAccount,
      ledgerErrors.amountRefused,
      ledgerErrors.idReused,
      ledgerErrors.idInUse,
      ledgerErrors.lineGone,
    ],
    run: async (call) => {
      operatorOnly(deps, call);
      const given = inputOf(call.params, call.once);
      const { line, isNew } = await giveCredit(deps, { credit, ...given, ...more(call.params) });
      if (!isNew) call.status = 200;
      return line;
    },
    again: (_call, made) => lineOfClaim(deps, made),
    view: (line) => viewLine(line, { showsCarrier: true }),
  });
}

function inputOf(params: Readonly<Record<string, unknown>>, once: Once | undefined): Omit<CreditInput, "credit"> {
  const accountSid = params["AccountSid"] as string;
  return {
    accountSid,
    amountMicros: params["Amount"] as number,
    currency: params["Currency"] as string | undefined,
    id: (params["Id"] as string | undefined) || undefined,
    reason: params["Reason"] as string,
    claim: once === undefined ? undefined : (made) => once.claim(made),
  };
}

/** The line that an earlier request with the same `Idempotency-Key` made: the claim names its account and id. */
async function lineOfClaim(deps: LedgerDeps, made: string): Promise<Line | undefined> {
  const [owner = "", reference = ""] = made.split(" ", 2);
  const known = await findReference(deps, referenceKey(owner, reference));
  return known === undefined ? undefined : findLine(deps, known.lineId);
}

import { AppError } from "../../kernel/errors.ts";
import {
  BAD_PAGE_TOKEN,
  cutPage,
  dateTime,
  defineListRoute,
  defineRoute,
  enumeration,
  Refusal,
  scalar,
  sid,
  text,
  type JsonObject,
  type Parameter,
  type Route,
} from "../../platform/http/index.ts";
import { decimalOf } from "./amount-text.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";
import { DIMENSIONS, isLineId, listLines, sumLines, type Dimension, type LineFilter, type Sum } from "./line.store.ts";
import type { LineKind } from "./line.ts";
import { viewLine } from "./line.view.ts";
import { BASE_PATH, common } from "./operator.ts";

const MAX_WORD_CHARACTERS = 64;
const KINDS = ["charge", "cost", "credit"] as const;
const word = (summary: string): Parameter<string | undefined> => text({ maxCharacters: MAX_WORD_CHARACTERS, summary });

const filters = {
  AccountSid: sid({ prefix: "AC", summary: "Of this account, with its subaccounts where it is a main account." }),
  StartDate: dateTime({ summary: "From this moment on, in UTC." }),
  EndDate: dateTime({ summary: "Before this moment, in UTC." }),
  Kind: enumeration({ values: KINDS, summary: "Costs are the operator's." }),
  Category: word("As usage records call it."),
  Carrier: word("By name; for the operator."),
  Country: word("ISO 3166-1 alpha-2."),
  Network: word("MCC and MNC."),
  ResourceSid: word("The message, call or look-up."),
};

/** `Lines`, and their sums in `Breakdown`: what was paid, and for what. Accounts see their own charges, the operator all. */
export function lineRoutes(deps: LedgerDeps): Route[] {
  return [listRoute(deps), breakdownRoute(deps)];
}

function listRoute(deps: LedgerDeps): Route {
  return defineListRoute({
    ...common,
    path: `${BASE_PATH}/Lines`,
    operationId: "ListLine",
    summary: "List what was charged and credited, newest first; the operator sees costs and all accounts of the cell",
    collection: "lines",
    errors: [ledgerErrors.carriersAreOperators],
    parameters: filters,
    page: async ({ call, ...asked }) => {
      const { cursor } = asked;
      if (cursor !== undefined && !isLineId(cursor)) throw new AppError(BAD_PAGE_TOKEN);
      const filter = filterOf(deps, call.accountSid, call.params);
      const lines = await listLines(deps, filter, {
        limit: asked.limit + 1,
        cursor: asked.cursor,
        direction: asked.direction,
      });
      return cutPage(lines, asked, (line) => line.id);
    },
    view: (line, { accountSid }) => viewLine(line, { showsCarrier: seesCarriers(deps, accountSid) }),
  });
}

function seesCarriers({ isOperator }: LedgerDeps, accountSid: string | undefined): boolean {
  return accountSid !== undefined && isOperator(accountSid);
}

/** What the parameters ask for, cut to what the caller may see. */
function filterOf(
  { isOperator, state }: LedgerDeps,
  callerSid: string,
  params: { readonly [Name in keyof typeof filters]?: unknown },
): LineFilter {
  const { AccountSid, StartDate, EndDate, Kind, Category, Carrier, Country, Network, ResourceSid } = params;
  const asText = (value: unknown): string | undefined => (value === "" ? undefined : (value as string | undefined));
  if (asText(Carrier) !== undefined && !isOperator(callerSid)) throw new AppError(ledgerErrors.carriersAreOperators);
  const seen = isOperator(callerSid) ? KINDS : (["charge", "credit"] as const);
  const scope = scopeOf({ isOperator, state }, callerSid, asText(AccountSid));
  return {
    accountSids: scope.accountSids,
    wallet: scope.wallet,
    kinds: Kind === undefined ? seen : seen.filter((kind) => kind === (Kind as LineKind)),
    fromMs: StartDate as number | undefined,
    untilMs: EndDate as number | undefined,
    category: asText(Category),
    carrier: asText(Carrier),
    country: asText(Country),
    network: asText(Network),
    resourceSid: asText(ResourceSid),
  };
}

/** Whose lines a caller sees. Whoever is not the operator stays within the own wallet, whatever account is named. */
function scopeOf(
  { isOperator, state }: Pick<LedgerDeps, "isOperator" | "state">,
  callerSid: string,
  named: string | undefined,
): Pick<LineFilter, "accountSids" | "wallet"> {
  const isMain = (sid: string): boolean => state.members.get(sid)?.owner === sid;
  if (isOperator(callerSid)) {
    if (named === undefined) return { accountSids: undefined, wallet: undefined };
    return isMain(named) ? { accountSids: undefined, wallet: named } : { accountSids: [named], wallet: undefined };
  }
  if (isMain(callerSid)) {
    const isAll = named === undefined || named === callerSid;
    return { accountSids: isAll ? undefined : [named], wallet: callerSid };
  }
  return { accountSids: named === undefined || named === callerSid ? [callerSid] : [], wallet: undefined };
}

function breakdownRoute(deps: LedgerDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE_PATH}/Breakdown`,
    operationId: "FetchBreakdown",
    summary: "Add up what was charged, credited and cost, by carrier, country, category and more",
    parameters: { ...filters, By: dimensions() },
    success: 200,
    errors: [ledgerErrors.carriersAreOperators],
    run: async (call) => {
      const { By, ...rest } = call.params;
      if (By.includes("carrier") && !seesCarriers(deps, call.accountSid)) {
        throw new AppError(ledgerErrors.carriersAreOperators);
      }
      return { by: By, sums: await sumLines(deps.database, filterOf(deps, call.accountSid, rest), By) };
    },
    view: ({ by, sums }) => ({ by: [...by], breakdown: sums.map(viewSum) }),
  });
}

/** The most dimensions at once. */
const MAX_DIMENSIONS = 3;

function dimensions(): Parameter<readonly Dimension[]> {
  const usual: readonly Dimension[] = ["category"];
  const parameter = scalar<readonly Dimension[]>(
    { summary: `Up to three of ${DIMENSIONS.join(", ")}, separated by commas.` },
    {
      kind: "list",
      schema: { type: "string" },
      fallback: usual,
      convert(value) {
        const parts = [...new Set(value.split(",", MAX_DIMENSIONS + 1).map((part) => part.trim().toLowerCase()))];
        const known = parts.filter((part): part is Dimension => (DIMENSIONS as readonly string[]).includes(part));
        return known.length === parts.length && known.length <= MAX_DIMENSIONS
          ? known
          : new Refusal(`it is not up to three of ${DIMENSIONS.join(", ")}`);
      },
    },
  );
  return parameter as Parameter<readonly Dimension[]>;
}

function viewSum(sum: Sum): JsonObject {
  const { values, kind, currency, lines, count, usage, amountMicros } = sum;
  return { ...values, kind, currency, lines, count, usage, amount: decimalOf(amountMicros) };
}

import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { iso8601 } from "../../kernel/time.ts";
import {
  BAD_PAGE_TOKEN,
  cutPage,
  dateTime,
  decimal,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  sid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { activateTable, assignPrices } from "./activate-table.ts";
import { findAssignment, listActivations, listAssignments } from "./activation.store.ts";
import { MAX_NOTE_CHARACTERS } from "./create-table.ts";
import type { PricingDeps } from "./deps.ts";
import { pricingErrors } from "./errors.ts";
import { BASE_PATH, operatorOnly, pageById } from "./operator.ts";
import type { Activation, Assignment } from "./price-table.ts";
import type { Quote } from "./quote.ts";
import { SENDERS, STANDARD_LIST } from "./table/index.ts";

const common = { product: "api", tag: "Prices", access: "main" } as const;
const ACTIVATIONS = `${BASE_PATH}/Activations` as const;
const ASSIGNMENTS = `${BASE_PATH}/Assignments` as const;
const MAX_LIST_CHARACTERS = 64;
const Reason = text({ required: true, maxCharacters: MAX_NOTE_CHARACTERS, summary: "Why, for the audit." });

/** `Prices/Activations`, `Prices/Assignments` and `Prices/Quotes`: which prices hold, for whom, and what they come to. */
export function activationRoutes(deps: PricingDeps): Route[] {
  return [
    listRoute(deps),
    activateRoute(deps),
    listAssignmentsRoute(deps),
    assignRoute(deps),
    fetchAssignmentRoute(deps),
    unassignRoute(deps),
    quoteRoute(deps),
  ];
}

function viewActivation({ id, list, currency, version, fromMs, actor, reason, createdMs }: Activation): JsonObject {
  return {
    id,
    list,
    currency,
    version,
    from: iso8601(fromMs),
    actor,
    reason,
    date_created: iso8601(createdMs),
  };
}

function listRoute(deps: PricingDeps): Route {
  return defineListRoute({
    ...common,
    path: ACTIVATIONS,
    operationId: "ListPriceActivation",
    summary: "List which price table was made to hold from when on, by whom and why; for the operator",
    collection: "activations",
    parameters: { List: text({ maxCharacters: MAX_LIST_CHARACTERS, summary: "Only of this list." }) },
    page: ({ call, ...asked }) => {
      operatorOnly(deps, call);
      const list = call.params.List === "" ? undefined : call.params.List;
      return pageById(
        asked,
        (slice) => listActivations(deps.database, list, slice),
        ({ id }) => id,
      );
    },
    view: viewActivation,
  });
}

function activateRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ACTIVATIONS,
    operationId: "CreatePriceActivation",
    summary: "Make a version hold for its list and currency, now or from a moment on; for the operator",
    parameters: {
      Version: integer({ required: true, min: 0, max: Number.MAX_SAFE_INTEGER, summary: "0 is the built-in table." }),
      From: dateTime({ summary: "From when on; now where absent. At the same moment the later activation counts." }),
      Reason,
    },
    success: 201,
    creates: true,
    errors: [
      pricingErrors.tableUnknown,
      pricingErrors.tableIsDraft,
      pricingErrors.pastActivation,
      pricingErrors.tooManyPending,
    ],
    run: (call) => {
      operatorOnly(deps, call);
      const { Version: version, From: fromMs, Reason: reason } = call.params;
      return activateTable(deps, { version, fromMs, reason, actor: call.accountSid });
    },
    view: viewActivation,
  });
}

function viewAssignment(assignment: Assignment, call: { readonly baseUrl: string }): JsonObject {
  const { accountSid, list, discountBasisPoints, actor, reason, updatedMs } = assignment;
  return {
    account_sid: accountSid,
    list,
    discount_percent: discountBasisPoints / 100,
    actor,
    reason,
    date_updated: iso8601(updatedMs),
    url: `${call.baseUrl}${ASSIGNMENTS}/${accountSid}`,
  };
}

function listAssignmentsRoute(deps: PricingDeps): Route {
  return defineListRoute({
    ...common,
    path: ASSIGNMENTS,
    operationId: "ListPriceAssignment",
    summary: "List the accounts that were given prices of their own; for the operator",
    collection: "assignments",
    page: async ({ call, limit, cursor, direction }) => {
      operatorOnly(deps, call);
      if (cursor !== undefined && !isSid(cursor, "AC")) throw new AppError(BAD_PAGE_TOKEN);
      const found = await listAssignments(deps.database, { limit: limit + 1, cursor, direction });
      return cutPage(found, { limit, cursor, direction }, ({ accountSid }) => accountSid);
    },
    view: viewAssignment,
  });
}

function assignRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ASSIGNMENTS,
    operationId: "CreatePriceAssignment",
    summary: "Give an account a list of its own, a discount, or both, in place of what it had; for the operator",
    parameters: {
      Account: sid({ prefix: "AC", required: true, summary: "A main account or a subaccount." }),
      List: text({
        maxCharacters: MAX_LIST_CHARACTERS,
        default: STANDARD_LIST,
        summary: "The list; standard if absent.",
      }),
      DiscountPercent: decimal({ min: 0, max: 100, default: 0, summary: "Off the standard list, to a hundredth." }),
      Reason,
    },
    success: 201,
    creates: true,
    errors: [pricingErrors.accountInvalid, pricingErrors.listUnknown],
    run: (call) => {
      operatorOnly(deps, call);
      const { Account: accountSid, List: list, DiscountPercent: percent, Reason: reason } = call.params;
      const discountBasisPoints = Math.round(percent * 100);
      return assignPrices(deps, { accountSid, list, discountBasisPoints, actor: call.accountSid, reason });
    },
    view: viewAssignment,
  });
}

function fetchAssignmentRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${ASSIGNMENTS}/{Account}`,
    operationId: "FetchPriceAssignment",
    summary: "Fetch what an account was given; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const found = isSid(call.path.Account, "AC") ? await findAssignment(deps.database, call.path.Account) : undefined;
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: viewAssignment,
  });
}

function unassignRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: `${ASSIGNMENTS}/{Account}`,
    operationId: "DeletePriceAssignment",
    summary:
      "Take an account's own prices away: it pays as its main account does, or by the standard list; for the operator",
    success: 204,
    run: async (call) => {
      operatorOnly(deps, call);
      const { Account: account } = call.path;
      const gone = await deps.database.query("delete from price_assignments where account_sid = $1 returning 1", [
        account,
      ]);
      if (gone.length === 0) throw call.notFound();
      deps.logger.info("pricing.unassigned", { accountSid: account, actor: call.accountSid });
      await deps.prices.reload();
    },
  });
}

function quoteRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE_PATH}/Quotes`,
    operationId: "FetchPriceQuote",
    summary: "What a message would cost an account now; for the operator",
    success: 200,
    parameters: {
      Account: sid({ prefix: "AC", summary: "Whose prices; the caller's own if absent." }),
      To: text({ required: true, maxCharacters: 20, summary: "E.164, or a short code for texts in." }),
      From: text({ maxCharacters: 20, default: "" }),
      SenderKind: enumeration({ values: SENDERS, default: "local" }),
      Channel: enumeration({ values: ["sms", "mms"], default: "sms" }),
      Direction: enumeration({ values: ["outbound", "inbound"], default: "outbound" }),
      Network: text({ maxCharacters: 64, summary: "MCC and MNC of the handset's network." }),
      Currency: text({ maxCharacters: 3, summary: "The account's own if absent." }),
    },
    errors: [pricingErrors.numberInvalid],
    run: (call) => {
      operatorOnly(deps, call);
      const { params } = call;
      const accountSid = params.Account === undefined || params.Account === "" ? call.accountSid : params.Account;
      if (!/^\+?\d{3,15}$/.test(params.To)) throw new AppError(pricingErrors.numberInvalid, { value: params.To });
      const quote = deps.prices.quote({
        accountSid,
        currency: (params.Currency ?? "") === "" ? deps.currencyOf(accountSid) : (params.Currency ?? ""),
        direction: params.Direction,
        channel: params.Channel,
        from: params.From,
        to: params.To,
        senderKind: params.SenderKind,
        ...((params.Network ?? "") === "" ? {} : { network: params.Network }),
      });
      if (quote === undefined) throw call.notFound();
      return quote;
    },
    view: viewQuote,
  });
}

function viewQuote(quote: Quote): JsonObject {
  return {
    currency: quote.currency,
    version: quote.version,
    unit_micros: quote.unitMicros,
    carrier_fees: { ...quote.carrierFees },
    attempt_micros: quote.attemptMicros,
    failed_micros: quote.failedMicros,
    category: quote.category,
    country: quote.country ?? null,
    network: quote.network ?? null,
  };
}

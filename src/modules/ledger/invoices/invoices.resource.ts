import { AppError } from "../../../kernel/errors.ts";
import { microsToDecimal } from "../../../kernel/money.ts";
import {
  BAD_PAGE_TOKEN,
  cutPage,
  defineContentRoute,
  defineListRoute,
  sid,
  text,
  type HttpResponse,
  type JsonObject,
  type Route,
} from "../../../platform/http/index.ts";
import type { Clock, Database } from "../../../platform/ports.ts";
import { describeCategory } from "../usage/index.ts";
import { csvOfInvoice } from "./invoice-csv.ts";
import { readItems, readPeriods } from "./invoice.store.ts";
import {
  closingMicros,
  invoiceNumber,
  isOver,
  isPeriod,
  withoutCarriers,
  type Invoice,
  type InvoicePeriod,
} from "./invoice.ts";

/** What invoices are made with. */
export interface InvoiceOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  /** In which currency an account pays. */
  readonly currencyOf: (accountSid: string) => string;
  /** Whether an account may see the invoices of others. */
  readonly isOperator: (accountSid: string) => boolean;
}

const LIST = "/trunkline/v1/Invoices";
const common = { product: "api", tag: "Invoices", access: "main" } as const;
const CURRENCY_CHARACTERS = 3;

const parameters = {
  Account: sid({ prefix: "AC", summary: "Another main account; for the operator." }),
  Currency: text({ maxCharacters: CURRENCY_CHARACTERS, summary: "Where the account was charged in several." }),
};

/** `Invoices`: what a main account was charged and given, month by month. */
export function invoiceRoutes(options: InvoiceOptions): Route[] {
  return [listRoute(options), fetchRoute(options)];
}

interface InvoiceCall {
  readonly accountSid: string;
  readonly params: { readonly Account: string | undefined; readonly Currency: string | undefined };
  notFound(): AppError;
}

function walletOf({ isOperator }: InvoiceOptions, call: InvoiceCall): string {
  const { Account } = call.params;
  if (Account === undefined || Account === "" || Account === call.accountSid) return call.accountSid;
  if (!isOperator(call.accountSid)) throw call.notFound();
  return Account;
}

const cursorOf = ({ period, currency }: InvoicePeriod): string => `${period} ${currency}`;

function listRoute(options: InvoiceOptions): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListInvoice",
    summary: "List the months in which the account was charged or given anything, newest first",
    collection: "invoices",
    parameters,
    page: async ({ call, ...asked }) => {
      const wallet = walletOf(options, call);
      const { Currency: currency = "" } = call.params;
      const all = await readPeriods(options.database, wallet);
      const wanted = all.filter((each) => currency === "" || each.currency === currency);
      const at = wanted.findIndex((each) => cursorOf(each) === asked.cursor);
      if (asked.cursor !== undefined && at < 0) throw new AppError(BAD_PAGE_TOKEN);
      const { limit } = asked;
      const slice =
        asked.direction === "next"
          ? wanted.slice(at + 1, at + 2 + limit)
          : wanted.slice(Math.max(0, at - limit - 1), Math.max(0, at));
      return cutPage(slice, asked, cursorOf);
    },
    view: (period, call) => viewPeriod(period, { nowMs: options.clock.nowMs(), baseUrl: call.baseUrl }),
  });
}

function viewPeriod(period: InvoicePeriod, { nowMs, baseUrl }: { nowMs: number; baseUrl: string }): JsonObject {
  const url = `${baseUrl}${LIST}/${period.period}`;
  return {
    period: period.period,
    currency: period.currency,
    status: isOver(period.period, nowMs) ? "closed" : "open",
    opening_balance: microsToDecimal(period.openingMicros),
    charges: microsToDecimal(period.chargesMicros),
    grants_used: microsToDecimal(period.grantsUsedMicros),
    credits: microsToDecimal(period.creditsMicros),
    closing_balance: microsToDecimal(closingMicros(period)),
    ledger_lines: period.lines,
    url: `${url}?Currency=${period.currency}`,
    csv_url: `${url}.csv?Currency=${period.currency}`,
  };
}

function fetchRoute(options: InvoiceOptions): Route {
  return defineContentRoute({
    ...common,
    method: "GET",
    path: `${LIST}/{Period}`,
    operationId: "FetchInvoice",
    summary: "Fetch the invoice of a month such as 2026-01, as JSON, or with .csv after it as CSV",
    parameters,
    run: async (call): Promise<HttpResponse> => {
      const wallet = walletOf(options, call);
      const [period = "", extension] = call.path.Period.split(/\.(?=csv$|json$)/);
      const given = call.params.Currency ?? "";
      const currency = given === "" ? options.currencyOf(wallet) : given;
      const whole = isPeriod(period) ? await readInvoice(options, { wallet, period, currency }) : undefined;
      if (whole === undefined) throw call.notFound();
      const invoice = options.isOperator(call.accountSid) ? whole : { ...whole, items: withoutCarriers(whole.items) };
      const nowMs = options.clock.nowMs();
      if (extension !== "csv") return jsonAnswer(viewInvoice(invoice, { nowMs, baseUrl: call.baseUrl }));
      const disposition = `attachment; filename="invoice-${invoiceNumber(invoice)}.csv"`;
      return {
        status: 200,
        headers: ["Content-Type", "text/csv; charset=utf-8", "Content-Disposition", disposition],
        body: csvOfInvoice(invoice),
      };
    },
  });
}

function jsonAnswer(body: JsonObject): HttpResponse {
  return { status: 200, headers: ["Content-Type", "application/json"], body: JSON.stringify(body) };
}

/** An invoice; `undefined` where the account has no line in that month and currency. */
export async function readInvoice(
  { database, clock }: Pick<InvoiceOptions, "database" | "clock">,
  wanted: { readonly wallet: string; readonly period: string; readonly currency: string },
): Promise<Invoice | undefined> {
  // In one transaction, so that the balances are of the same lines as the items.
  return database.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read");
    const periods = await readPeriods(tx, wanted.wallet);
    const found = periods.find(({ period, currency }) => period === wanted.period && currency === wanted.currency);
    if (found === undefined) return undefined;
    const status = isOver(found.period, clock.nowMs()) ? "closed" : "open";
    return { ...found, accountSid: wanted.wallet, status, items: await readItems(tx, wanted) };
  });
}

function viewInvoice(invoice: Invoice, context: { nowMs: number; baseUrl: string }): JsonObject {
  return {
    number: invoiceNumber(invoice),
    account_sid: invoice.accountSid,
    ...viewPeriod(invoice, context),
    items: invoice.items.map((item) => ({
      section: item.kind,
      account_sid: item.accountSid,
      category: item.category,
      description: describeCategory(item.category),
      country: item.country === "" ? null : item.country,
      network: item.network === "" ? null : item.network,
      carrier: item.carrier === "" ? null : item.carrier,
      count: item.count,
      usage: item.usage,
      usage_unit: item.usageUnit,
      amount: microsToDecimal(item.amountMicros),
      paid_by_grants: microsToDecimal(item.grantsMicros),
      ledger_lines: item.lines,
    })),
  };
}

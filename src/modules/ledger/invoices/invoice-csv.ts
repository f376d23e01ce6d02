import { microsToDecimal } from "../../../kernel/money.ts";
import { describeCategory } from "../usage/index.ts";
import { closingMicros, invoiceNumber, type Invoice, type InvoiceLine } from "./invoice.ts";

const COLUMNS = [
  "invoice",
  "section",
  "account_sid",
  "category",
  "description",
  "country",
  "network",
  "carrier",
  "count",
  "usage",
  "usage_unit",
  "amount",
  "paid_by_grants",
  "currency",
] as const;

type Values = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/**
 * An invoice as CSV (RFC 4180): the opening balance, every item, the totals of charges,
 * grants used and credits, and the closing balance, each with its word in `section`. Texts
 * that a spreadsheet would take for a formula begin with an apostrophe.
 */
export function csvOfInvoice(invoice: Invoice): string {
  const number = invoiceNumber(invoice);
  const line = (values: Values): string => csvLine({ invoice: number, ...values, currency: invoice.currency });
  const total = (section: string, micros: number): string => line({ section, amount: microsToDecimal(micros) });
  return [
    `${COLUMNS.join(",")}\r\n`,
    total("opening balance", invoice.openingMicros),
    ...invoice.items.map((item) => line(valuesOf(item))),
    total("total charges", invoice.chargesMicros),
    total("total grants used", invoice.grantsUsedMicros),
    total("total credits", invoice.creditsMicros),
    total("closing balance", closingMicros(invoice)),
  ].join("");
}

function valuesOf(item: InvoiceLine): Values {
  const { kind, accountSid, category, country, network, carrier, count, usage, usageUnit } = item;
  return {
    section: kind,
    account_sid: accountSid,
    category,
    description: describeCategory(category),
    country,
    network,
    carrier,
    ...(kind === "charge" ? { count, usage, usage_unit: usageUnit } : {}),
    amount: microsToDecimal(item.amountMicros),
    ...(kind === "charge" ? { paid_by_grants: microsToDecimal(item.grantsMicros) } : {}),
  };
}

function csvLine(values: Values): string {
  return `${COLUMNS.map((column) => csvField(values[column] ?? "")).join(",")}\r\n`;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/** One field: safe in a spreadsheet, quoted where it must be. Negative numbers are numbers and stay as they are. */
export function csvField(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r\n]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

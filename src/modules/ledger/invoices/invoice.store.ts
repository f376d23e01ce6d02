import { assert } from "../../../kernel/assert.ts";
import type { DatabaseSession } from "../../../platform/ports.ts";
import type { InvoiceLine, InvoicePeriod } from "./invoice.ts";

interface PeriodRow extends Record<string, unknown> {
  period: string;
  currency: string;
  opening: string;
  charges: string;
  grants: string;
  credits: string;
  lines: number;
}

/** The months in which a main account had lines, newest first, each with its opening balance. From the sums by month. */
export async function readPeriods(database: DatabaseSession, wallet: string): Promise<InvoicePeriod[]> {
  const rows = await database.query<PeriodRow>(
    `select to_char(month, 'YYYY-MM') as period, currency, charges::text, grants::text, credits::text, lines,
       (sum(credits - charges) over (partition by currency order by month) - (credits - charges))::text as opening
     from (select month, currency,
         coalesce(sum(amount_micros) filter (where kind = 'charge'), 0) as charges,
         coalesce(sum(grants_micros) filter (where kind = 'charge'), 0) as grants,
         coalesce(sum(amount_micros) filter (where kind = 'credit'), 0) as credits,
         sum(lines)::bigint as lines
       from ledger_usage_months where wallet = $1 group by month, currency) as months
     order by period desc, currency`,
    [wallet],
  );
  return rows.map((row) => ({
    period: row.period,
    currency: row.currency,
    openingMicros: exactly(row.opening),
    chargesMicros: exactly(row.charges),
    grantsUsedMicros: exactly(row.grants),
    creditsMicros: exactly(row.credits),
    lines: Number(row.lines),
  }));
}

/** What an invoice lists, in an order that depends on nothing but the lines themselves. */
export async function readItems(
  database: DatabaseSession,
  { wallet, period, currency }: { readonly wallet: string; readonly period: string; readonly currency: string },
): Promise<InvoiceLine[]> {
  const rows = await database.query<{
    kind: InvoiceLine["kind"];
    account_sid: string;
    category: string;
    country: string;
    network: string;
    carrier: string;
    usage_unit: string;
    count: number;
    usage: string;
    amount: string;
    grants: string;
    lines: number;
  }>(
    `select kind, account_sid, category, country, network, carrier, usage_unit, count, usage::text,
       amount_micros::text as amount, grants_micros::text as grants, lines
     from ledger_usage_months where wallet = $1 and month = to_date($2, 'YYYY-MM') and currency = $3
     order by kind collate "C", account_sid collate "C", category collate "C", country collate "C",
       network collate "C", carrier collate "C", usage_unit collate "C"`,
    [wallet, period, currency],
  );
  return rows.map((row) => ({
    kind: row.kind,
    accountSid: row.account_sid,
    category: row.category,
    country: row.country,
    network: row.network,
    carrier: row.carrier,
    count: Number(row.count),
    usage: Number(row.usage),
    usageUnit: row.usage_unit,
    amountMicros: exactly(row.amount),
    grantsMicros: exactly(row.grants),
    lines: Number(row.lines),
  }));
}

function exactly(text: string): number {
  const micros = Number(text);
  assert(Number.isSafeInteger(micros), `${text} micros are an exact number`);
  return micros;
}

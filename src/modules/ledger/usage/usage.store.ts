import type { DatabaseSession } from "../../../platform/ports.ts";
import { dayOf, formatDay, type Interval } from "./usage-day.ts";

/** Whose usage, and of which days; both ends are included. */
export interface UsageRange {
  readonly accountSid: string;
  /** With what the subaccounts of a main account used. */
  readonly withSubaccounts: boolean;
  readonly fromDay: number;
  readonly toDay: number;
}

/** What was used of one category in one interval. */
export interface UsageSum {
  /** The first day of the interval; of the range for `whole`. */
  readonly startDay: number;
  readonly category: string;
  readonly currency: string;
  readonly count: number;
  readonly usage: number;
  readonly amountMicros: number;
}

const STARTS: Readonly<Record<Interval, string>> = {
  whole: "$2::date",
  day: "day",
  month: "date_trunc('month', day)::date",
  year: "date_trunc('year', day)::date",
};

/** What was used by category and interval: from the sums by day, never from the lines. */
export async function sumUsage(
  database: DatabaseSession,
  { accountSid, withSubaccounts, fromDay, toDay }: UsageRange,
  interval: Interval,
): Promise<UsageSum[]> {
  const start = STARTS[interval];
  const rows = await database.query<{
    start: string;
    category: string;
    currency: string;
    count: number;
    usage: number;
    amount: number;
  }>(
    `select (${start})::text as start, category, currency, sum(count)::bigint as count, sum(usage) as usage,
       sum(amount_micros)::bigint as amount
     from ledger_usage_days
     where ${withSubaccounts ? "(wallet = $1 or account_sid = $1)" : "account_sid = $1"} and day between $2::date and $3::date
     group by 1, 2, 3`,
    [accountSid, formatDay(fromDay), formatDay(toDay)],
  );
  return rows.map((row) => ({
    startDay: dayOf(Date.parse(`${row.start}T00:00:00Z`)),
    category: row.category,
    currency: row.currency,
    count: Number(row.count),
    usage: Number(row.usage),
    amountMicros: Number(row.amount),
  }));
}

/** The first day on which an account or one of its subaccounts used anything. */
export async function firstUsageDay(database: DatabaseSession, accountSid: string): Promise<number | undefined> {
  const [row] = await database.query<{ day: string | null }>(
    "select min(day)::text as day from ledger_usage_days where wallet = $1 or account_sid = $1",
    [accountSid],
  );
  return row?.day === null || row === undefined ? undefined : dayOf(Date.parse(`${row.day}T00:00:00Z`));
}

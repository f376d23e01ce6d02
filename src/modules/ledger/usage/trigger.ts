import { microsToDecimal } from "../../../kernel/money.ts";
import { isPartOf, TOTAL_PRICE } from "./categories.ts";
import { formatDay, startOfInterval } from "./usage-day.ts";
import type { UsageSum } from "./usage.store.ts";

export const RECURRENCES = ["daily", "monthly", "yearly", "alltime"] as const;
export type Recurrence = (typeof RECURRENCES)[number];
export const TRIGGER_FIELDS = ["count", "usage", "price"] as const;
export type TriggerField = (typeof TRIGGER_FIELDS)[number];

/** A threshold of usage that the account is told of once in each period. */
export interface UsageTrigger {
  /** `UT…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly usageCategory: string;
  readonly triggerBy: TriggerField;
  /** Decimal text. */
  readonly triggerValue: string;
  /** `null`: fires once, as `alltime` does. */
  readonly recurring: Recurrence | null;
  readonly createdMs: number;
  friendlyName: string;
  callbackUrl: string;
  callbackMethod: "GET" | "POST";
  updatedMs: number;
  /** When it fired last. */
  firedMs: number | null;
  /** The period in which it fired last: within it, it does not fire again. */
  firedPeriod: string | null;
}

/** More would be a program in a loop; each is held in memory. */
export const MAX_TRIGGERS_PER_ACCOUNT = 1_000;

/** A period of a trigger: its name, which no other period has, and its first day. */
export interface TriggerPeriod {
  readonly name: string;
  readonly fromDay: number;
}

const INTERVALS = { daily: "day", monthly: "month", yearly: "year" } as const;

/** The period of a trigger that a day is in. */
export function periodOf(recurring: Recurrence | null, day: number): TriggerPeriod {
  if (recurring === null || recurring === "alltime") return { name: "ever", fromDay: 0 };
  const fromDay = startOfInterval(day, INTERVALS[recurring]);
  return { name: `${recurring} ${formatDay(fromDay)}`, fromDay };
}

/** What a trigger watches: an exact number of millionths of a message, segment or currency unit. */
export type Millionths = number;

const MILLION = 1_000_000;

/** The value that a trigger watches, of the sums of its period. */
export function valueOf(
  { usageCategory, triggerBy }: Pick<UsageTrigger, "usageCategory" | "triggerBy">,
  sums: readonly UsageSum[],
  currency: string,
): Millionths {
  let value = 0;
  // The usage of the total price is money.
  const by = usageCategory === TOTAL_PRICE && triggerBy === "usage" ? "price" : triggerBy;
  for (const sum of sums) {
    if (!isPartOf(sum.category, usageCategory)) continue;
    if (by === "count") value += sum.count * MILLION;
    else if (by === "usage") value += Math.round(sum.usage * MILLION);
    else if (sum.currency === currency) value += sum.amountMicros;
  }
  return value;
}

const DECIMAL = /^(\d{1,9})(?:\.(\d{1,6}))?$/;

/** Millionths of decimal text; `undefined` for anything else. */
export function parseMillionths(text: string): Millionths | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * MILLION + Number((match[2] ?? "").padEnd(6, "0"));
}

/** Decimal text without needless zeros: `30`, `0.5`. */
export function formatMillionths(value: Millionths): string {
  return microsToDecimal(value).replace(/\.?0+$/, "");
}

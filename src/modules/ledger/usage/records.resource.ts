import { AppError } from "../../../kernel/errors.ts";
import { sidTimeMs } from "../../../kernel/ids.ts";
import { microsToDecimal } from "../../../kernel/money.ts";
import { iso8601 } from "../../../kernel/time.ts";
import {
  BAD_PAGE_TOKEN,
  boolean,
  defineListRoute,
  text,
  type JsonObject,
  type Page,
  type PageRequest,
  type Route,
  type Slice,
} from "../../../platform/http/index.ts";
import { CATEGORIES, describeCategory, isPartOf, TOTAL_PRICE, unitsOf } from "./categories.ts";
import type { UsageDeps } from "./deps.ts";
import { usageErrors } from "./errors.ts";
import { dayOf, formatDay, parseDay, startOfInterval, type Interval } from "./usage-day.ts";
import { firstUsageDay, sumUsage, type UsageSum } from "./usage.store.ts";

const BASE = "/2010-04-01/Accounts/{AccountSid}/Usage/Records";
const API_VERSION = "2010-04-01";
const MAX_TEXT_CHARACTERS = 100;

/** A list of usage records: its name in the path, in `subresource_uris`, how it cuts, and which days it is of. */
interface RecordList {
  readonly name: string;
  readonly key?: string;
  readonly interval: Interval;
  readonly days?: (today: number) => { readonly from: number; readonly to: number };
}

const month = (day: number): number => startOfInterval(day, "month");

const LISTS: readonly RecordList[] = [
  { name: "", interval: "whole" },
  { name: "AllTime", key: "all_time", interval: "whole" },
  { name: "Daily", key: "daily", interval: "day" },
  {
    name: "LastMonth",
    key: "last_month",
    interval: "whole",
    days: (today) => ({ from: month(month(today) - 1), to: month(today) - 1 }),
  },
  { name: "Monthly", key: "monthly", interval: "month" },
  { name: "ThisMonth", key: "this_month", interval: "whole", days: (today) => ({ from: month(today), to: today }) },
  { name: "Today", key: "today", interval: "whole", days: (today) => ({ from: today, to: today }) },
  { name: "Yearly", key: "yearly", interval: "year" },
  { name: "Yesterday", key: "yesterday", interval: "whole", days: (today) => ({ from: today - 1, to: today - 1 }) },
];

const parameters = {
  Category: text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: "Only this usage category." }),
  StartDate: text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: "The first day, or an offset such as -30days." }),
  EndDate: text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: "The last day, or an offset." }),
  IncludeSubaccounts: boolean({ default: true, summary: "With what the subaccounts of a main account used." }),
};

/** `Usage/Records` and what is below it. */
export function usageRecordRoutes(deps: UsageDeps): Route[] {
  return LISTS.map((list) => listRoute(deps, list));
}

/** One record: a category within an interval. */
interface UsageRecord {
  readonly category: string;
  readonly fromDay: number;
  readonly toDay: number;
  readonly count: number;
  readonly usage: number;
  readonly amountMicros: number;
  readonly currency: string;
  readonly asOfMs: number;
  readonly listName: string;
}

function listRoute(deps: UsageDeps, list: RecordList): Route {
  return defineListRoute({
    product: "api",
    tag: "Usage Records",
    access: "account",
    path: (list.name === "" ? BASE : `${BASE}/${list.name}`) as typeof BASE,
    operationId: `ListUsageRecord${list.name}`,
    summary: `List what was used and what it cost, by category: ${list.name === "" ? "a range of days" : list.name}`,
    collection: "usage_records",
    element: "UsageRecord",
    parameters,
    errors: [usageErrors.categoryUnknown, usageErrors.dateInvalid],
    page: (request) => pageOfRecords(deps, list, request),
    view: (record, call) => viewRecord(record, call.accountSid),
  });
}

async function pageOfRecords(
  deps: UsageDeps,
  list: RecordList,
  { call, ...asked }: PageRequest<typeof BASE, typeof parameters, "account">,
): Promise<Page<UsageRecord>> {
  const { accountSid, params } = call;
  const nowMs = deps.clock.nowMs();
  const days = await daysOf(deps, list, { accountSid, start: params.StartDate, end: params.EndDate, nowMs });
  const categories = categoriesOf(params.Category);
  const intervals = days === undefined ? [] : cutDays(days, list.interval);
  const place = placeOf(asked, intervals.length * categories.length);
  const wanted = intervals.slice(
    Math.floor(place.first / categories.length),
    Math.ceil(place.end / categories.length) || 0,
  );
  const [newest, oldest] = [wanted[0], wanted.at(-1)];
  const sums =
    newest === undefined || oldest === undefined
      ? []
      : await sumUsage(
          deps.database,
          { accountSid, withSubaccounts: params.IncludeSubaccounts, fromDay: oldest.from, toDay: newest.to },
          list.interval,
        );
  const add = summer(sums, { currency: deps.currencyOf(accountSid), asOfMs: nowMs, listName: list.name });
  const records: UsageRecord[] = [];
  for (let index = place.first; index < place.end; index += 1) {
    const interval = intervals[Math.floor(index / categories.length)];
    const category = categories[index % categories.length];
    if (interval !== undefined && category !== undefined) records.push(add(category, interval, list.interval));
  }
  return {
    records,
    nextCursor: place.end < place.total ? String(place.end) : undefined,
    previousCursor: place.first > 0 ? String(place.first) : undefined,
  };
}

function categoriesOf(asked: string | undefined): readonly string[] {
  if (asked === undefined || asked === "") return CATEGORIES;
  if (!CATEGORIES.includes(asked))
    throw new AppError(usageErrors.categoryUnknown, { parameter: "Category", value: asked });
  return [asked];
}

interface Days {
  readonly from: number;
  readonly to: number;
}

async function daysOf(
  { database }: UsageDeps,
  { days }: RecordList,
  asked: {
    readonly accountSid: string;
    readonly start: string | undefined;
    readonly end: string | undefined;
    readonly nowMs: number;
  },
): Promise<Days | undefined> {
  const today = dayOf(asked.nowMs);
  const start = dayFrom(asked.start, "StartDate", today);
  const end = dayFrom(asked.end, "EndDate", today);
  const own = days?.(today);
  let from = Math.max(start ?? -Infinity, own?.from ?? -Infinity);
  const to = Math.min(end ?? Infinity, own?.to ?? Infinity, Math.max(today, end ?? today));
  if (from === -Infinity) {
    const createdMs = sidTimeMs(asked.accountSid);
    const used = await firstUsageDay(database, asked.accountSid);
    from = Math.min(createdMs === undefined ? today : dayOf(createdMs), used ?? today, to);
  }
  return from > to ? undefined : { from, to };
}

function dayFrom(given: string | undefined, parameter: string, today: number): number | undefined {
  if (given === undefined || given === "") return undefined;
  const day = parseDay(given, today);
  if (day === undefined) throw new AppError(usageErrors.dateInvalid, { parameter });
  return day;
}

/** A century of days is more than anybody pages through. */
const MAX_INTERVALS = 36_525;

/** The intervals of a range, newest first, cut off where the range ends. */
function cutDays({ from, to }: Days, interval: Interval): Days[] {
  if (interval === "whole") return [{ from, to }];
  const intervals: Days[] = [];
  let end = to;
  while (end >= from && intervals.length < MAX_INTERVALS) {
    const start = startOfInterval(end, interval);
    intervals.push({ from: Math.max(start, from), to: end });
    end = start - 1;
  }
  return intervals;
}

/** Records are found by their index: a list of categories and intervals never changes its order. */
function placeOf({ cursor, direction, limit }: Slice, total: number) {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  const at = cursor === undefined ? 0 : Number(cursor);
  const first = Math.min(total, direction === "next" ? at : Math.max(0, at - limit));
  const end = Math.min(total, direction === "next" ? first + limit : at);
  return { first, end, total };
}

/** Sums up what categories and intervals come to. */
function summer(
  sums: readonly UsageSum[],
  common: { readonly currency: string; readonly asOfMs: number; readonly listName: string },
): (category: string, days: Days, interval: Interval) => UsageRecord {
  const byStart = new Map<number, UsageSum[]>();
  for (const sum of sums) {
    const known = byStart.get(sum.startDay);
    if (known === undefined) byStart.set(sum.startDay, [sum]);
    else known.push(sum);
  }
  return (category, { from, to }, interval) => {
    const record = { count: 0, usage: 0, amountMicros: 0 };
    for (const sum of byStart.get(interval === "whole" ? from : startOfInterval(from, interval)) ?? []) {
      if (!isPartOf(sum.category, category)) continue;
      record.count += sum.count;
      record.usage += sum.usage;
      // What was charged in a currency before the account's present one is on its invoices.
      if (sum.currency === common.currency) record.amountMicros += sum.amountMicros;
    }
    return { category, fromDay: from, toDay: to, ...record, ...common };
  };
}

const SUBRESOURCES = LISTS.filter(({ key }) => key !== undefined);

function viewRecord(record: UsageRecord, accountSid: string): JsonObject {
  const { category, fromDay, toDay, currency, listName } = record;
  const base = `/2010-04-01/Accounts/${accountSid}/Usage/Records`;
  const price = microsToDecimal(record.amountMicros);
  const isTotal = category === TOTAL_PRICE;
  const units = unitsOf(category);
  const unit = currency.toLowerCase();
  const [start, end] = [formatDay(fromDay), formatDay(toDay)];
  const path = listName === "" ? base : `${base}/${listName}`;
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    as_of: iso8601(record.asOfMs).replace("Z", "+00:00"),
    category,
    count: isTotal ? null : String(record.count),
    count_unit: isTotal ? "" : units.count,
    description: describeCategory(category),
    start_date: start,
    end_date: end,
    price,
    price_unit: unit,
    subresource_uris: Object.fromEntries(
      SUBRESOURCES.map(({ key, name }) => [key ?? "", `${base}/${name}.json?Category=${category}`]),
    ),
    uri: `${path}.json?Category=${category}&StartDate=${start}&EndDate=${end}`,
    usage: isTotal ? price : usageText(record.usage),
    usage_unit: isTotal ? unit : units.usage,
  };
}

/** Without the dust of sums of fractions. */
function usageText(usage: number): string {
  return String(Number(usage.toFixed(6)));
}

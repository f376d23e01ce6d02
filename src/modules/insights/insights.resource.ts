import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import { pointValue } from "../../protocols/sketches/index.ts";
import {
  actsAsOperator,
  dateTime,
  decimal,
  defineRoute,
  enumeration,
  integer,
  text,
  type JsonObject,
  type Principal,
  type Route,
} from "../../platform/http/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { AccountsInView } from "./accounts-in-view.ts";
import { insightErrors } from "./errors.ts";
import { refuseCarriers } from "./operator-dimensions.ts";
import {
  DIMENSIONS,
  dimensionsOf,
  MAX_GROUPS,
  METRICS,
  type Dimension,
  type SeriesAnswer,
  type SeriesFilter,
  type SeriesQuery,
  type SeriesReader,
} from "./query.ts";
import { LEVELS } from "./rollups/index.ts";
import { serviceLevels, type ServiceLevel } from "./service-levels.ts";
import { summarise, type InsightSummary } from "./summary.ts";

/** What the resources work with. */
export interface InsightDeps {
  readonly reader: SeriesReader;
  readonly inView: AccountsInView;
  readonly isOperator: (accountSid: string) => boolean;
  readonly clock: Pick<Clock, "nowMs">;
  readonly cell: string;
}

const BASE = "/trunkline/v1/Insights";
const common = { product: "api", tag: "Insights", access: "account", method: "GET", success: 200 } as const;
const MAX_LIST_CHARACTERS = 4_096;
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const WANTED_POINTS = 400;
const STEPS_MS = [10_000, 60_000, 300_000, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

const SCOPE = enumeration({
  values: ["account", "all"],
  default: "account",
  summary: "all: of every account of this cell; for the operator. account: of the account and its subaccounts.",
});

/** `Insights/Series`, `Insights/Summary`, `Insights/Slo`. */
export function insightRoutes(deps: InsightDeps): Route[] {
  return [seriesRoute(deps), summaryRoute(deps), sloRoute(deps)];
}

interface Caller {
  readonly accountSid: string;
  readonly principal: Principal;
}

async function accountsOf(
  { isOperator, inView }: InsightDeps,
  call: Caller,
  scope: "account" | "all",
): Promise<readonly string[] | "all"> {
  if (scope === "account") return inView.load(call.accountSid);
  if (!actsAsOperator(call, isOperator)) throw new AppError(insightErrors.operatorOnly, { what: "all accounts" });
  return "all";
}

const values = (summary: string) => text({ maxCharacters: MAX_LIST_CHARACTERS, summary });

function seriesRoute(deps: InsightDeps): Route {
  return defineRoute({
    ...common,
    path: `${BASE}/Series`,
    operationId: "FetchInsightSeries",
    summary: "Fetch a time series of messages or, for the operator, of API answers, as this cell counted them",
    parameters: {
      Metric: enumeration({ required: true, values: METRICS, summary: "What is measured." }),
      By: values(`Up to three dimensions to group by, with commas between: ${DIMENSIONS.join(", ")}.`),
      Account: values("Only these accounts, with commas between."),
      Direction: values("Only inbound, or outbound."),
      Status: values("Only changes to these statuses."),
      Carrier: values("Only these carriers."),
      Country: values("Only these countries, ISO 3166-1 alpha-2."),
      Error: values("Only these error codes."),
      Sender: values("Only these numbers or sender IDs of the account."),
      Currency: values("Only these currencies."),
      Cell: values("Only these cells."),
      Tier: values("Only these tiers."),
      Class: values("Of API answers: only these classes of requests."),
      Answer: values("Of API answers: 2xx, 3xx, 4xx, 429, 5xx."),
      Start: dateTime({ summary: "The first moment; an hour before the end by default." }),
      End: dateTime({ summary: "The moment after the last one; now by default." }),
      Step: integer({
        min: 10,
        max: 35_000_000,
        summary: "Seconds of a point, a multiple of 10; by default about 400 points.",
      }),
      Top: integer({ min: 1, max: MAX_GROUPS, default: 10, summary: "How many groups; the others are one." }),
      Quantile: decimal({ min: 0, max: 1, default: 0.5, summary: "Of durations: which quantile `values` are." }),
      Scope: SCOPE,
    },
    errors: [insightErrors.badQuery, insightErrors.operatorOnly],
    run: async (call) => {
      const { params } = call;
      const accounts = await accountsOf(deps, call, params.Scope);
      const known = dimensionsOf(params.Metric);
      if (accounts !== "all" && !known.includes("account")) {
        throw new AppError(insightErrors.operatorOnly, { what: params.Metric });
      }
      const by = listOf(params.By) as Dimension[];
      const filter = filterOf(params);
      if (!actsAsOperator(call, deps.isOperator)) refuseCarriers(by, filter);
      const query: SeriesQuery = {
        metric: params.Metric,
        accounts,
        by,
        filter,
        ...rangeOf(params, deps.clock.nowMs()),
        top: params.Top,
      };
      return deps.reader.read(query);
    },
    view: (answer, { params }) => ({ cell: deps.cell, ...viewSeries(answer, params.Quantile) }),
  });
}

function listOf(list: string | undefined): string[] {
  return list === undefined
    ? []
    : list
        .split(",")
        .map((value) => value.trim())
        .filter((value) => value !== "");
}

function filterOf(params: Readonly<Record<string, unknown>>): SeriesFilter {
  const filter: Partial<Record<Dimension, readonly string[]>> = {};
  for (const dimension of DIMENSIONS) {
    const list = params[(dimension[0] as string).toUpperCase() + dimension.slice(1)];
    if (typeof list === "string" && list !== "") filter[dimension] = listOf(list);
  }
  return filter;
}

interface Range {
  readonly Start: number | undefined;
  readonly End: number | undefined;
  readonly Step: number | undefined;
}

/** The range, from a boundary of its step on. The step is by default the shortest that is kept for so long and gives no crowd of points. */
function rangeOf({ Start, End, Step }: Range, nowMs: number): Pick<SeriesQuery, "startMs" | "endMs" | "stepMs"> {
  const endMs = End ?? nowMs;
  const fromMs = Start ?? endMs - HOUR_MS;
  const fits = (ms: number): boolean => {
    const level = LEVELS.findLast(({ binMs }) => ms % binMs === 0);
    return (endMs - fromMs) / ms <= WANTED_POINTS && level !== undefined && nowMs - fromMs <= level.keepMs;
  };
  const longest = STEPS_MS.at(-1) as number;
  const stepMs = Step === undefined ? (STEPS_MS.find(fits) ?? longest) : Step * SECOND_MS;
  return { startMs: fromMs - (fromMs % stepMs), endMs, stepMs };
}

function viewSeries(answer: SeriesAnswer, quantile: number): JsonObject {
  const { metric, kind, by, startMs, stepMs, points, groups, overflow, completeFromMs, revision } = answer;
  return {
    metric,
    kind,
    by: [...by],
    start: iso8601(startMs),
    step: stepMs / SECOND_MS,
    points,
    groups: groups.map((group) => ({
      key: [...group.key],
      values: Array.from({ length: points }, (_, point) => pointValue(group, point, quantile)),
      ...(group.counts === undefined ? {} : { counts: [...group.counts] }),
      ...(group.of === undefined ? {} : { of: [...group.of] }),
      ...(group.sketches === undefined ? {} : { sketches: [...group.sketches] }),
    })),
    overflow,
    complete_from: iso8601(completeFromMs),
    revision,
  };
}

function summaryRoute(deps: InsightDeps): Route {
  return defineRoute({
    ...common,
    path: `${BASE}/Summary`,
    operationId: "FetchInsightSummary",
    summary: "Fetch the numbers of now, as this cell counts them",
    parameters: { Scope: SCOPE },
    errors: [insightErrors.operatorOnly],
    run: async (call) => {
      const accounts = await accountsOf(deps, call, call.params.Scope);
      return summarise(deps.reader, { accounts, nowMs: deps.clock.nowMs() });
    },
    view: (summary) => ({ cell: deps.cell, ...viewSummary(summary) }),
  });
}

function viewSummary({ within5s, delivered, deliveryMs, errors, api, ...rates }: InsightSummary): JsonObject {
  return {
    outbound_per_second: rates.outboundPerSecond,
    inbound_per_second: rates.inboundPerSecond,
    within_5s: { good: within5s.good, of: within5s.of },
    delivered: { good: delivered.good, of: delivered.of },
    delivery_ms: { p50: deliveryMs.p50, p99: deliveryMs.p99 },
    errors: errors.map(({ code, count }) => ({ code, count })),
    ...(api === undefined ? {} : { api: { per_second: api.perSecond, good: api.good, of: api.of } }),
  };
}

function sloRoute(deps: InsightDeps): Route {
  return defineRoute({
    ...common,
    path: `${BASE}/Slo`,
    operationId: "FetchInsightSlo",
    summary: "Fetch what is promised and how it is kept: error budgets of 30 days and how fast they are used up",
    parameters: { Scope: SCOPE },
    errors: [insightErrors.operatorOnly],
    run: async (call) => {
      const accounts = await accountsOf(deps, call, call.params.Scope);
      return serviceLevels(deps.reader, { accounts, nowMs: deps.clock.nowMs() });
    },
    view: (levels) => ({ cell: deps.cell, objectives: levels.map(viewLevel) }),
  });
}

function viewLevel({ name, objective, good, of, budgetLeft, windows }: ServiceLevel): JsonObject {
  return {
    name,
    objective,
    good,
    of,
    budget_left: budgetLeft,
    windows: windows.map((window) => ({
      name: window.name,
      good: window.good,
      of: window.of,
      burn_rate: window.burnRate,
    })),
  };
}

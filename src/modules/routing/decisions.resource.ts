import { AppError } from "../../kernel/errors.ts";
import {
  dateTime,
  defineRoute,
  enumeration,
  integer,
  list,
  phone,
  sid,
  text,
  type Route,
} from "../../platform/http/index.ts";
import { isTollFree, parseAddress } from "../../protocols/e164/index.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import type { Comparison, Explanation } from "./decision/index.ts";
import type { RoutingDeps, TimeRange } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import { operatorOnly } from "./operator.ts";
import { SENDER_KINDS, TRAFFIC_CLASSES, type RouteRequest, type SenderKind, type TrafficClass } from "./request.ts";
import { BASE_PATH, viewComparison, viewExplanation } from "./views.ts";

const common = { product: "api", tag: "Routing", access: "main", method: "POST" } as const;
const MAX_BODY_CHARACTERS = 1_600;
const MAX_SEGMENTS = 255;
const MAX_EXCLUDED = 20;
const MAX_VERSION = Number.MAX_SAFE_INTEGER;
const DAY_MS = 86_400_000;
const MAX_RANGE_DAYS = 31;
const DEFAULT_MESSAGES = 100_000;
const MAX_MESSAGES = 1_000_000;

/** Compares the active table with a version. */
export type Compare = (version: number, range: TimeRange, maxMessages: number) => Promise<Comparison | undefined>;

/** `Routing/Explanations` and `Routing/Comparisons`: why a carrier, and what if. For the operator. */
export function decisionRoutes(deps: RoutingDeps, compare: Compare): Route[] {
  return [explainRoute(deps), compareRoute(deps, compare)];
}

function explainRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    path: `${BASE_PATH}/Explanations`,
    operationId: "CreateRouteExplanation",
    // It changes nothing.
    traffic: true,
    summary: "Say which carriers a message would take and why, without sending it; for the operator",
    parameters: {
      To: phone({ required: true, summary: "The recipient." }),
      From: phone({ required: true, summary: "The sender." }),
      Body: text({ maxCharacters: MAX_BODY_CHARACTERS, summary: "The text, for its encoding and segments." }),
      Segments: integer({ min: 1, max: MAX_SEGMENTS, summary: "Instead of a text." }),
      Encoding: enumeration({ values: ["GSM-7", "UCS-2"], summary: "Instead of a text." }),
      MessageIntent: text({ maxCharacters: 64, summary: "What the message is for." }),
      TrafficClass: enumeration({ values: TRAFFIC_CLASSES, summary: "The class itself; counts before MessageIntent." }),
      SenderKind: enumeration({ values: SENDER_KINDS, summary: "By default what the sender looks like." }),
      AccountSid: sid({ prefix: "AC", summary: "Whose message; by default the caller's." }),
      Excluded: list({
        of: text({ maxCharacters: 64 }),
        maxCount: MAX_EXCLUDED,
        summary: "Carriers that have refused the message.",
      }),
      TableVersion: integer({ min: 0, max: MAX_VERSION, summary: "By default the active one." }),
      At: dateTime({ summary: "For routes with hours; by default now." }),
    },
    success: 200,
    errors: [routingErrors.numberInvalid, routingErrors.intentUnknown, routingErrors.tableUnknown],
    run: async (call): Promise<Explanation> => {
      operatorOnly(deps, call);
      const { params } = call;
      const request = readRequest(deps, { ...params, AccountSid: params.AccountSid || call.accountSid });
      const explanation = await deps.router.explain(request, deps.health(), {
        excluded: params.Excluded,
        tableVersion: params.TableVersion,
        atMs: params.At ?? deps.clock.nowMs(),
      });
      if (explanation === undefined) {
        throw new AppError(routingErrors.tableUnknown, { version: params.TableVersion ?? 0 });
      }
      return explanation;
    },
    view: viewExplanation,
  });
}

/** What was said of a message to be explained. */
interface DescribedMessage {
  readonly To: string;
  readonly From: string;
  readonly Body?: string | undefined;
  readonly Segments?: number | undefined;
  readonly Encoding?: RouteRequest["encoding"] | undefined;
  readonly MessageIntent?: string | undefined;
  readonly TrafficClass?: TrafficClass | undefined;
  readonly SenderKind?: SenderKind | undefined;
  readonly AccountSid: string;
}

function readRequest(deps: RoutingDeps, described: DescribedMessage): RouteRequest {
  const to = parseAddress(described.To);
  if (to.kind !== "e164") throw new AppError(routingErrors.numberInvalid, { value: described.To.slice(0, 40) });
  const sender = parseAddress(described.From);
  const from = sender.kind === "e164" ? sender.e164 : described.From;
  const cut = segmentText(described.Body ?? "", { smartEncoding: false });
  return {
    accountSid: described.AccountSid,
    from,
    to: to.e164,
    senderKind: described.SenderKind ?? kindOf(sender, from),
    trafficClass: described.TrafficClass ?? classOf(deps, described.MessageIntent),
    encoding: described.Encoding ?? cut.encoding,
    segments: described.Segments ?? cut.segments.length,
  };
}

function classOf({ intents = {} }: RoutingDeps, intent: string | undefined): TrafficClass {
  if (intent === undefined || intent === "") return "transactional";
  const known = Object.hasOwn(intents, intent) ? intents[intent] : undefined;
  if (known === undefined) throw new AppError(routingErrors.intentUnknown, { value: intent });
  return known;
}

function kindOf(sender: ReturnType<typeof parseAddress>, from: string): SenderKind {
  if (sender.kind === "short-code") return "shortcode";
  if (sender.kind === "alphanumeric") return "alphanumeric";
  return isTollFree(from) ? "tollfree" : "local";
}

function compareRoute(deps: RoutingDeps, compare: Compare): Route {
  let isRunning = false;
  return defineRoute({
    ...common,
    path: `${BASE_PATH}/Comparisons`,
    operationId: "CreateRouteComparison",
    traffic: true,
    summary: "Say what a version of the routing table would have made of past traffic; for the operator",
    parameters: {
      TableVersion: integer({ required: true, min: 0, max: MAX_VERSION, summary: "Compared with the active one." }),
      StartTime: dateTime({ summary: "The first moment; by default a day before EndTime." }),
      EndTime: dateTime({ summary: "The moment after the last; by default now." }),
      Limit: integer({ min: 1, max: MAX_MESSAGES, default: DEFAULT_MESSAGES, summary: "The most messages." }),
    },
    success: 200,
    errors: [routingErrors.tableUnknown, routingErrors.rangeInvalid, routingErrors.comparisonRuns],
    run: async (call): Promise<Comparison> => {
      operatorOnly(deps, call);
      const { TableVersion: version, StartTime, EndTime, Limit } = call.params;
      const toMs = EndTime ?? deps.clock.nowMs();
      const fromMs = StartTime ?? toMs - DAY_MS;
      if (fromMs >= toMs || toMs - fromMs > MAX_RANGE_DAYS * DAY_MS) {
        throw new AppError(routingErrors.rangeInvalid, { days: MAX_RANGE_DAYS });
      }
      if (isRunning) throw new AppError(routingErrors.comparisonRuns);
      isRunning = true;
      try {
        const comparison = await compare(version, { fromMs, toMs }, Limit);
        if (comparison === undefined) throw new AppError(routingErrors.tableUnknown, { version });
        return comparison;
      } finally {
        isRunning = false;
      }
    },
    view: viewComparison,
  });
}

import { AppError } from "../../../kernel/errors.ts";
import {
  actsAsOperator,
  BAD_PAGE_TOKEN,
  boolean,
  cutPage,
  dateTime,
  decimal,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  list,
  pageBySid,
  phone,
  prefixedMap,
  text,
  url,
  type Parameter,
  type ParameterValues,
  type Principal,
  type Route,
} from "../../../platform/http/index.ts";
import { METRICS } from "../query.ts";
import type { AlertBoard } from "./alert-board.ts";
import { listEvents } from "./alert-event.store.ts";
import { MAX_DESTINATIONS, type AlertRule } from "./alert-rule.ts";
import { findRule, listRules } from "./alert-rule.store.ts";
import { RULES_PATH, viewEvent, viewRule, type StandingRule } from "./alert-rule.view.ts";
import { changeRule, createRule, deleteRule, type RuleWish } from "./change-alert-rule.ts";
import type { AlertDeps } from "./deps.ts";
import { alertRuleErrors } from "./errors.ts";

const ITEM = `${RULES_PATH}/{Sid}` as const;
const KINDS = ["threshold", "burn-rate", "absence"] as const;
const DAY_S = 86_400;
const MAX_NAME_CHARACTERS = 64;
const MAX_VALUE = 1e12 - 1;
const TURN_PATTERN = /^\d{1,15}$/;
const common = { product: "api", tag: "Insights", access: "account" } as const;

/** A list that can be told from none at all: an empty value empties it. */
function clearable(base: Parameter<string[]>): Parameter<string[] | undefined> {
  return {
    ...base,
    read: (fields, name) => (fields.all(name).length === 0 ? undefined : base.read(fields, name)),
  };
}

const seconds = (summary: string) => integer({ min: 10, max: 2 * DAY_S, summary });

const settings = {
  Scope: enumeration({ values: ["account", "all"], summary: "all: every account; for the operator." }),
  Filter: prefixedMap({
    maxCount: 12,
    maxCharacters: 2_000,
    summary: "Filter.country=US,DE: only what has these values.",
  }),
  Comparison: enumeration({ values: ["above", "below"], summary: "Threshold: which side is bad; above by default." }),
  Threshold: decimal({ min: 0, max: MAX_VALUE, summary: "Threshold: the limit. Shares from 0 to 1, durations in ms." }),
  ResolveThreshold: decimal({
    min: 0,
    max: MAX_VALUE,
    summary: "Threshold: what it must come back to; the limit by default.",
  }),
  Interval: seconds("Threshold: length of an interval, in seconds; 60 by default."),
  NeededIntervals: integer({ min: 1, max: 60, summary: "Threshold: so many must be bad; 3 by default." }),
  Intervals: integer({ min: 1, max: 60, summary: "Threshold: of so many; 5 by default." }),
  Quantile: decimal({ min: 0.01, max: 0.999, summary: "Threshold of a latency: the share of all; 0.95 by default." }),
  Target: decimal({ min: 0.5, max: 0.99999, summary: "Burn rate: the service level, such as 0.999." }),
  Factor: decimal({ min: 1, max: 10_000, summary: "Burn rate: so many times too fast; 14.4 by default." }),
  LongWindow: seconds("Burn rate: in seconds; 3600 by default."),
  ShortWindow: seconds("Burn rate: in seconds; 300 by default."),
  AbsentFor: seconds("Absence: nothing for so many seconds; 900 by default."),
  WebhookUrls: clearable(list({ of: url({}), maxCount: MAX_DESTINATIONS, summary: "Told by a signed POST." })),
  Emails: clearable(list({ of: text({ maxCharacters: 254 }), maxCount: MAX_DESTINATIONS, summary: "Told by e-mail." })),
  Texts: clearable(
    list({ of: phone({}), maxCount: MAX_DESTINATIONS, summary: "Told by text, at the account's cost." }),
  ),
  TextFrom: phone({ summary: "The account's number that texts come from." }),
  RepeatAfter: integer({
    min: 0,
    max: 30 * DAY_S,
    summary: "While firing told again after so many seconds; 0: never.",
  }),
  MutedUntil: dateTime({ summary: "Until then nobody is told." }),
  Unmute: boolean({ summary: "True: it is muted no more." }),
  Enabled: boolean({ summary: "Whether it is evaluated." }),
};

const ERRORS = Object.values(alertRuleErrors);

/** `Insights/AlertRules`: create, list, fetch, update, delete; and the history of each. */
export function alertRuleRoutes(deps: AlertDeps, board: AlertBoard): Route[] {
  const standing = (rule: AlertRule): StandingRule => ({ rule, standing: board.standing(rule) });
  return [
    createRoute(deps, standing),
    listRoute(deps, standing),
    ...itemRoutes(deps, board, standing),
    eventsRoute(deps),
  ];
}

type Standing = (rule: AlertRule) => StandingRule;

function createRoute(deps: AlertDeps, standing: Standing): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: RULES_PATH,
    operationId: "CreateAlertRule",
    summary: "Create an alert rule",
    success: 201,
    creates: true,
    errors: ERRORS,
    parameters: {
      FriendlyName: text({ required: true, maxCharacters: MAX_NAME_CHARACTERS, summary: "What people call it." }),
      Metric: enumeration({ required: true, values: METRICS, summary: "What is watched." }),
      Kind: enumeration({ values: KINDS, default: "threshold", summary: "When it fires." }),
      ...settings,
    },
    run: async (call) => {
      const { accountSid, params } = call;
      const { FriendlyName: friendlyName, Metric: metric, Kind: kind } = params;
      const isOperators = actsAsOperator(call, deps.isOperator);
      const wish = { ...wishOf(params, kind), isOperators };
      const rule = await createRule(deps, { ...wish, accountSid, friendlyName, metric });
      return standing(rule);
    },
    view: viewRule,
  });
}

function listRoute(deps: AlertDeps, standing: Standing): Route {
  return defineListRoute({
    ...common,
    path: RULES_PATH,
    operationId: "ListAlertRule",
    summary: "List the account's alert rules and how they stand, newest first",
    collection: "alert_rules",
    page: ({ call, ...slice }) => pageOf(deps, call, slice),
    view: (rule, call) => viewRule(standing(rule), call),
  });
}

function pageOf({ database, isOperator }: AlertDeps, call: Caller, slice: Parameters<typeof pageBySid>[0]) {
  const scope = actsAsOperator(call, isOperator) ? undefined : "account";
  return pageBySid(slice, (part) => listRules(database, { accountSid: call.accountSid, scope }, part));
}

function itemRoutes(deps: AlertDeps, board: AlertBoard, standing: Standing): Route[] {
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchAlertRule",
      summary: "Fetch an alert rule and how it stands",
      success: 200,
      run: async (call) => standing(await ruleOf(deps, call)),
      view: viewRule,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: ITEM,
      operationId: "UpdateAlertRule",
      summary: "Change, mute, switch off or on an alert rule; what is not given stays",
      success: 200,
      errors: ERRORS,
      parameters: {
        FriendlyName: text({ maxCharacters: MAX_NAME_CHARACTERS, summary: "What people call it." }),
        Metric: enumeration({ values: METRICS, summary: "What is watched." }),
        Kind: enumeration({ values: KINDS, summary: "When it fires." }),
        ...settings,
      },
      run: async (call) => {
        const known = await ruleOf(deps, call);
        const { FriendlyName, Metric: metric, Kind: kind } = call.params;
        const friendlyName = FriendlyName === "" ? undefined : FriendlyName;
        const isOperators = actsAsOperator(call, deps.isOperator);
        const wish = { ...wishOf(call.params, kind), isOperators, friendlyName, metric };
        const rule = await changeRule(deps, known, wish);
        board.changed(rule.sid);
        return standing(rule);
      },
      view: viewRule,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteAlertRule",
      summary: "Delete an alert rule",
      success: 204,
      run: async (call) => {
        const rule = await ruleOf(deps, call);
        if (!(await deleteRule(deps, rule))) throw call.notFound();
        board.removed(rule);
      },
    }),
  ];
}

function eventsRoute(deps: AlertDeps): Route {
  return defineListRoute({
    ...common,
    path: `${ITEM}/Events`,
    operationId: "ListAlertRuleEvent",
    summary: "List when a rule fired and was resolved within the last 90 days, newest first",
    collection: "events",
    page: async ({ call, ...slice }) => {
      const { sid } = await ruleOf(deps, call);
      const { cursor, limit } = slice;
      if (cursor !== undefined && !TURN_PATTERN.test(cursor)) throw new AppError(BAD_PAGE_TOKEN);
      const events = await listEvents(deps, sid, { ...slice, limit: limit + 1 });
      return cutPage(events, slice, ({ turn }) => String(turn));
    },
    view: viewEvent,
  });
}

interface Caller {
  readonly accountSid: string;
  readonly principal: Principal;
}

/** The rule of a path. A rule of all accounts says how they all fare: an ordinary key of the operator's finds none. */
async function ruleOf(
  { database, isOperator }: AlertDeps,
  call: Caller & { readonly path: { readonly Sid: string }; notFound(): AppError },
): Promise<AlertRule> {
  const rule = await findRule(database, { accountSid: call.accountSid, sid: call.path.Sid });
  if (rule === undefined) throw call.notFound();
  if (rule.scope === "all" && !actsAsOperator(call, isOperator)) throw call.notFound();
  return rule;
}

function wishOf(
  params: ParameterValues<typeof settings>,
  kind: (typeof KINDS)[number] | undefined,
): Omit<RuleWish, "isOperators"> {
  return {
    scope: params.Scope,
    filter: params.Filter,
    condition: {
      kind,
      comparison: params.Comparison,
      threshold: params.Threshold,
      resolveThreshold: params.ResolveThreshold,
      intervalS: params.Interval,
      needed: params.NeededIntervals,
      of: params.Intervals,
      quantile: params.Quantile,
      target: params.Target,
      factor: params.Factor,
      longS: params.LongWindow,
      shortS: params.ShortWindow,
      forS: params.AbsentFor,
    },
    destinations: {
      webhookUrls: params.WebhookUrls,
      emails: params.Emails,
      texts: params.Texts,
      textFrom: params.TextFrom,
    },
    repeatMs: params.RepeatAfter === undefined ? undefined : params.RepeatAfter * 1_000,
    mutedUntilMs: params.Unmute === true ? 0 : params.MutedUntil,
    isEnabled: params.Enabled,
  };
}

import { AppError } from "../../../kernel/errors.ts";
import { isSid } from "../../../kernel/ids.ts";
import { rfc2822 } from "../../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  url,
  type Call,
  type JsonObject,
  type Route,
  type Slice,
} from "../../../platform/http/index.ts";
import { CATEGORIES, TOTAL_PRICE } from "./categories.ts";
import type { UsageDeps } from "./deps.ts";
import { usageErrors } from "./errors.ts";
import { usageRecordPath, type TriggersGone, type TriggersPut } from "./trigger-machine.ts";
import { currentValues } from "./trigger-watch.ts";
import {
  formatMillionths,
  MAX_TRIGGERS_PER_ACCOUNT,
  parseMillionths,
  RECURRENCES,
  TRIGGER_FIELDS,
  type TriggerField,
  type UsageTrigger,
} from "./trigger.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/Usage/Triggers";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/Usage/Triggers/{Sid}";
const common = { product: "api", tag: "Usage Triggers", access: "account" } as const;
const API_VERSION = "2010-04-01";
const MAX_CATEGORY_CHARACTERS = 100;
const MAX_VALUE_CHARACTERS = 32;

const FriendlyName = text({
  maxCharacters: 64,
  invalid: usageErrors.friendlyNameInvalid,
  summary: "A name of your own.",
});
const CallbackMethod = enumeration({ values: ["GET", "POST"], summary: "POST if absent." });
const callback = "Told once in each period in which the value is reached.";

/** `Usage/Triggers`: create, fetch, list, update, delete. */
export function usageTriggerRoutes(deps: UsageDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps), updateRoute(deps), deleteRoute(deps)];
}

/** A trigger, and what it has come to in its present period. */
interface ValuedTrigger {
  readonly trigger: Readonly<UsageTrigger>;
  readonly currentValue: string;
}

async function valued(deps: UsageDeps, triggers: readonly Readonly<UsageTrigger>[]): Promise<ValuedTrigger[]> {
  const values = await currentValues(deps, triggers);
  return triggers.map((trigger) => ({ trigger, currentValue: formatMillionths(values.get(trigger.sid) ?? 0) }));
}

function createRoute(deps: UsageDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateUsageTrigger",
    summary: "Be told when usage reaches a value",
    success: 201,
    creates: true,
    errors: [
      usageErrors.categoryUnknown,
      usageErrors.triggerValueInvalid,
      usageErrors.noCount,
      usageErrors.tooManyTriggers,
    ],
    parameters: {
      CallbackUrl: url({ required: true, summary: callback }),
      TriggerValue: text({
        required: true,
        maxCharacters: MAX_VALUE_CHARACTERS,
        summary: "The value, or with a plus before it: so much more than there is now.",
      }),
      UsageCategory: text({ required: true, maxCharacters: MAX_CATEGORY_CHARACTERS, summary: "What is watched." }),
      CallbackMethod,
      FriendlyName,
      Recurring: enumeration({ values: RECURRENCES, summary: "Counts from 0 in each period; once only if absent." }),
      TriggerBy: enumeration({ values: TRIGGER_FIELDS, default: "usage", summary: "The field that is watched." }),
    },
    run: async (call) => {
      const { accountSid, params } = call;
      requireCategory(params.UsageCategory, params.TriggerBy);
      if (deps.state.countOf(accountSid) >= MAX_TRIGGERS_PER_ACCOUNT) {
        throw new AppError(usageErrors.tooManyTriggers, { max: MAX_TRIGGERS_PER_ACCOUNT });
      }
      const nowMs = deps.clock.nowMs();
      const watched = {
        sid: deps.mintSid("UT"),
        accountSid,
        usageCategory: params.UsageCategory,
        triggerBy: params.TriggerBy,
        recurring: params.Recurring ?? null,
      };
      const trigger: UsageTrigger = {
        ...watched,
        triggerValue: await readValue(deps, watched, params.TriggerValue),
        createdMs: nowMs,
        updatedMs: nowMs,
        friendlyName: params.FriendlyName ?? "",
        callbackUrl: params.CallbackUrl,
        callbackMethod: params.CallbackMethod ?? "POST",
        firedMs: null,
        firedPeriod: null,
      };
      return putTrigger(deps, trigger);
    },
    view: viewTrigger,
  });
}

async function putTrigger(deps: UsageDeps, trigger: UsageTrigger): Promise<ValuedTrigger> {
  const record: TriggersPut = { kind: "usage.triggers-put", triggers: [trigger] };
  await deps.cell().commit(record, "new-work");
  const [made] = await valued(deps, [trigger]);
  return made ?? { trigger, currentValue: "0" };
}

function requireCategory(category: string, by: TriggerField): void {
  if (!CATEGORIES.includes(category)) {
    throw new AppError(usageErrors.categoryUnknown, { parameter: "UsageCategory", value: category });
  }
  if (category === TOTAL_PRICE && by === "count") throw new AppError(usageErrors.noCount, { category, by });
}

/** The value as decimal text; one with a plus is added to what there is. */
async function readValue(
  deps: UsageDeps,
  watched: Pick<UsageTrigger, "sid" | "accountSid" | "usageCategory" | "triggerBy" | "recurring">,
  given: string,
): Promise<string> {
  // A plus that was not percent-encoded arrives as a space; Twilio takes the value as it then stands, and so does this.
  const value = given.trim();
  const isRelative = value.startsWith("+");
  const amount = parseMillionths(isRelative ? value.slice(1) : value);
  if (amount === undefined || amount === 0) throw new AppError(usageErrors.triggerValueInvalid, { value });
  if (!isRelative) return formatMillionths(amount);
  const present = (await currentValues(deps, [watched])).get(watched.sid) ?? 0;
  return formatMillionths(present + amount);
}

function listRoute(deps: UsageDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListUsageTrigger",
    summary: "List the account's usage triggers, newest first",
    collection: "usage_triggers",
    element: "UsageTrigger",
    parameters: {
      Recurring: enumeration({ values: RECURRENCES, summary: "Only those of this period." }),
      TriggerBy: enumeration({ values: TRIGGER_FIELDS, summary: "Only those that watch this field." }),
      UsageCategory: text({ maxCharacters: MAX_CATEGORY_CHARACTERS, summary: "Only those of this category." }),
    },
    page: async ({ call: { accountSid, params }, ...slice }) => {
      const category = params.UsageCategory ?? "";
      const fits = (trigger: Readonly<UsageTrigger>): boolean =>
        (params.Recurring === undefined || trigger.recurring === params.Recurring) &&
        (params.TriggerBy === undefined || trigger.triggerBy === params.TriggerBy) &&
        (category === "" || trigger.usageCategory === category);
      const fitting = deps.state.ofAccount(accountSid).filter(fits);
      const page = await pageBySid(slice, (part) => Promise.resolve(sliceOf(fitting, part)));
      return { ...page, records: await valued(deps, page.records) };
    },
    view: viewTrigger,
  });
}

function sliceOf(triggers: readonly Readonly<UsageTrigger>[], { cursor, direction, limit }: Slice) {
  if (direction === "next") {
    return triggers.filter(({ sid }) => cursor === undefined || sid < cursor).slice(0, limit);
  }
  return triggers.filter(({ sid }) => sid > (cursor ?? "")).slice(-limit);
}

type ItemCall = Pick<Call<typeof ITEM, Record<never, never>, "account">, "accountSid" | "path" | "notFound">;

function requireTrigger({ state }: UsageDeps, call: ItemCall): Readonly<UsageTrigger> {
  const trigger = isSid(call.path.Sid, "UT") ? state.triggers.get(call.path.Sid) : undefined;
  if (trigger === undefined || trigger.accountSid !== call.accountSid) throw call.notFound();
  return trigger;
}

function fetchRoute(deps: UsageDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchUsageTrigger",
    summary: "Fetch a usage trigger, and what it has come to",
    element: "UsageTrigger",
    success: 200,
    run: async (call) => {
      const trigger = requireTrigger(deps, call);
      const [found] = await valued(deps, [trigger]);
      return found ?? { trigger, currentValue: "0" };
    },
    view: viewTrigger,
  });
}

function updateRoute(deps: UsageDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateUsageTrigger",
    summary: "Change where a usage trigger is told, or its name",
    element: "UsageTrigger",
    success: 200,
    parameters: { CallbackMethod, CallbackUrl: url({ summary: callback }), FriendlyName },
    run: (call) => {
      const { CallbackUrl, CallbackMethod: method, FriendlyName: name } = call.params;
      const trigger: UsageTrigger = { ...requireTrigger(deps, call), updatedMs: deps.clock.nowMs() };
      if (CallbackUrl !== undefined && CallbackUrl !== "") trigger.callbackUrl = CallbackUrl;
      if (method !== undefined) trigger.callbackMethod = method;
      if (name !== undefined) trigger.friendlyName = name;
      return putTrigger(deps, trigger);
    },
    view: viewTrigger,
  });
}

function deleteRoute(deps: UsageDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteUsageTrigger",
    summary: "Delete a usage trigger",
    element: "UsageTrigger",
    success: 204,
    run: async (call) => {
      const { sid } = requireTrigger(deps, call);
      const record: TriggersGone = { kind: "usage.triggers-gone", sid };
      await deps.cell().commit(record, "new-work");
    },
  });
}

function viewTrigger({ trigger, currentValue }: ValuedTrigger): JsonObject {
  const { sid, accountSid, firedMs } = trigger;
  return {
    sid,
    account_sid: accountSid,
    api_version: API_VERSION,
    callback_method: trigger.callbackMethod,
    callback_url: trigger.callbackUrl,
    current_value: currentValue,
    date_created: rfc2822(trigger.createdMs),
    date_fired: firedMs === null ? null : rfc2822(firedMs),
    date_updated: rfc2822(trigger.updatedMs),
    friendly_name: trigger.friendlyName,
    recurring: trigger.recurring,
    trigger_by: trigger.triggerBy,
    trigger_value: trigger.triggerValue,
    uri: `/2010-04-01/Accounts/${accountSid}/Usage/Triggers/${sid}.json`,
    usage_category: trigger.usageCategory,
    usage_record_uri: usageRecordPath(trigger),
  };
}

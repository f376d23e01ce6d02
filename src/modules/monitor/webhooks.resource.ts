import { AppError } from "../../kernel/errors.ts";
import {
  actsAsOperator,
  cutPage,
  defineListRoute,
  defineRoute,
  enumeration,
  sid,
  text,
  url,
  type Principal,
  type Route,
} from "../../platform/http/index.ts";
import {
  mayHoldSignatures,
  viewWebhook,
  viewWebhookLine,
  type WebhookReplayed,
  type WebhookTrace,
} from "../../platform/webhooks/index.ts";
import { monitorErrors } from "./errors.ts";
import { filterOf, OUTCOMES, type WebhookDeps } from "./webhook-filter.ts";

const LIST = "/trunkline/v1/Webhooks";
const ITEM = "/trunkline/v1/Webhooks/{Sid}";
const common = { product: "api", tag: "Webhooks", access: "account" } as const;
const MAX_PAGE = 200;

/** `Webhooks`: the last ones that were sent, with request and response, and sending them again. */
export function webhookRoutes(deps: WebhookDeps): Route[] {
  return [listRoute(deps), fetchRoute(deps), replayRoute(deps)];
}

function listRoute(deps: WebhookDeps): Route {
  const { traces, isOperator } = deps;
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListWebhook",
    summary: "List the webhooks that are still in memory, newest first",
    collection: "webhooks",
    maxPageSize: MAX_PAGE,
    parameters: {
      MessageSid: text({ maxCharacters: 34, summary: "Only those about this message." }),
      Outcome: enumeration({ values: OUTCOMES, summary: "Only with such an answer; `none`: nobody answered." }),
      Url: text({ maxCharacters: 500, summary: "Only to URLs with this in them." }),
      AccountSid: sid({ prefix: "AC", summary: "For the operator: only of this account." }),
      All: enumeration({ values: ["true"], summary: "For the operator: those of all accounts." }),
    },
    page: ({ call, ...slice }) => {
      const { MessageSid: messageSid, Outcome: outcome, Url: part, AccountSid: named, All: all } = call.params;
      const isAll = actsAsOperator(call, isOperator);
      const account = isAll && all !== undefined ? undefined : isAll && named ? named : call.accountSid;
      const matches = filterOf({ account, messageSid, outcome, url: part });
      // Only the way forward: what is older falls out of memory behind the one who reads.
      const found = traces.newest(matches, { limit: slice.limit + 1, before: slice.cursor });
      return cutPage(found, { ...slice, direction: "next", cursor: undefined }, (trace) => trace.sid);
    },
    view: viewWebhookLine,
  });
}

function fetchRoute(deps: WebhookDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchWebhook",
    summary: "Fetch a webhook with each request and its answer",
    success: 200,
    run: (call) => {
      const { Sid: wanted } = call.path;
      const waiting = deps.state.jobs.get(wanted);
      const isMine = (account: string): boolean => account === call.accountSid || actsAsOperator(call, deps.isOperator);
      if (waiting !== undefined && isMine(waiting.accountSid)) return { state: "waiting", sid: wanted } as const;
      const trace = traceFor(deps, call, wanted);
      if (trace === undefined) throw call.notFound();
      return { state: "over", trace, hidesSignature: !seesSignatures(call, trace) } as const;
    },
    view: (found) => {
      if (found.state === "waiting") return { sid: found.sid, state: "waiting" };
      return { ...viewWebhook(found.trace, { hidesSignature: found.hidesSignature }), state: "over" };
    },
  });
}

function traceFor(
  { traces, isOperator }: WebhookDeps,
  call: { readonly accountSid: string; readonly principal: Principal },
  wanted: string,
): WebhookTrace | undefined {
  const trace = traces.find(wanted);
  if (trace === undefined) return undefined;
  return trace.job.accountSid === call.accountSid || actsAsOperator(call, isOperator) ? trace : undefined;
}

/** Whoever has a valid signature of a request can send that to the customer as if it came from here. */
function seesSignatures(
  { accountSid, principal }: { readonly accountSid: string; readonly principal: Principal },
  { job }: WebhookTrace,
): boolean {
  return job.accountSid === accountSid && mayHoldSignatures(principal);
}

function replayRoute(deps: WebhookDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${ITEM}/Replays`,
    operationId: "CreateWebhookReplay",
    summary: "Send a webhook again, with the same parameters and a new signature",
    success: 201,
    creates: true,
    errors: [monitorErrors.webhookForgotten],
    parameters: {
      Url: url({ summary: "Where to; by default where it went." }),
      PerformAnswer: enumeration({
        values: ["true", "false"],
        default: "false",
        summary: "Whether TwiML in the answer is carried out, as if the text had come again.",
      }),
    },
    run: async (call) => {
      const trace = traceFor(deps, call, call.path.Sid);
      if (trace === undefined) throw call.notFound();
      if (trace.isForgotten) throw new AppError(monitorErrors.webhookForgotten, { sid: trace.sid });
      const { job } = trace;
      const id = deps.mintSid("WH");
      const request: WebhookReplayed["request"] = {
        id,
        accountSid: job.accountSid,
        orderKey: id,
        purpose: call.params.PerformAnswer === "true" ? job.purpose : REPLAY,
        resourceSid: job.resourceSid,
        url: call.params.Url ?? job.url,
        method: job.method,
        params: trace.params,
        replayOf: trace.sid,
      };
      await deps.commit({ kind: "webhook.replayed", request });
      return { id, replayOf: trace.sid };
    },
    view: ({ id, replayOf }) => ({ sid: id, state: "waiting", replay_of: replayOf }),
  });
}

/** The purpose of a replay whose answer nobody acts on. */
const REPLAY = "webhook.replay";

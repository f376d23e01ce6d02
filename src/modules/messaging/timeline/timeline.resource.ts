import { actsAsOperator, defineRoute, type JsonObject, type Route } from "../../../platform/http/index.ts";
import { mayHoldSignatures } from "../../../platform/webhooks/index.ts";
import type { MessagingDeps } from "../deps.ts";
import { findMessage, findMessageOfAny } from "../message.store.ts";
import type { TimelineSources } from "./sources.ts";
import { timelineOf, type Timeline } from "./timeline.ts";

/** `GET /trunkline/v1/Messages/{Sid}/Timeline`: a message's whole life, for its account and for the operator. */
export function timelineRoutes(options: {
  readonly deps: MessagingDeps;
  readonly sources: TimelineSources;
  readonly isOperator: (accountSid: string) => boolean;
}): Route[] {
  const { deps, isOperator } = options;
  return [
    defineRoute({
      product: "api",
      tag: "Timeline",
      access: "account",
      method: "GET",
      path: "/trunkline/v1/Messages/{Sid}/Timeline",
      operationId: "FetchMessageTimeline",
      summary: "Tell a message's whole life: rules, price, queue, route, attempts, receipts, webhooks and money",
      success: 200,
      run: async (call): Promise<Timeline> => {
        const isAll = actsAsOperator(call, isOperator);
        const { Sid: sid } = call.path;
        const { accountSid } = call;
        const message = isAll ? await findMessageOfAny(deps, sid) : await findMessage(deps, { accountSid, sid });
        if (message === undefined) throw call.notFound();
        const seesSignatures = message.accountSid === accountSid && mayHoldSignatures(call.principal);
        return timelineOf(options, message, { isOperator: isAll, seesSignatures });
      },
      view: viewTimeline,
    }),
  ];
}

function viewTimeline({ message, isOperator, isComplete, entries }: Timeline): JsonObject {
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    direction: message.direction,
    status: message.status,
    error_code: message.errorCode ?? null,
    from: message.from === "" ? null : message.from,
    to: message.to,
    view: isOperator ? "operator" : "account",
    // Whether everything that happened is told; of what is not, an entry says so by its own `kept`.
    kept: isComplete,
    entries: entries.map(({ atMs, kind, kept, data }) => ({
      at: atMs === undefined ? null : new Date(atMs).toISOString(),
      kind,
      kept,
      data,
    })),
  };
}

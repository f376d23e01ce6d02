import { StateTable, type ApplyContext, type CellRecord, type Machine } from "../cell/index.ts";
import type { ChargePosted } from "../spending/index.ts";
import type { WebhookJob, WebhookOutcome } from "./job.ts";
import type { AlertRaised, WebhookRequested } from "./request.ts";

/** Webhooks ended. Committed together with what their answers asked for. */
export interface WebhooksSettled extends CellRecord {
  readonly kind: "webhook.settled";
  /** Those that there is more to say of than that they were delivered. */
  readonly outcomes: readonly WebhookOutcome[];
  /** Ids of those that were delivered. Not in logs from before this was told apart. */
  readonly delivered?: readonly string[];
}

/** Somebody asked for a webhook to be sent again: as a new one, whose id is a SID. */
export interface WebhookReplayed extends CellRecord {
  readonly kind: "webhook.replayed";
  readonly request: Omit<WebhookRequested, "kind">;
}

/** The webhooks that wait. */
export class WebhookState {
  readonly jobs = new StateTable<WebhookJob>("webhooks", { projected: false });
}

/**
 * The webhook queue of a cell. It imports no product: products emit
 * `webhook.requested`, and are told of the answer through the responder registry.
 */
export function webhookMachine(
  state: WebhookState,
  effects: { queued(job: Readonly<WebhookJob>): void; recovered(): void },
): Machine {
  return {
    name: "webhooks",
    tables: [state.jobs] as readonly unknown[] as readonly StateTable<never>[],
    reducers: {
      "webhook.settled": (record: WebhooksSettled, context) => settle(state, record, context),
      "webhook.replayed": ({ request }: WebhookReplayed, context) => {
        const job: WebhookJob = { ...request, createdMs: context.atMs };
        state.jobs.put(job.id, job);
        context.effect(() => effects.queued(job));
      },
    },
    listeners: {
      "webhook.requested": (request: WebhookRequested, context) => {
        const job = jobOf(request, context.atMs);
        state.jobs.put(job.id, job);
        context.effect(() => effects.queued(job));
      },
    },
    recovered: () => effects.recovered(),
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Field by field, because a spread costs several times as much and this runs for every status of every message. */
function jobOf(request: WebhookRequested, createdMs: number): WebhookJob {
  const { id, accountSid, orderKey, purpose, resourceSid, url, method, params, fallbackUrl, fallbackMethod } = request;
  const job: Mutable<WebhookJob> = { id, accountSid, orderKey, purpose, resourceSid, url, method, params, createdMs };
  if (request.trace !== undefined) job.trace = request.trace;
  if (fallbackUrl === undefined) return job;
  return fallbackMethod === undefined ? { ...job, fallbackUrl } : { ...job, fallbackUrl, fallbackMethod };
}

function settle(state: WebhookState, record: WebhooksSettled, context: ApplyContext): void {
  if (record.delivered !== undefined) for (const id of record.delivered) state.jobs.delete(id);
  for (const outcome of record.outcomes) {
    const job = state.jobs.get(outcome.id);
    if (job === undefined) continue;
    state.jobs.delete(outcome.id);
    if (outcome.errorCode !== undefined) context.emit(alertOf(job, outcome, outcome.errorCode));
    if (outcome.repeats !== undefined) context.emit(chargeOf(job, outcome.repeats));
  }
}

/** A line for each request that was repeated; the id of a webhook is given once. */
function chargeOf(job: Readonly<WebhookJob>, repeats: NonNullable<WebhookOutcome["repeats"]>): ChargePosted {
  const { count, amountMicros, currency } = repeats;
  const { accountSid, resourceSid } = job;
  const lines = Array.from({ length: count }, (_, index) => ({
    id: `${job.id}:repeat-${index + 1}`,
    category: "webhook-retries",
    amountMicros: amountMicros / count,
    count: 1,
    usage: 1,
    usageUnit: "requests",
    // The first attempt of a webhook costs nothing.
    detail: { resourceSid, attempt: index + 2 },
  }));
  return { kind: "charge.posted", accountSid, currency, lines };
}

function alertOf(job: Readonly<WebhookJob>, outcome: WebhookOutcome, errorCode: number): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid: job.accountSid,
    errorCode,
    level: outcome.delivered ? "warning" : "error",
    text: outcome.text ?? "",
    resourceSid: job.resourceSid,
    requestUrl: outcome.url ?? job.url,
    requestMethod: job.method,
    requestParams: new URLSearchParams(job.params.map(([name, value]): [string, string] => [name, value])).toString(),
    ...(outcome.status === undefined ? {} : { responseStatus: outcome.status }),
    ...(outcome.body === undefined ? {} : { responseBody: outcome.body }),
  };
}

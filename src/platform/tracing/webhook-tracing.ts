import type { Clock } from "../ports.ts";
import type { AttemptResult, Sender, SendRequest, WebhookJob } from "../webhooks/index.ts";
import { messageIds, RECEIPT_STATUSES, receiptSpanId } from "./message-spans.ts";
import type { TailSampler } from "./tail-sampler.ts";
import { newSpanId, packContext, traceIdOf } from "./trace-context.ts";

/** What webhooks are traced with. */
export interface WebhookTracingOptions {
  readonly sampler: TailSampler;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly slowMs: number;
  /** What is known of a webhook that is sent. */
  readonly jobs: { get(id: string): Readonly<TracedJob> | undefined };
}

/** What of a webhook its spans are made of. */
export type TracedJob = Pick<WebhookJob, "accountSid" | "purpose" | "resourceSid"> & {
  /** Of the message that it tells of, as its record keeps it. */
  readonly trace?: string;
};

const MESSAGE_SID = /^[SM]M[0-9a-f]{32}$/;

/** A sender that gives each request a span, whose context it sends along (`traceparent`, `tracestate`). */
export class TracedSender implements Sender {
  private readonly next: Sender;
  private readonly options: WebhookTracingOptions;

  constructor(next: Sender, options: WebhookTracingOptions) {
    this.next = next;
    this.options = options;
  }

  send(request: SendRequest, done: (result: AttemptResult) => void): void {
    const { sampler, clock, slowMs } = this.options;
    const job = this.options.jobs.get(request.webhookId);
    if (job === undefined) return this.next.send(request, done);
    const parent = placeOf(request.webhookId, job);
    const { traceId, state } = parent;
    const spanId = newSpanId();
    const sampled = parent.sampled ?? sampler.isChosen(traceId);
    const context = packContext({ traceId, spanId, sampled, ...(state === undefined ? {} : { state }) });
    const startMs = clock.nowMs();
    const startedMs = clock.monotonicMs();
    sampler.hold(traceId);
    this.next.send({ ...request, context }, (result) => {
      const endMs = startMs + clock.monotonicMs() - startedMs;
      if (endMs - startMs >= slowMs) sampler.keep(traceId);
      sampler.record({
        traceId,
        spanId,
        parentSpanId: parent.spanId,
        name: `webhook ${request.method}`,
        kind: "client",
        startMs,
        endMs,
        attributes: attributesOf(request, job, result),
        failure: result.kind === "failed" ? `error ${result.errorCode}` : undefined,
        state,
      });
      sampler.release(traceId);
      done(result);
    });
  }

  close(): Promise<void> {
    return this.next.close();
  }
}

/** Where a webhook stands: below what it tells of. */
function placeOf(
  webhookId: string,
  { resourceSid, trace }: Readonly<TracedJob>,
): { traceId: string; spanId: string | undefined; state: string | undefined; sampled: boolean | undefined } {
  if (!MESSAGE_SID.test(resourceSid)) {
    return { traceId: traceIdOf(resourceSid), spanId: undefined, state: undefined, sampled: undefined };
  }
  const { traceId, spanId, state, sampled } = messageIds(resourceSid, trace);
  // The ids of status callbacks end with the status that they tell of.
  const told = webhookId.slice(webhookId.lastIndexOf(":") + 1);
  return { traceId, spanId: RECEIPT_STATUSES.has(told) ? receiptSpanId(resourceSid) : spanId, state, sampled };
}

/** The host of a URL is told, and nothing else of it: paths and queries can hold secrets and numbers. */
function attributesOf(
  { url, method }: SendRequest,
  { accountSid, purpose, resourceSid }: Readonly<TracedJob>,
  result: AttemptResult,
): Record<string, string | number> {
  const attributes: Record<string, string | number> = {
    "http.request.method": method,
    "trunkline.account_sid": accountSid,
    "trunkline.webhook": purpose,
    "trunkline.resource_sid": resourceSid,
  };
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address !== undefined) {
    attributes["server.address"] = address.hostname;
    attributes["url.scheme"] = address.protocol.slice(0, -1);
    attributes["server.port"] = address.port === "" ? (address.protocol === "https:" ? 443 : 80) : Number(address.port);
  }
  const status = result.kind === "answer" ? result.answer.status : result.status;
  if (status !== undefined) attributes["http.response.status_code"] = status;
  if (result.kind === "failed") attributes["error.type"] = String(result.errorCode);
  return attributes;
}

import type { WebhookAnswer } from "./job.ts";
import type { RequestTrace } from "./request-trace.ts";

/** One request of a webhook, complete. Plain data, because it may go to another thread. */
export interface SendRequest {
  /** Names the webhook; the idempotency token follows from it, so that it is the same on every repetition. */
  readonly webhookId: string;
  /** As configured: how it is to be connected to stands in its fragment. */
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: readonly (readonly [name: string, value: string])[];
  /** What it is signed with. */
  readonly authToken: string;
  /** For the request and its redirects. */
  readonly leftMs: number;
  /** Whether anybody reads a good answer. Where false it comes without content type, body and URL. */
  readonly wantsBody: boolean;
  /** Somebody may look at the request and its answer later: the result then has a trace. */
  readonly wantsTrace?: boolean;
  /** The span of this request, as platform/tracing packs it: sent along as `traceparent` and `tracestate`. */
  readonly context?: string | undefined;
}

/** How a request ended. `retryable` names the override class under which it may be repeated. */
export type AttemptResult =
  | { readonly kind: "answer"; readonly answer: WebhookAnswer; readonly url: string; readonly trace?: RequestTrace }
  | {
      readonly kind: "failed";
      readonly errorCode: number;
      readonly text: string;
      readonly status?: number;
      /** The beginning of the answer, as much of it as an alert shows. */
      readonly body?: string;
      readonly retryable: RetryClass | undefined;
      /** Nobody answered: counts against the host. `undefined` where nobody was asked. */
      readonly hostDown: boolean | undefined;
      readonly trace?: RequestTrace;
    };

export type RetryClass = "4xx" | "5xx" | "ct" | "rt";

/**
 * Sends the requests of webhooks: signs, resolves, judges addresses, keeps connections,
 * follows redirects, reads answers. Decides nothing about webhooks: what is repeated and
 * what an answer means is the caller's, who bounds how many requests are under way, too.
 */
export interface Sender {
  /** Sends the request; `done` is called once, in a later turn, whatever happens. */
  send(request: SendRequest, done: (result: AttemptResult) => void): void;
  /** Sends nothing more. What is under way ends as a broken connection. */
  close(): Promise<void>;
}

/** Longest part of an answer that is kept for an alert. */
export const MAX_EXCERPT_CHARACTERS = 1_024;

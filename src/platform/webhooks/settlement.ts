import type { CellRecord } from "../cell/index.ts";
import type { WebhookJob, WebhookOutcome } from "./job.ts";
import { MAX_EXCERPT_CHARACTERS } from "./sender.ts";

/** What becomes durable when a webhook is over. */
export interface Settlement {
  readonly orderKey: string;
  readonly outcome: WebhookOutcome;
  readonly records: readonly CellRecord[];
}

/** A webhook whose answer was understood. */
export interface Done {
  readonly kind: "done";
  readonly records: readonly CellRecord[];
  readonly warning?: { readonly errorCode: number; readonly text: string };
  readonly url: string;
  readonly answer: { readonly status: number; readonly body: string };
}

/** A webhook, or one of its URLs, that failed. */
export interface Failed {
  readonly kind: "failed";
  readonly errorCode: number;
  readonly text: string;
  readonly url: string;
  readonly status?: number;
  readonly body?: string;
  readonly hostDown: boolean | undefined;
  /** What earlier answers, which redirected to the one that failed, asked for. */
  readonly records: readonly CellRecord[];
}

/** The end of a webhook whose answer was understood. */
export function settled(job: Readonly<WebhookJob>, done: Done): Settlement {
  const { warning, url, answer } = done;
  const outcome: WebhookOutcome = {
    id: job.id,
    delivered: true,
    ...(warning === undefined ? {} : { ...warning, url, status: answer.status, body: excerpt(answer.body) }),
  };
  return { orderKey: job.orderKey, outcome, records: done.records };
}

/** The end of a webhook that failed. */
export function failed(job: Readonly<WebhookJob>, failure: Failed): Settlement {
  const { errorCode, text, url, status, body } = failure;
  const outcome: WebhookOutcome = {
    id: job.id,
    delivered: false,
    errorCode,
    text,
    url,
    ...(status === undefined ? {} : { status }),
    ...(body === undefined ? {} : { body: excerpt(body) }),
  };
  return { orderKey: job.orderKey, outcome, records: failure.records };
}

/** As much of an answer as an alert shows. */
function excerpt(body: string): string {
  return body.slice(0, MAX_EXCERPT_CHARACTERS);
}

import type { CellRecord } from "../cell/index.ts";
import type { WebhookAnswer, WebhookJob } from "./job.ts";

/**
 * What a product makes of the answer to its webhook: records to commit with the end of
 * the webhook, another URL to ask, or an error, for which the fallback URL is asked.
 */
export type ResponderVerdict =
  | {
      readonly kind: "done";
      readonly records: readonly CellRecord[];
      /** A problem worth telling, although the answer was usable. */
      readonly warning?: { readonly errorCode: number; readonly text: string };
    }
  | {
      readonly kind: "redirect";
      readonly url: string;
      readonly method: "GET" | "POST";
      readonly records: readonly CellRecord[];
      readonly warning?: { readonly errorCode: number; readonly text: string };
    }
  | { readonly kind: "failed"; readonly errorCode: number; readonly text: string };

/** Reads the answer to a webhook. `requestUrl` is the one that answered, for relative addresses. */
export type Responder = (job: Readonly<WebhookJob>, answer: WebhookAnswer, requestUrl: string) => ResponderVerdict;

/** For webhooks whose answer nobody reads. */
export const ignoreAnswer: Responder = () => ({ kind: "done", records: [] });

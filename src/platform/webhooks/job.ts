import type { WebhookRequested } from "./request.ts";

/** A webhook that waits to be delivered, as the cell keeps it. */
export interface WebhookJob extends Omit<WebhookRequested, "kind"> {
  readonly createdMs: number;
}

/** What a webhook's server answered. */
export interface WebhookAnswer {
  readonly status: number;
  /** Lower case, without parameters; empty where none was given. */
  readonly contentType: string;
  readonly body: string;
}

/** How a webhook ended: with an answer that was understood, or with the error the account is shown. */
export interface WebhookOutcome {
  readonly id: string;
  readonly delivered: boolean;
  readonly errorCode?: number;
  readonly text?: string;
  readonly url?: string;
  readonly status?: number;
  readonly body?: string;
  /** Requests that were repeated, where they are billed, and what they cost together. */
  readonly repeats?: { readonly count: number; readonly amountMicros: number; readonly currency: string };
}

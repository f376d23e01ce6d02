import type { Fact } from "../cell/index.ts";

/**
 * The fact by which a product asks for a webhook. Emitted while a record is applied,
 * so that it is exactly as durable as what it tells of; queued once for each `id`.
 */
export interface WebhookRequested extends Fact {
  readonly kind: "webhook.requested";
  /** Unique for ever, made from what it tells of, for example `SM…:delivered`. */
  readonly id: string;
  readonly accountSid: string;
  /** Requests with the same key are delivered one after the other, in this order. */
  readonly orderKey: string;
  /** Names who is told of the answer; see the responder registry. */
  readonly purpose: string;
  /** What the request is about, for example a message SID; shown with errors. */
  readonly resourceSid: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: readonly (readonly [name: string, value: string])[];
  /** Asked, with `ErrorCode` and `ErrorUrl`, when the first URL fails. */
  readonly fallbackUrl?: string;
  readonly fallbackMethod?: "GET" | "POST";
  /** The request that what it tells of came of, as platform/tracing writes it; absent where nothing was traced. */
  readonly trace?: string;
  /** What it repeats, where somebody asked for that: the SID or id of that webhook. */
  readonly replayOf?: string;
}

/** The fact by which anything reports a problem to the account's debugger log. */
export interface AlertRaised extends Fact {
  readonly kind: "alert.raised";
  readonly accountSid: string;
  readonly errorCode: number;
  readonly level: "error" | "warning" | "notice";
  readonly text: string;
  readonly resourceSid?: string;
  readonly requestUrl?: string;
  readonly requestMethod?: string;
  readonly requestParams?: string;
  readonly responseStatus?: number;
  readonly responseBody?: string;
}

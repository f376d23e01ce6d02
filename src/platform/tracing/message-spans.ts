import { spanIdOf, traceIdOf, unpackContext } from "./trace-context.ts";

/**
 * What of a message its spans are made of. The message of modules/messaging is one; nothing of it is
 * changed, and nothing is read that says who it is from or to, or what it says.
 */
export interface TracedMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly status: string;
  readonly segments: number;
  readonly createdMs: number;
  readonly sentMs?: number;
  readonly errorCode?: number;
  readonly carrier?: string;
  /** Where it was made, as {@link packContext} writes it; absent where nobody said. */
  readonly trace?: string;
  readonly tries?: readonly TracedAttempt[];
}

/** One attempt to hand it to a carrier. */
export interface TracedAttempt {
  readonly number: number;
  readonly carrier: string;
  readonly atMs: number;
  /** Parts without an answer yet. */
  readonly open: number;
  readonly parts: number;
  readonly outcome?: "accepted" | "refused" | "unknown" | "not-sent";
  readonly status?: string;
}

/** The trace of a message, and the spans in it that can be found again after a restart. */
export interface MessageIds {
  readonly traceId: string;
  /** The request that made it; absent where nobody said. */
  readonly parentSpanId: string | undefined;
  readonly state: string | undefined;
  /** The message itself, from its acceptance to its end. */
  readonly spanId: string;
  /** What the client said, where it said something. */
  readonly sampled: boolean | undefined;
}

/** The ids of a message, of its SID and of what its record keeps of the request. */
export function messageIds(sid: string, packed: string | undefined): MessageIds {
  const context = unpackContext(packed);
  return {
    traceId: context?.traceId ?? traceIdOf(sid),
    parentSpanId: context?.spanId,
    state: context?.state,
    spanId: spanIdOf(sid, "message"),
    sampled: context?.sampled,
  };
}

/** The span of an attempt. */
export function attemptSpanId(sid: string, number: number): string {
  return spanIdOf(sid, `attempt ${number}`);
}

/** The span of the receipt that ended a message. */
export function receiptSpanId(sid: string): string {
  return spanIdOf(sid, "receipt");
}

/** Statuses that a receipt leads to. */
export const RECEIPT_STATUSES: ReadonlySet<string> = new Set(["delivered", "undelivered"]);

/** Statuses after which nothing more happens by itself. */
export const FINAL_STATUSES: ReadonlySet<string> = new Set([
  "delivered",
  "undelivered",
  "failed",
  "canceled",
  "received",
]);

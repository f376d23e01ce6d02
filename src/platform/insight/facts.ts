import type { Fact } from "../cell/index.ts";

/**
 * Fact: a message has a new status. Emitted in the step of the record that it follows from, once for
 * each change, so whoever counts in a listener counts exactly what the log says. It runs for every
 * message several times: made as one literal that names every field in this order, with `undefined` for
 * what is absent. Facts of one shape are counted in half the time of facts of many.
 */
export interface MessageChanged extends Fact {
  readonly kind: "message.changed";
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: "inbound" | "outbound";
  /** As the API names it: queued, scheduled, sending, sent, delivered, undelivered, failed, canceled, received … */
  readonly status: string;
  /** The status before; absent where the message is new. */
  readonly before?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly from: string;
  readonly to: string;
  readonly segments: number;
  /** ISO 3166-1 alpha-2 of the other end; absent where it is not known. */
  readonly country?: string | undefined;
  /** The carrier of the latest attempt, or the one that it came from. */
  readonly carrier?: string | undefined;
  /** When the message was accepted, in epoch milliseconds. The record's own time is that of the change. */
  readonly acceptedMs: number;
  /** When it is due, where it was scheduled: what it waits until then is nobody's delay. */
  readonly dueMs?: number | undefined;
  /** What the account pays for it, where that is known by now, in micros of `currency`. */
  readonly priceMicros?: number | undefined;
  readonly currency?: string | undefined;
}

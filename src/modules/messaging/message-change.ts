import { countryOf } from "../../protocols/e164/index.ts";
import type { ApplyContext } from "../../platform/cell/index.ts";
import type { MessageChanged } from "../../platform/insight/index.ts";
import type { Message, MessageStatus } from "./message.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Tells those who count that a message has another status, or is new where `before` is absent. For
 * reducers only, once for each change. Field by field: this runs several times for every message.
 */
export function tellChange(
  message: Readonly<Message>,
  before: MessageStatus | undefined,
  context: Pick<ApplyContext, "emit">,
): void {
  const isInbound = message.direction === "inbound";
  const fact: Mutable<MessageChanged> = {
    kind: "message.changed",
    sid: message.sid,
    accountSid: message.accountSid,
    direction: isInbound ? "inbound" : "outbound",
    status: message.status,
    from: message.from,
    to: message.to,
    segments: message.segments,
    acceptedMs: message.createdMs,
  };
  if (before !== undefined) fact.before = before;
  if (message.errorCode !== undefined) fact.errorCode = message.errorCode;
  const country = message.quote?.country ?? countryOf(isInbound ? message.from : message.to);
  if (country !== undefined) fact.country = country;
  if (message.carrier !== undefined) fact.carrier = message.carrier;
  const dueMs = message.dueMs ?? message.wasDueMs;
  if (dueMs !== undefined) fact.dueMs = dueMs;
  if (message.priceMicros !== undefined) {
    fact.priceMicros = message.priceMicros;
    if (message.priceUnit !== undefined) fact.currency = message.priceUnit;
  }
  context.emit(fact);
}

import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { AlertRaised } from "../../platform/webhooks/index.ts";
import { messageErrors } from "./errors.ts";
import type { MessageEffects } from "./effects.ts";
import { settleReceipt } from "./receipt-reducers.ts";
import { hasPendingPart, isFinal, statusOfParts, type Message, type Part } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import type {
  DeadlinesPassed,
  MediaStored,
  MessageAccepted,
  MessageCanceled,
  MessageRejected,
  MessagesAttempted,
  RefusalVerdict,
  SubmitAnswer,
  SubmitsAnswered,
} from "./records.ts";
import { retryDelayMs } from "./retry.ts";
import { changeStatus } from "./status-callback.ts";

/** The reducers that move an outbound message from accepted to handed over. */
export function outboundReducers(state: MessageState, effects: MessageEffects): Record<string, Reducer> {
  return {
    "message.accepted": (record: MessageAccepted, context) => accept(state, effects, record, context),
    "message.media-stored": (record: MediaStored, context) => storeMedia(state, effects, record, context),
    "message.rejected": (record: MessageRejected, context) => reject(state, record, context),
    "message.attempted": (record: MessagesAttempted, context) => attempt(state, effects, record, context),
    "message.answered": (record: SubmitsAnswered, context) => {
      for (const answer of record.answers) applyAnswer(state, effects, { carrier: record.carrier, answer }, context);
    },
    "message.canceled": (record: MessageCanceled, context) => cancel(state, record, context),
    "message.deadlines": (record: DeadlinesPassed, context) => {
      for (const sid of record.sids) passDeadline(state, sid, context);
    },
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function accept(state: MessageState, effects: MessageEffects, record: MessageAccepted, context: ApplyContext): Message {
  // After a disk failure that left the outcome open the same record may stand in the log twice.
  const known = state.messages.get(record.sid);
  if (known !== undefined) return known;
  // Field by field, because a spread costs several times as much and this runs for every message.
  const message: Mutable<Message> = {
    sid: record.sid,
    accountSid: record.accountSid,
    direction: record.direction,
    from: record.from,
    to: record.to,
    body: record.body,
    encoding: record.encoding,
    segments: record.segments,
    validUntilMs: record.validUntilMs,
    status: "queued",
    createdMs: context.atMs,
    updatedMs: context.atMs,
    attempts: 0,
    parts: pendingParts(record.segments),
  };
  if (record.sentText !== undefined) message.sentText = record.sentText;
  if (record.statusCallback !== undefined) message.statusCallback = record.statusCallback;
  if (record.callbackEvents !== undefined) message.callbackEvents = record.callbackEvents;
  if (record.provideFeedback !== undefined) message.provideFeedback = record.provideFeedback;
  if (record.mediaUrls !== undefined) message.mediaUrls = record.mediaUrls;
  state.messages.put(message.sid, message);
  context.effect(() => (message.mediaUrls === undefined ? effects.ready(message) : effects.fetchMedia(message)));
  return message;
}

function pendingParts(count: number): Part[] {
  return Array.from({ length: count }, (): Part => ({ state: "pending" }));
}

function isUntouched(message: Readonly<Message>): boolean {
  return message.parts.every((part) => part.state === "pending");
}

function storeMedia(state: MessageState, effects: MessageEffects, record: MediaStored, context: ApplyContext): void {
  const message = state.messages.edit(record.sid);
  if (message === undefined) return;
  message.media = record.media;
  message.sentText = record.sentText;
  delete message.mediaUrls;
  message.updatedMs = context.atMs;
  if (!isFinal(message.status)) context.effect(() => effects.ready(message));
}

function reject(state: MessageState, record: MessageRejected, context: ApplyContext): void {
  const message = state.messages.edit(record.sid);
  if (message !== undefined) finish(state, message, { status: "failed", errorCode: record.errorCode }, context);
}

/** Ends a message for good with an error code. */
function finish(
  state: MessageState,
  message: Message,
  end: { status: "failed" | "undelivered"; errorCode: number },
  context: ApplyContext,
): void {
  if (isFinal(message.status)) return;
  const { status, errorCode } = end;
  message.errorCode = errorCode;
  changeStatus(message, status, context);
  state.unlinkAllUnknown(message);
  const alert: AlertRaised = {
    kind: "alert.raised",
    accountSid: message.accountSid,
    errorCode,
    level: "warning",
    text: `Message ${message.sid} is ${status}`,
    resourceSid: message.sid,
  };
  context.emit(alert);
}

/** Returns the messages that may be submitted now; what was canceled or expired meanwhile is left out. */
function attempt(state: MessageState, effects: MessageEffects, record: MessagesAttempted, context: ApplyContext): void {
  const begun: { message: Message; parts: number[] }[] = [];
  for (const sid of record.sids) {
    const message = state.messages.get(sid);
    if (message === undefined || isFinal(message.status) || !hasPendingPart(message)) continue;
    const edited = state.messages.edit(sid) as Message;
    const count = record.partCounts?.[sid] ?? edited.segments;
    if (count !== edited.parts.length && isUntouched(edited)) edited.parts = pendingParts(count);
    const parts: number[] = [];
    edited.parts.forEach((part, index) => {
      if (part.state !== "pending") return;
      part.state = "submitted";
      part.via = record.carrier;
      parts.push(index);
    });
    edited.attempts += 1;
    edited.carrier = record.carrier;
    delete edited.retryAtMs;
    changeStatus(edited, "sending", context);
    begun.push({ message: edited, parts });
  }
  context.effect(() => effects.submit(record.carrier, begun));
}

function applyAnswer(
  state: MessageState,
  effects: MessageEffects,
  given: { carrier: string; answer: SubmitAnswer },
  context: ApplyContext,
): void {
  const { carrier, answer } = given;
  const message = state.messages.edit(answer.sid);
  const part = message?.parts[answer.part];
  if (message === undefined || part === undefined || part.state !== "submitted") return;
  const { outcome } = answer;
  if (outcome.kind === "accepted") {
    part.state = "accepted";
    part.id = outcome.id;
    state.linkCarrierId(carrier, outcome.id, message.sid, answer.part);
    changeStatus(message, statusOfParts(message), context);
    settleHeld(state, { carrier, id: outcome.id, message, part: answer.part }, context);
    settleWhole(state, message, answer.part, context);
    return;
  }
  if (outcome.kind === "unknown") {
    part.state = "unknown";
    if (!isFinal(message.status)) state.linkUnknown(carrier, message);
    settleWhole(state, message, answer.part, context);
    return;
  }
  part.state = "pending";
  delete part.via;
  if (isFinal(message.status)) return;
  if (outcome.kind === "refused" && outcome.verdict === "permanent") {
    return finish(state, message, { status: "failed", errorCode: outcome.errorCode }, context);
  }
  const { verdict } = outcome.kind === "not-sent" ? { verdict: "not-sent" as const } : outcome;
  if (outcome.kind === "refused") message.refusalCode = outcome.errorCode;
  // An attempt in which the carrier took no part does not count: all of its parts wait again.
  if ((verdict === "not-sent" || verdict === "throttle") && isUntouched(message)) message.attempts -= 1;
  const retryAtMs = verdict === "not-sent" ? undefined : context.atMs + delayOf(message, carrier, verdict);
  // With another part that waits the message is queued again already; that attempt takes this part along.
  if (message.parts.filter(({ state }) => state === "pending").length > 1) return;
  if (retryAtMs === undefined) return context.effect(() => effects.ready(message));
  message.retryAtMs = retryAtMs;
  context.effect(() => effects.retry(message.sid, retryAtMs));
}

/** How long a message waits after a refusal. Another carrier is asked at once, once each. */
function delayOf(message: Message, carrier: string, verdict: RefusalVerdict): number {
  if (verdict === "other-route" && message.refusedBy?.includes(carrier) !== true) {
    message.refusedBy = [...(message.refusedBy ?? []), carrier];
    return 0;
  }
  return retryDelayMs(message.sid, message.attempts, verdict);
}

/** A receipt may have come before the response that names it. */
function settleHeld(
  state: MessageState,
  given: { carrier: string; id: string; message: Message; part: number },
  context: ApplyContext,
): void {
  const key = `${given.carrier}|${given.id}`;
  const held = state.heldReceipts.get(key);
  if (held === undefined) return;
  state.heldReceipts.delete(key);
  settleReceipt(state, { message: given.message, part: given.part, receipt: held.receipt }, context);
}

/** The receipt for all parts may have come before the answer to this one. */
function settleWhole(state: MessageState, message: Message, part: number, context: ApplyContext): void {
  const receipt = message.wholeReceipt;
  if (receipt !== undefined) settleReceipt(state, { message, part, receipt }, context);
}

function cancel(state: MessageState, record: MessageCanceled, context: ApplyContext): Message | undefined {
  const message = state.messages.get(record.sid);
  if (message === undefined || isFinal(message.status)) return undefined;
  if (!isUntouched(message)) return undefined;
  const edited = state.messages.edit(record.sid) as Message;
  changeStatus(edited, "canceled", context);
  return edited;
}

/**
 * What a deadline means depends on where the message is: queued too long, an outcome
 * that stayed unknown, or sent without a receipt, which then stays `sent`.
 */
function passDeadline(state: MessageState, sid: string, context: ApplyContext): void {
  const current = state.messages.get(sid);
  if (current === undefined || isFinal(current.status)) return;
  // An answer or a broken connection will decide what is submitted; the sweep comes again.
  if (current.parts.some((part) => part.state === "submitted")) return;
  const message = state.messages.edit(sid) as Message;
  if (message.parts.some((part) => part.state === "unknown")) {
    giveUpUnknown(state, message);
    finish(state, message, { status: "undelivered", errorCode: messageErrors.unknownOutcome.code }, context);
  } else if (hasPendingPart(message)) {
    const errorCode = message.refusalCode ?? messageErrors.validityExpired.code;
    finish(state, message, { status: "failed", errorCode }, context);
  } else {
    message.closed = true;
  }
}

function giveUpUnknown(state: MessageState, message: Message): void {
  for (const part of message.parts) {
    if (part.state !== "unknown") continue;
    part.state = "failed";
    if (part.via !== undefined) state.unlinkUnknown(part.via, message);
  }
}

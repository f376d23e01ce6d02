import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { LinkCreated } from "../links/index.ts";
import { changeHold, holdCharge, settleCharge } from "./charges.ts";
import type { MessageEffects } from "./effects.ts";
import { finish } from "./finish.ts";
import { isFinal, isUntouched, pendingParts, type Message } from "./message.ts";
import { tellChange } from "./message-change.ts";
import type { MessageState } from "./message-state.ts";
import type { AcceptedEvent } from "./message-trace.ts";
import type {
  HealthChanged,
  MediaStored,
  MessageAccepted,
  MessageCanceled,
  MessageRejected,
  MessageReplaced,
  MessagesParked,
  MessagesUnparked,
} from "./records.ts";
import { changeStatus, tellStatus } from "./status-callback.ts";
import { stickTo, waitUntil, type ReducerDeps } from "./waiting-reducers.ts";

/** The reducers for an outbound message until its first attempt: accepted, changed, parked, called off. */
export function outboundReducers(deps: ReducerDeps): Record<string, Reducer> {
  const { state, effects } = deps;
  return {
    "message.accepted": (record: MessageAccepted, context) => accept(deps, record, context),
    "message.media-stored": (record: MediaStored, context) => storeMedia(state, effects, record, context),
    "message.rejected": (record: MessageRejected, context) => {
      const message = state.messages.edit(record.sid);
      const end = { status: "failed", errorCode: record.errorCode } as const;
      if (message !== undefined) finish(state, { effects, context }, message, end);
    },
    "message.canceled": (record: MessageCanceled, context) => cancel(state, effects, record, context),
    "message.replaced": (record: MessageReplaced, context) => replace(state, record, context),
    "message.parked": (record: MessagesParked, context) => park(state, record, context),
    "message.unparked": (record: MessagesUnparked, context) => unpark(state, effects, record, context),
    "message.health-changed": (record: HealthChanged, context) => {
      const { version, changed } = record;
      for (const { carrier, content } of changed) state.keepHealth({ version, carrier, content, atMs: context.atMs });
    },
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A message is accepted, by itself or as the answer to a keyword. For reducers only. */
export function accept(deps: ReducerDeps, record: MessageAccepted, context: ApplyContext): Message {
  const { state, effects, services } = deps;
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
    status: record.dueMs === undefined ? "queued" : "scheduled",
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
  if (record.senderKind !== undefined) message.senderKind = record.senderKind;
  if (record.trafficClass !== undefined) message.trafficClass = record.trafficClass;
  if (record.guarantee !== undefined) message.guarantee = record.guarantee;
  if (record.origin !== undefined) message.origin = record.origin;
  if (record.serviceSid !== undefined) message.serviceSid = record.serviceSid;
  if (record.intent !== undefined) message.intent = record.intent;
  if (record.dlt !== undefined) message.dlt = record.dlt;
  if (record.tlvs !== undefined) message.tlvs = record.tlvs;
  if (record.quote !== undefined) message.quote = record.quote;
  if (record.confirms !== undefined) message.confirms = record.confirms;
  if (record.riskCheck !== undefined) message.riskCheck = record.riskCheck;
  if (record.trace !== undefined) message.trace = record.trace;
  if (record.links !== undefined) createLinks(message, record.links, context);
  state.messages.put(message.sid, message);
  state.trace?.note(context, record.sid, acceptedEvent(record));
  if (record.dueMs !== undefined) {
    if (record.validitySeconds !== undefined) message.validitySeconds = record.validitySeconds;
    if (record.maxPriceMicros !== undefined) message.maxPriceMicros = record.maxPriceMicros;
    waitUntil({ ...deps, context }, message, record.dueMs);
    tellChange(message, undefined, context);
    return message;
  }
  if (record.heldMicros !== undefined) holdCharge(message, record.heldMicros, context);
  state.enqueued(message);
  tellChange(message, undefined, context);
  if (record.serviceSid !== undefined) {
    if (record.isPoolChoice === true) stickTo(services, message, context);
    // The customer was told `accepted`; that it is queued is news.
    tellStatus(message, context);
  }
  if (record.failsWith !== undefined) {
    finish(state, { effects, context }, message, { status: "failed", errorCode: record.failsWith });
    return message;
  }
  context.effect(() => (message.mediaUrls === undefined ? effects.accepted(message) : effects.fetchMedia(message)));
  return message;
}

function acceptedEvent(record: MessageAccepted): AcceptedEvent {
  return {
    kind: "accepted",
    quote: record.quote,
    heldMicros: record.heldMicros,
    isPoolChoice: record.isPoolChoice === true,
    rule: record.rule,
    failsWith: record.failsWith,
    links: record.links?.length ?? 0,
  };
}

function createLinks(message: Message, links: NonNullable<MessageAccepted["links"]>, context: ApplyContext): void {
  const { accountSid, sid: messageSid, serviceSid, from, to } = message;
  for (const link of links) {
    const fact: LinkCreated = {
      kind: "link.created",
      accountSid,
      link,
      messageSid,
      to,
      ...(serviceSid === undefined ? {} : { serviceSid }),
      ...(from === "" ? {} : { from }),
    };
    context.emit(fact);
  }
}

function storeMedia(state: MessageState, effects: MessageEffects, record: MediaStored, context: ApplyContext): void {
  const message = state.messages.edit(record.sid);
  if (message === undefined) return;
  message.media = record.media;
  message.sentText = record.sentText;
  delete message.mediaUrls;
  message.updatedMs = context.atMs;
  state.trace?.note(context, message.sid, { kind: "media-stored", count: record.media.length });
  if (!isFinal(message.status)) context.effect(() => effects.ready(message));
}

function cancel(
  state: MessageState,
  effects: MessageEffects,
  record: MessageCanceled,
  context: ApplyContext,
): Message | undefined {
  const message = waiting(state, record.sid);
  if (message === undefined) return undefined;
  state.dequeued(message);
  changeStatus(message, "canceled", context);
  delete message.dueMs;
  settleCharge(message, context);
  context.effect(() => effects.handedOver(message));
  return message;
}

/** The message, if certainly nothing of it is with a carrier. What is parked is not: in a replay it may still be here. */
function waiting(state: MessageState, sid: string): Mutable<Message> | undefined {
  const message = state.messages.get(sid);
  if (message === undefined || isFinal(message.status) || !isUntouched(message)) return undefined;
  if (message.possibleDuplicate === true || message.parked === true) return undefined;
  return state.messages.edit(sid);
}

function replace(state: MessageState, record: MessageReplaced, context: ApplyContext): Message | undefined {
  const message = waiting(state, record.sid);
  if (message === undefined || message.media !== undefined || message.mediaUrls !== undefined) return undefined;
  const isQueued = message.status === "queued" && message.dueMs === undefined;
  if (isQueued) state.dequeued(message);
  message.body = record.body;
  if (record.sentText === undefined) delete message.sentText;
  else message.sentText = record.sentText;
  message.encoding = record.encoding;
  message.segments = record.segments;
  message.parts = pendingParts(record.segments);
  if (record.validUntilMs !== undefined) message.validUntilMs = record.validUntilMs;
  if (record.receipt !== undefined && message.origin !== undefined) {
    message.origin = { ...message.origin, receipt: record.receipt };
  }
  message.updatedMs = context.atMs;
  state.trace?.note(context, message.sid, { kind: "replaced" });
  if (record.hold !== undefined) changeHold(message, record.hold, context);
  if (isQueued) state.enqueued(message);
  return message;
}

function park(state: MessageState, record: MessagesParked, context: ApplyContext): void {
  for (const sid of record.sids) {
    const message = state.messages.get(sid);
    if (message === undefined || message.parked === true) continue;
    if (message.status !== "queued" && (message.dueMs === undefined || isFinal(message.status))) continue;
    const edited = state.messages.edit(sid) as Message;
    edited.parked = true;
    state.park(edited, 1);
    state.trace?.note(context, sid, { kind: "parked" });
  }
}

/** Messages come back into memory. Those that had not left it yet are as they were. */
function unpark(state: MessageState, effects: MessageEffects, record: MessagesUnparked, context: ApplyContext): void {
  const back: Message[] = [];
  for (const row of record.messages) {
    const known = state.messages.edit(row.sid);
    if (known !== undefined && known.parked !== true) continue;
    const message = known ?? row;
    delete message.parked;
    if (known === undefined) state.messages.put(message.sid, message);
    state.park(message, -1);
    state.trace?.note(context, message.sid, { kind: "unparked" });
    back.push(message);
  }
  context.effect(() => {
    for (const message of back) {
      if (message.dueMs === undefined) effects.ready(message);
      else effects.waits(message);
    }
  });
}

import type { ApplyContext, Machine } from "../../platform/cell/index.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import { receiptOwner, textOwner, type Delivery, type ReceiptToGive } from "./delivery.ts";
import { esmeErrors } from "./errors.ts";
import type { EsmeState, PartSet } from "./esme-state.ts";
import { partId } from "./message-ids.ts";
import type { MessageReported, TextReceived } from "./messaging-door.ts";
import type {
  DeliveriesAcknowledged,
  DeliveriesLeft,
  LeftDelivery,
  PartKept,
  PartsGivenUp,
  PartsJoined,
} from "./records.ts";

/** What the reducers set in motion once a record stands. The delivery desk implements it. */
export interface EsmeEffects {
  queued(delivery: Readonly<Delivery>): void;
  recovered(): void;
}

/**
 * The cell's part of this module: parts that wait to be a message, and what waits for the
 * binds. It hears what messaging tells of messages that came by SMPP.
 */
export function esmeMachine(state: EsmeState, effects: EsmeEffects): Machine {
  return {
    name: "esme",
    tables: state.tables,
    reducers: {
      "esme.part-kept": (record: PartKept, context) => keepPart(state, effects, record, context),
      "esme.parts-joined": (record: PartsJoined) => {
        if (state.partSets.get(record.key)?.sid === record.sid) state.partSets.delete(record.key);
      },
      "esme.parts-given-up": (record: PartsGivenUp, context) => {
        for (const { key, sid } of record.sets) {
          const set = state.partSets.get(key);
          if (set?.sid === sid) giveUpParts({ state, effects, context }, set, record.errorCode);
        }
      },
      "esme.delivered": (record: DeliveriesAcknowledged) => {
        for (const id of record.ids) remove(state, id);
      },
      "esme.left": (record: DeliveriesLeft, context) => {
        for (const left of record.left) leave(state, left, context);
      },
    },
    listeners: {
      "message.reported": (fact: MessageReported, context) => reported({ state, effects, context }, fact),
      "message.received": (fact: TextReceived, context) => received({ state, effects, context }, fact),
    },
    recovered: () => effects.recovered(),
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a step works with. */
interface Step {
  readonly state: EsmeState;
  readonly effects: EsmeEffects;
  readonly context: ApplyContext;
}

function keepPart(state: EsmeState, effects: EsmeEffects, record: PartKept, context: ApplyContext): void {
  const { key, sid, systemId, accountSid, total, from, to, source, destination, userReference } = record;
  let set = state.partSets.get(key);
  if (set !== undefined && set.sid !== sid) {
    // The client uses the reference anew.
    giveUpParts({ state, effects, context }, set, esmeErrors.partsIncomplete.code);
    set = undefined;
  }
  const head = { key, sid, systemId, accountSid, total, from, to, source, destination };
  state.partSets.put(key, {
    ...head,
    ...(userReference === undefined ? {} : { userReference }),
    sinceMs: set?.sinceMs ?? context.atMs,
    parts: { ...set?.parts, [record.sequence]: record.part },
  });
}

function giveUpParts(step: Step, set: Readonly<PartSet>, errorCode: number): void {
  step.state.partSets.delete(set.key);
  for (const [sequence, part] of Object.entries(set.parts)) {
    if (part.receipt === "none") continue;
    const receipt: ReceiptToGive = {
      messageId: partId(set.sid, Number(sequence)),
      messageSid: set.sid,
      from: set.from,
      to: set.to,
      status: "failed",
      errorCode,
      submittedMs: set.sinceMs,
      doneMs: step.context.atMs,
      bodyStart: part.text.slice(0, 20),
      source: set.source,
      destination: set.destination,
      ...(set.userReference === undefined ? {} : { userReference: set.userReference }),
    };
    enqueueReceipt(step, { accountSid: set.accountSid, systemId: set.systemId, receipt });
  }
}

function reported(step: Step, fact: MessageReported): void {
  const { origin, status } = fact;
  const isIntermediate = status === "sent" && fact.closed !== true;
  if (isIntermediate ? origin.intermediate !== true : !wantsFinal(fact)) return;
  for (const messageId of origin.partIds ?? [fact.sid]) {
    // Field by field, because a spread costs several times as much and this runs for every message.
    const receipt: Mutable<ReceiptToGive> = {
      messageId,
      messageSid: fact.sid,
      from: fact.from,
      to: fact.to,
      status,
      submittedMs: fact.submittedMs,
      doneMs: fact.doneMs,
      bodyStart: fact.bodyStart,
      source: origin.source,
      destination: origin.destination,
    };
    if (fact.closed === true) receipt.closed = true;
    if (fact.errorCode !== undefined) receipt.errorCode = fact.errorCode;
    if (origin.userReference !== undefined) receipt.userReference = origin.userReference;
    enqueueReceipt(step, { accountSid: fact.accountSid, systemId: origin.systemId, receipt });
  }
}

function wantsFinal({ origin, status }: MessageReported): boolean {
  if (status === "queued" || status === "sending") return false;
  return origin.receipt === "all" || (origin.receipt === "failure" && status !== "delivered");
}

function enqueueReceipt(
  step: Step,
  given: { readonly accountSid: string; readonly systemId: string; readonly receipt: ReceiptToGive },
): void {
  const { accountSid, systemId, receipt } = given;
  const { messageSid, messageId, status } = receipt;
  enqueue(step, {
    id: `${messageSid}/${messageId}:${receipt.closed === true ? "closed" : status}`,
    accountSid,
    owner: receiptOwner(systemId),
    orderKey: `${messageSid}/${messageId}`,
    createdMs: step.context.atMs,
    receipt,
  });
}

function received(step: Step, fact: TextReceived): void {
  const { sid, accountSid, from, to, body, fallback } = fact;
  enqueue(step, {
    id: `${sid}:received`,
    accountSid,
    owner: textOwner(accountSid),
    orderKey: sid,
    createdMs: step.context.atMs,
    text: { sid, from, to, body, ...(fallback === undefined ? {} : { fallback }) },
  });
}

/** Keeps a delivery; beyond the maximum it goes to its own webhook, or is dropped with one alert until there is room again. */
function enqueue({ state, effects, context }: Step, delivery: Delivery): void {
  if (state.deliveries.has(delivery.id)) return;
  const count = state.owners.get(delivery.owner) ?? { waiting: 0, dropped: 0 };
  if (state.deliveries.size < state.maxima.deliveries && count.waiting < state.maxima.perOwner) {
    state.deliveries.put(delivery.id, delivery);
    state.owners.put(delivery.owner, { waiting: count.waiting + 1, dropped: count.dropped });
    context.effect(() => effects.queued(delivery));
    return;
  }
  const { fallback } = delivery.text ?? {};
  if (fallback !== undefined) return context.emit(fallback);
  if (count.dropped === 0) context.emit(alertOf(delivery, esmeErrors.deliveriesFull));
  state.owners.put(delivery.owner, { waiting: count.waiting, dropped: count.dropped + 1 });
}

function remove(state: EsmeState, id: string): Readonly<Delivery> | undefined {
  const delivery = state.deliveries.get(id);
  if (delivery === undefined) return undefined;
  state.deliveries.delete(id);
  const count = state.owners.get(delivery.owner);
  const waiting = (count?.waiting ?? 1) - 1;
  // An alert again only after there was room in earnest.
  const dropped = waiting < state.maxima.perOwner / 2 ? 0 : (count?.dropped ?? 0);
  if (waiting <= 0) state.owners.delete(delivery.owner);
  else state.owners.put(delivery.owner, { waiting, dropped });
  return delivery;
}

function leave(state: EsmeState, left: LeftDelivery, context: ApplyContext): void {
  const delivery = remove(state, left.id);
  if (delivery === undefined) return;
  const { receipt, text } = delivery;
  if (text?.fallback !== undefined) return context.emit(text.fallback);
  if (receipt !== undefined && left.fallbackUrl !== undefined) {
    return context.emit(receiptWebhook(delivery, receipt, left.fallbackUrl));
  }
  context.emit(alertOf(delivery, esmeErrors.notDelivered));
}

/** The receipt with the parameters of a status callback, and the id that the client knows where it is no SID. */
function receiptWebhook(delivery: Readonly<Delivery>, receipt: ReceiptToGive, url: string): WebhookRequested {
  const { messageSid, messageId, status, errorCode, from, to } = receipt;
  const params: [string, string][] = [
    ["SmsSid", messageSid],
    ["SmsStatus", status],
    ["MessageStatus", status],
    ["To", to],
    ["MessageSid", messageSid],
    ["AccountSid", delivery.accountSid],
    ["From", from],
    ["ApiVersion", "2010-04-01"],
  ];
  if (errorCode !== undefined) params.push(["ErrorCode", String(errorCode)]);
  if (messageId !== messageSid) params.push(["SmppMessageId", messageId]);
  return {
    kind: "webhook.requested",
    id: `smpp:${delivery.id}`,
    accountSid: delivery.accountSid,
    orderKey: messageSid,
    purpose: "message.status",
    resourceSid: messageSid,
    url,
    method: "POST",
    params,
  };
}

function alertOf(delivery: Readonly<Delivery>, spec: { readonly code: number; readonly message: string }): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid: delivery.accountSid,
    errorCode: spec.code,
    level: "error",
    text: spec.message.replace("{owner}", delivery.owner.slice(delivery.owner.indexOf(":") + 1)),
    resourceSid: delivery.receipt?.messageSid ?? delivery.text?.sid ?? "",
  };
}

import { countryOf, regionOf } from "../../protocols/e164/index.ts";
import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import { messageErrors } from "./errors.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { Message } from "./message.ts";
import { optOutKey, type MessageState, type PartialText } from "./message-state.ts";
import { optOutKind } from "./opt-out-words.ts";
import type { PartsExpired, TextArrived, TextReceived } from "./records.ts";

/** The reducers for texts that come from carriers. */
export function inboundReducers(state: MessageState): Record<string, Reducer> {
  return {
    "message.arrived": (record: TextArrived, context) => arrive(state, record, context),
    "message.parts-expired": (record: PartsExpired, context) => {
      for (const key of record.keys) expireParts(state, key, context);
    },
  };
}

/** What the parts of one long text have in common. */
export function partialKey(
  text: Pick<TextArrived, "carrier" | "from" | "to">,
  { reference, total }: { readonly reference: number; readonly total: number },
): string {
  return [text.carrier, text.from, text.to, reference, total].join("|");
}

/** A text or a part of one is here. For reducers only. */
export function arrive(state: MessageState, record: TextArrived, context: ApplyContext): void {
  const { reference, total, sequence } = record.concat ?? { reference: 0, total: 1, sequence: 1 };
  // A part that says nonsense of itself is a text all the same.
  if (total === 1 || sequence < 1 || sequence > total) return receive(state, { ...record, segments: 1 }, context);
  const key = partialKey(record, { reference, total });
  const known = state.partialTexts.get(key);
  const partial: PartialText = known ?? { ...record, total, sinceMs: context.atMs, texts: {} };
  // A duplicate of a part replaces itself.
  const texts = { ...partial.texts, [sequence]: record.text };
  if (Object.keys(texts).length < total) {
    state.keepPartial(key, { ...partial, texts });
    return;
  }
  if (known !== undefined) state.partialTexts.delete(key);
  const text = Array.from({ length: total }, (_, index) => texts[index + 1] ?? "").join("");
  receive(state, { ...record, sid: partial.sid, text, segments: total }, context);
}

function receive(state: MessageState, text: TextArrived & { segments: number }, context: ApplyContext): void {
  // A carrier repeats what it got no answer for; the SID tells only our own repeats apart.
  if (state.messages.has(text.sid)) return;
  const message: Message = {
    sid: text.sid,
    accountSid: text.route.accountSid,
    direction: "inbound",
    from: text.from,
    to: text.to,
    body: text.text,
    encoding: text.encoding,
    segments: text.segments,
    status: "received",
    createdMs: context.atMs,
    updatedMs: context.atMs,
    sentMs: context.atMs,
    validUntilMs: 0,
    attempts: 0,
    parts: [],
  };
  state.messages.put(message.sid, message);
  const optOut = optOutKind(text.text);
  if (optOut === "stop") state.optOuts.put(optOutKey(text.to, text.from), { sinceMs: context.atMs });
  if (optOut === "start") state.optOuts.delete(optOutKey(text.to, text.from));
  const webhook = text.route.url === undefined ? undefined : inboundWebhook(message, text.route, text.route.url);
  if (text.toBind === true) context.emit(received(message, webhook));
  else if (webhook !== undefined) context.emit(webhook);
}

function received(message: Readonly<Message>, fallback: WebhookRequested | undefined): TextReceived {
  return {
    kind: "message.received",
    sid: message.sid,
    accountSid: message.accountSid,
    from: message.from,
    to: message.to,
    body: message.body,
    encoding: message.encoding,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** Twilio's parameters for an incoming message. */
function inboundWebhook(message: Readonly<Message>, route: InboundTextRoute, url: string): WebhookRequested {
  const params: [string, string][] = [
    ["ToCountry", countryOf(message.to) ?? ""],
    ["ToState", regionOf(message.to) ?? ""],
    ["SmsMessageSid", message.sid],
    ["NumMedia", "0"],
    ["ToCity", ""],
    ["FromZip", ""],
    ["SmsSid", message.sid],
    ["FromState", regionOf(message.from) ?? ""],
    ["SmsStatus", "received"],
    ["FromCity", ""],
    ["Body", message.body],
    ["FromCountry", countryOf(message.from) ?? ""],
    ["To", message.to],
    ["ToZip", ""],
    ["NumSegments", String(message.segments)],
    ["MessageSid", message.sid],
    ["AccountSid", message.accountSid],
    ["From", message.from],
    ["ApiVersion", "2010-04-01"],
  ];
  return {
    kind: "webhook.requested",
    id: `${message.sid}:received`,
    accountSid: message.accountSid,
    orderKey: message.sid,
    purpose: "message.inbound",
    resourceSid: message.sid,
    url,
    method: route.method,
    params,
    ...(route.fallbackUrl === undefined ? {} : { fallbackUrl: route.fallbackUrl }),
    ...(route.fallbackMethod === undefined ? {} : { fallbackMethod: route.fallbackMethod }),
  };
}

/** What arrived of an incomplete text is delivered rather than lost, and the gap is reported. */
function expireParts(state: MessageState, key: string, context: ApplyContext): void {
  const partial = state.partialTexts.get(key);
  if (partial === undefined) return;
  state.partialTexts.delete(key);
  const sequences = Object.keys(partial.texts).map(Number);
  const text = sequences
    .toSorted((a, b) => a - b)
    .map((sequence) => partial.texts[sequence])
    .join("");
  const { total: _total, sinceMs: _since, texts: _texts, ...rest } = partial;
  receive(state, { ...rest, kind: "message.arrived", text, segments: sequences.length }, context);
  const alert: AlertRaised = {
    kind: "alert.raised",
    accountSid: partial.route.accountSid,
    errorCode: messageErrors.missingInboundPart.code,
    level: "error",
    text: `Only ${sequences.length} of ${partial.total} parts of a text from ${partial.carrier} arrived.`,
    resourceSid: partial.sid,
  };
  context.emit(alert);
}

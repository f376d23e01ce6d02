import { countryOf, regionOf } from "../../protocols/e164/index.ts";
import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { ConsentChanged, ConsentFlagged, KeywordMatch } from "../compliance/index.ts";
import { chargeInbound } from "./charges.ts";
import { noteEarlierText } from "./earlier-opt-outs.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import { messageErrors } from "./errors.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { Message } from "./message.ts";
import { tellChange } from "./message-change.ts";
import type { PartialText } from "./message-state.ts";
import { accept } from "./outbound-reducers.ts";
import type { PartsExpired, TextArrived, TextReceived } from "./records.ts";
import type { ReducerDeps } from "./waiting-reducers.ts";

/** The reducers for texts that come from carriers. */
export function inboundReducers(deps: ReducerDeps): Record<string, Reducer> {
  return {
    "message.arrived": (record: TextArrived, context) => arrive(deps, record, context),
    "message.parts-expired": (record: PartsExpired, context) => {
      for (const key of record.keys) expireParts(deps, key, context);
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

/** A text or a part of one is here. Returns the SID with which it is kept. For reducers only. */
export function arrive(deps: ReducerDeps, record: TextArrived, context: ApplyContext): string {
  const { state } = deps;
  const { reference, total, sequence } = record.concat ?? { reference: 0, total: 1, sequence: 1 };
  // A part that says nonsense of itself is a text all the same.
  if (total === 1 || sequence < 1 || sequence > total) {
    receive(deps, { ...record, segments: 1 }, context);
    return record.sid;
  }
  const key = partialKey(record, { reference, total });
  const known = state.partialTexts.get(key);
  const partial: PartialText = known ?? { ...record, total, sinceMs: context.atMs, texts: {} };
  // A duplicate of a part replaces itself.
  const texts = { ...partial.texts, [sequence]: record.text };
  const { carrier } = record;
  state.trace?.note(context, partial.sid, { kind: "part", carrier, sequence, total });
  if (Object.keys(texts).length < total) {
    state.keepPartial(key, { ...partial, texts });
    return partial.sid;
  }
  if (known !== undefined) state.partialTexts.delete(key);
  const text = Array.from({ length: total }, (_, index) => texts[index + 1] ?? "").join("");
  receive(deps, { ...record, sid: partial.sid, text, segments: total }, context);
  return partial.sid;
}

function receive(deps: ReducerDeps, text: TextArrived & { segments: number }, context: ApplyContext): void {
  const { state } = deps;
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
    carrier: text.carrier,
    ...(text.serviceSid === undefined ? {} : { serviceSid: text.serviceSid }),
    ...(text.quote === undefined ? {} : { quote: text.quote }),
  };
  state.messages.put(message.sid, message);
  const { keyword, revocation, route, reply } = text;
  state.trace?.note(context, text.sid, {
    kind: "arrived",
    carrier: text.carrier,
    keyword: keyword?.type,
    isRevocation: revocation !== undefined,
    replySid: reply?.sid,
    toBind: text.toBind === true,
    hasWebhook: route.url !== undefined,
  });
  chargeInbound(message, context);
  tellChange(message, undefined, context);
  if (text.judged !== true) noteEarlierText(state.optOuts, text, context);
  if (keyword !== undefined) changeConsent(message, keyword, context);
  else if (revocation !== undefined) flagConsent(message, revocation.scope, context);
  const webhook = route.url === undefined ? undefined : inboundWebhook(message, { route, url: route.url, keyword });
  if (text.toBind === true) context.emit(received(message, webhook));
  else if (webhook !== undefined) context.emit(webhook);
  if (reply !== undefined) accept(deps, reply, context);
}

/** STOP and START change what the sender, or its service, may send; HELP changes nothing. */
function changeConsent(message: Readonly<Message>, match: KeywordMatch, context: ApplyContext): void {
  const { type, scope, source = "keyword", keyword } = match;
  if (type === "HELP") return;
  const fact: ConsentChanged = {
    kind: "consent.changed",
    accountSid: message.accountSid,
    scope,
    recipient: message.from,
    state: type === "STOP" ? "opted-out" : "opted-in",
    source,
    atMs: context.atMs,
    number: message.to,
    messageSid: message.sid,
    ...(keyword === undefined ? {} : { keyword }),
  };
  context.emit(fact);
}

/** The account is shown a text that may have meant STOP. */
function flagConsent(message: Readonly<Message>, scope: string, context: ApplyContext): void {
  const { accountSid, from: recipient, to: number, sid: messageSid } = message;
  const fact: ConsentFlagged = { kind: "consent.flagged", accountSid, scope, recipient, number, messageSid };
  context.emit(fact);
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
function inboundWebhook(
  message: Readonly<Message>,
  given: { readonly route: InboundTextRoute; readonly url: string; readonly keyword: KeywordMatch | undefined },
): WebhookRequested {
  const { route, url, keyword } = given;
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
  if (message.serviceSid !== undefined) params.push(["MessagingServiceSid", message.serviceSid]);
  if (keyword !== undefined) params.push(["OptOutType", keyword.type]);
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
function expireParts(deps: ReducerDeps, key: string, context: ApplyContext): void {
  const { state } = deps;
  const partial = state.partialTexts.get(key);
  if (partial === undefined) return;
  state.partialTexts.delete(key);
  const sequences = Object.keys(partial.texts).map(Number);
  const text = sequences
    .toSorted((a, b) => a - b)
    .map((sequence) => partial.texts[sequence])
    .join("");
  const { total: _total, sinceMs: _since, texts: _texts, ...rest } = partial;
  receive(deps, { ...rest, kind: "message.arrived", text, segments: sequences.length }, context);
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

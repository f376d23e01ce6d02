import { AppError } from "../../kernel/errors.ts";
import { storableText } from "../../kernel/storable-text.ts";
import { OVERLOADED } from "../../platform/http/index.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import type { NewLink } from "../links/index.ts";
import type { SenderKind } from "../routing/index.ts";
import type { MessagingService } from "../services/index.ts";
import { canonicalAddress } from "./address.ts";
import { findService, namedSender, poolSender } from "./choose-sender.ts";
import type { CreateMessageInput } from "./create-message.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { isMessageFailure, judge } from "./judge-message.ts";
import { MAX_OPEN_MESSAGES } from "./message-state.ts";
import { priceMessage } from "./price-message.ts";
import type { MessageAccepted } from "./records.ts";
import { rules } from "./rules/index.ts";
import { scheduledTime } from "./schedule-time.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Accepted = Mutable<MessageAccepted>;

const DEFAULT_VALIDITY_SECONDS = 36_000;
const MICROS = 1_000_000;
const NO_MEDIA: readonly string[] = [];

/** What is known of a message before its sender is. */
interface Beginning {
  readonly input: CreateMessageInput;
  readonly service: MessagingService | undefined;
  readonly to: string;
  readonly body: string;
  readonly links: readonly NewLink[];
  readonly mediaUrls: readonly string[];
  readonly validitySeconds: number;
  readonly dueMs: number | undefined;
}

/**
 * The record that accepts a message, for callers that reserve its price, commit it and
 * cancel the reservation where they could not. Changes nothing. Throws the public error.
 */
export function draftMessage(deps: MessagingDeps, input: CreateMessageInput): MessageAccepted {
  const beginning = begin(deps, input);
  const { service, to, body, mediaUrls, validitySeconds } = beginning;
  const segmented = segmentText(body, { smartEncoding: input.smartEncoded ?? service?.smartEncoding ?? false });
  const segments = segmented.segments.length;
  const isMms = mediaUrls.length > 0;
  const named = namedSender(deps, input, service);
  const { from, isConverted } =
    named === undefined
      ? poolSender(deps, service as MessagingService, { to, isMms, segments })
      : { from: named, isConverted: false };
  const asked = isConverted ? NO_MEDIA : mediaUrls;
  const draft = { accountSid: input.accountSid, from, to, body, mediaUrls: asked, segments, validitySeconds };
  for (const rule of rules) {
    const refusal = rule(draft, deps);
    if (refusal !== undefined) throw refusal;
  }
  // Field by field, because this runs for every message.
  const record: Accepted = {
    kind: "message.accepted",
    sid: input.sid ?? deps.mintSid(isMms ? "MM" : "SM"),
    accountSid: input.accountSid,
    direction: input.direction,
    from,
    to,
    body,
    encoding: segmented.encoding,
    segments,
    validUntilMs: deps.clock.nowMs() + validitySeconds * 1_000,
  };
  if (segmented.text !== body) record.sentText = segmented.text;
  if (named === undefined) record.isPoolChoice = true;
  addChoices(deps, record, beginning);
  const senderKind = deps.numbers.sender(input.accountSid, from)?.kind ?? "local";
  if (senderKind !== "local") record.senderKind = senderKind;
  police(deps, record, { beginning, senderKind });
  if (record.dueMs !== undefined) scheduleRecord(record, { beginning, named });
  return record;
}

/** What can be said before a sender is looked for. */
function begin(deps: MessagingDeps, input: CreateMessageInput): Beginning {
  // Requests over HTTP were let in by the gate of the cell, and a move waits for them; SMPP has no other gate than this.
  if (input.origin !== undefined && deps.accepts?.(input.accountSid) === false) throw new AppError(OVERLOADED);
  if (deps.state.messages.size >= MAX_OPEN_MESSAGES) throw new AppError(messageErrors.queueFull);
  const to = canonicalAddress(input.to);
  if (to === undefined) throw new AppError(messageErrors.toInvalid, { to: input.to });
  const service = findService(deps, input);
  const { mediaUrls = [], trafficClass = "transactional", schedule } = input;
  // From any door: JSON, SMPP and TwiML can say what a database does not take.
  const body = storableText(input.body ?? "");
  if (body === "" && mediaUrls.length === 0) throw new AppError(messageErrors.bodyRequired);
  if (input.guarantee === "at-least-once" && trafficClass !== "urgent")
    throw new AppError(messageErrors.guaranteeInvalid);
  const nowMs = deps.clock.nowMs();
  const dueMs =
    schedule === undefined ? undefined : scheduledTime(schedule, { nowMs, hasService: service !== undefined });
  const validitySeconds = input.validitySeconds ?? service?.validityPeriod ?? DEFAULT_VALIDITY_SECONDS;
  const shortened = input.shortenUrls === true ? shorten(deps, { input, service, body }) : { body, links: [] };
  return { input, service, to, mediaUrls, validitySeconds, dueMs, body: shortened.body, links: shortened.links };
}

function shorten(
  deps: MessagingDeps,
  given: { readonly input: CreateMessageInput; readonly service: MessagingService | undefined; readonly body: string },
) {
  const { input, service, body } = given;
  if (service === undefined) throw new AppError(messageErrors.shortenNeedsService);
  if (deps.links === undefined) throw new AppError(messageErrors.noLinkDomain);
  const { accountSid } = input;
  return deps.links.shorten({ accountSid, serviceSid: service.sid, body, atMs: deps.clock.nowMs() });
}

/** What the customer chose for the message beside its text, and what its service has for it. */
function addChoices(deps: MessagingDeps, record: Accepted, { input, service, links, mediaUrls }: Beginning): void {
  const statusCallback = callbackUrl(deps, input) ?? service?.statusCallback;
  if (statusCallback !== undefined) {
    record.statusCallback = statusCallback;
    if (deps.callbackEvents !== "all") record.callbackEvents = deps.callbackEvents;
  }
  if (input.provideFeedback === true) record.provideFeedback = true;
  if (mediaUrls.length > 0) record.mediaUrls = mediaUrls;
  if (input.trafficClass !== undefined && input.trafficClass !== "transactional")
    record.trafficClass = input.trafficClass;
  if (input.guarantee === "at-least-once") record.guarantee = "at-least-once";
  if (input.origin !== undefined) record.origin = input.origin;
  if (service !== undefined) record.serviceSid = service.sid;
  if (links.length > 0) record.links = links;
  if (input.intent !== undefined) record.intent = input.intent;
  if (input.dlt !== undefined) record.dlt = input.dlt;
  if (input.riskCheck === "disable") record.riskCheck = "disable";
  if (input.trace !== undefined) record.trace = input.trace;
}

/** The rules and the price. Throws what the request is refused with; what only the message fails with goes into the record. */
function police(
  deps: MessagingDeps,
  record: Accepted,
  { beginning, senderKind }: { readonly beginning: Beginning; readonly senderKind: SenderKind },
): void {
  const { input, dueMs, mediaUrls } = beginning;
  const verdict = judge(deps, {
    accountSid: record.accountSid,
    serviceSid: record.serviceSid,
    from: record.from,
    senderKind,
    to: record.to,
    body: record.sentText ?? record.body,
    mediaUrls,
    segments: record.segments,
    trafficClass: record.trafficClass ?? "transactional",
    intent: record.intent,
    direction: record.direction,
    atMs: dueMs ?? deps.clock.nowMs(),
    dlt: record.dlt,
    riskCheck: record.riskCheck,
  });
  if (dueMs !== undefined) record.dueMs = dueMs;
  if (verdict.kind !== "accept") record.rule = verdict.rule;
  if (verdict.kind === "hold") record.dueMs = verdict.untilMs;
  else if (verdict.kind === "refuse") {
    // A client of SMPP is told at once, for it has no other place to look at.
    if (!isMessageFailure(verdict.error) || input.origin !== undefined) throw verdict.error;
    record.failsWith = verdict.error.code;
    delete record.dueMs;
    return;
  } else {
    if (verdict.from !== undefined) record.from = verdict.from;
    if (verdict.tlvs !== undefined) record.tlvs = verdict.tlvs;
    if (verdict.dlt !== undefined) record.dlt = verdict.dlt;
  }
  const maxPriceMicros = input.maxPrice === undefined ? undefined : Math.round(input.maxPrice * MICROS);
  const { sid, accountSid, from, to, segments, guarantee } = record;
  const priced = priceMessage(deps, { sid, accountSid, from, to, senderKind, segments, guarantee, maxPriceMicros });
  if (record.dueMs !== undefined) {
    // Nothing is set aside for as long as it waits: it is priced again when its time has come.
    if (maxPriceMicros !== undefined) record.maxPriceMicros = maxPriceMicros;
    return;
  }
  if (priced.quote !== undefined) record.quote = priced.quote;
  if (priced.heldMicros !== undefined) record.heldMicros = priced.heldMicros;
  if (priced.isTooDear) record.failsWith = messageErrors.priceTooHigh.code;
}

/** What a record has of a message that waits for its time. */
function scheduleRecord(
  record: Accepted,
  { beginning, named }: { readonly beginning: Beginning; readonly named: string | undefined },
): void {
  record.validitySeconds = beginning.validitySeconds;
  record.validUntilMs = 0;
  delete record.tlvs;
  delete record.isPoolChoice;
  // A pool chooses when the message goes; until then it has no sender.
  record.from = named ?? "";
  if (named === undefined) delete record.senderKind;
}

/** The request's own URL, else that of its application. */
function callbackUrl(deps: MessagingDeps, input: CreateMessageInput): string | undefined {
  if (input.statusCallback !== undefined && input.statusCallback !== "") return input.statusCallback;
  if (input.applicationSid === undefined || input.applicationSid === "") return undefined;
  const application = deps.numbers.applicationStatusCallback(input.accountSid, input.applicationSid);
  if (application === undefined) throw new AppError(messageErrors.applicationUnknown, { value: input.applicationSid });
  return application.url;
}

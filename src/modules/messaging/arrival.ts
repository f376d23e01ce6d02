import { AppError } from "../../kernel/errors.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import type { KeywordMatch } from "../compliance/index.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { MessagingService } from "../services/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { judge } from "./judge-message.ts";
import { cancelReservation, priceInbound, priceMessage, reserve } from "./price-message.ts";
import type { MessageAccepted, TextArrived } from "./records.ts";

/** Which accounts have an SMPP client that takes texts now. */
export interface InboundBinds {
  has(accountSid: string): boolean;
}

/** A text, or a part of one, that is for this cell. */
type Arrival = Pick<TextArrived, "sid" | "carrier" | "from" | "to" | "text" | "encoding" | "concat">;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const REPLY_VALIDITY_SECONDS = 36_000;

/**
 * The record of a text: where it goes, what it costs, and what the rules say of its words,
 * with the answer to a keyword, for which money is set aside. `undefined` for a number that
 * nobody has. Where the record is not committed, {@link cancelArrival}.
 */
export function arrivalOf(
  deps: MessagingDeps,
  text: Arrival,
  inboundBinds: InboundBinds | undefined,
): TextArrived | undefined {
  const own = deps.numbers.inboundText(text.to);
  if (own === undefined) return undefined;
  const { accountSid } = own;
  const service = deps.services.serviceOfSender(accountSid, text.to);
  const route = service === undefined || service.useInboundWebhookOnNumber ? own : routeOf(accountSid, service);
  const record: Mutable<TextArrived> = { ...text, kind: "message.arrived", route, judged: true };
  if (inboundBinds?.has(accountSid) === true) record.toBind = true;
  if (service !== undefined) record.serviceSid = service.sid;
  const quote = priceInbound(deps, { accountSid, from: text.from, to: text.to });
  if (quote !== undefined) record.quote = quote;
  // A keyword is a text of its own, so it has one part.
  if (text.concat !== undefined && text.concat.total > 1) return record;
  const { from, to, text: body } = text;
  const judged = { accountSid, serviceSid: service?.sid, from, to, body };
  const keyword = deps.compliance.inbound(judged);
  if (keyword === undefined) {
    const revocation = deps.compliance.revocation(judged);
    if (revocation !== undefined) record.revocation = revocation;
    return record;
  }
  record.keyword = keyword;
  const reply = replyTo(deps, { accountSid, text, service, keyword });
  if (reply !== undefined) record.reply = reply;
  return record;
}

/** The record of a text was not committed: nothing stays set aside for its answer. */
export function cancelArrival(deps: MessagingDeps, { reply }: TextArrived): void {
  if (reply !== undefined) cancelReservation(deps, reply);
}

function routeOf(accountSid: string, service: MessagingService): InboundTextRoute {
  const { inboundRequestUrl: url, inboundMethod: method, fallbackUrl, fallbackMethod } = service;
  return {
    accountSid,
    method,
    ...(url === undefined ? {} : { url }),
    ...(fallbackUrl === undefined ? {} : { fallbackUrl, fallbackMethod }),
  };
}

/**
 * The answer to a keyword, from the number that was texted; the rules know it for the one
 * message that a STOP allows. Not to a short code or a name, which nobody reads, and not to
 * a number of this system, which might answer the answer.
 */
function replyTo(
  deps: MessagingDeps,
  given: {
    readonly accountSid: string;
    readonly text: Arrival;
    readonly service: MessagingService | undefined;
    readonly keyword: KeywordMatch;
  },
): MessageAccepted | undefined {
  const { accountSid, text, service, keyword } = given;
  const { from: to, to: from } = text;
  const { reply: body = "" } = keyword;
  const sender = deps.numbers.sender(accountSid, from);
  if (body === "" || sender === undefined || !to.startsWith("+") || to === from) return undefined;
  if (deps.numbers.inboundText(to) !== undefined || !deps.router.serves(to)) return undefined;
  const segmented = segmentText(body, { smartEncoding: service?.smartEncoding ?? false });
  const record: Mutable<MessageAccepted> = {
    kind: "message.accepted",
    sid: deps.mintSid("SM"),
    accountSid,
    direction: "outbound-reply",
    from,
    to,
    body,
    encoding: segmented.encoding,
    segments: segmented.segments.length,
    validUntilMs: deps.clock.nowMs() + REPLY_VALIDITY_SECONDS * 1_000,
  };
  record.confirms = keyword.type;
  if (segmented.text !== body) record.sentText = segmented.text;
  if (sender.kind !== "local") record.senderKind = sender.kind;
  if (service !== undefined) record.serviceSid = service.sid;
  return isAllowed(deps, record) && isPaid(deps, record) ? record : undefined;
}

/** What the rules add to the answer; one that they do not let go at once is not worth sending later. */
function isAllowed(deps: MessagingDeps, record: Mutable<MessageAccepted>): boolean {
  const { accountSid, serviceSid, from, senderKind = "local", to, segments, direction, confirms } = record;
  const verdict = judge(deps, {
    accountSid,
    serviceSid,
    from,
    senderKind,
    to,
    segments,
    direction,
    confirms,
    body: record.sentText ?? record.body,
    mediaUrls: [],
    trafficClass: "transactional",
    intent: undefined,
    atMs: deps.clock.nowMs(),
    dlt: undefined,
  });
  if (verdict.kind !== "accept") return false;
  if (verdict.tlvs !== undefined) record.tlvs = verdict.tlvs;
  if (verdict.dlt !== undefined) record.dlt = verdict.dlt;
  return true;
}

/** Prices the answer and sets its price aside. Where the account cannot pay for it there is none. */
function isPaid(deps: MessagingDeps, record: Mutable<MessageAccepted>): boolean {
  const { sid, accountSid, from, to, segments, senderKind = "local" } = record;
  try {
    const priced = priceMessage(deps, { sid, accountSid, from, to, senderKind, segments, maxPriceMicros: undefined });
    if (priced.quote !== undefined) record.quote = priced.quote;
    if (priced.heldMicros !== undefined) record.heldMicros = priced.heldMicros;
    reserve(deps, record);
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.logger.info("inbound.keyword-not-answered", { sid, code: error.code });
    return false;
  }
}

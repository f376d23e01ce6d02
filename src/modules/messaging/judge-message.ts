import type { AppError } from "../../kernel/errors.ts";
import { countryOf } from "../../protocols/e164/index.ts";
import type { Draft, Verdict } from "../compliance/index.ts";
import type { SenderKind } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { sentText, trafficClassOf, type DltIds, type Message } from "./message.ts";
import { PERMISSIVE_COMPLIANCE } from "./neighbour-defaults.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the rules look at, of a message that is accepted or goes on. */
export interface JudgedMessage {
  readonly accountSid: string;
  readonly serviceSid: string | undefined;
  readonly from: string;
  readonly senderKind: SenderKind;
  readonly to: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly segments: number;
  readonly trafficClass: Draft["trafficClass"];
  readonly intent: string | undefined;
  readonly direction: Draft["direction"];
  readonly atMs: number;
  readonly dlt: DltIds | undefined;
  readonly confirms?: Draft["confirms"];
  readonly riskCheck?: Draft["riskCheck"];
}

const GOES: Verdict = { kind: "accept" };

/** Asks the rules about a message before it is accepted, or when its time has come. */
export function judge(deps: MessagingDeps, message: JudgedMessage): Verdict {
  const { compliance } = deps;
  if (compliance === PERMISSIVE_COMPLIANCE) return GOES;
  return compliance.check(ruleDraft(deps, message));
}

/** Asks again those rules whose answer may have changed, when a message is about to be given to a carrier. */
export function judgeAgain(
  deps: Pick<MessagingDeps, "compliance" | "services" | "router">,
  message: Readonly<Message>,
  atMs: number,
): Verdict {
  const { compliance } = deps;
  if (compliance === PERMISSIVE_COMPLIANCE) return GOES;
  return compliance.recheck(ruleDraft(deps, judgedOf(message, atMs)));
}

/** A message that was accepted, as the rules see it. */
export function judgedOf(message: Readonly<Message>, atMs: number): JudgedMessage {
  return {
    accountSid: message.accountSid,
    serviceSid: message.serviceSid,
    from: message.from,
    senderKind: message.senderKind ?? "local",
    to: message.to,
    body: sentText(message),
    mediaUrls: message.mediaUrls ?? [],
    segments: message.segments,
    trafficClass: trafficClassOf(message),
    intent: message.intent,
    direction: message.direction === "outbound-reply" ? "outbound-reply" : "outbound-api",
    atMs,
    dlt: message.dlt,
    confirms: message.confirms,
    riskCheck: message.riskCheck,
  };
}

/** Field by field, because this runs twice for every message. */
function ruleDraft({ services, router }: Pick<MessagingDeps, "services" | "router">, message: JudgedMessage): Draft {
  const { accountSid, from, to } = message;
  const draft: Mutable<Draft> = {
    accountSid,
    serviceSid: message.serviceSid ?? services.serviceOfSender(accountSid, from)?.sid,
    from,
    senderKind: message.senderKind,
    to,
    country: countryOf(to),
    network: router.networkOf(to),
    body: message.body,
    mediaUrls: message.mediaUrls,
    segments: message.segments,
    trafficClass: message.trafficClass,
    intent: message.intent,
    direction: message.direction,
    atMs: message.atMs,
    dlt: message.dlt,
  };
  if (message.confirms !== undefined) draft.confirms = message.confirms;
  if (message.riskCheck !== undefined) draft.riskCheck = message.riskCheck;
  return draft;
}

const FIRST_MESSAGE_CODE = 30_000;
const LAST_MESSAGE_CODE = 30_999;

/**
 * Whether a refusal is the message's and not the request's: the API accepts such a message,
 * and the message fails with the code (30007, 30010, 30034 …).
 */
export function isMessageFailure(error: AppError): boolean {
  return error.code >= FIRST_MESSAGE_CODE && error.code <= LAST_MESSAGE_CODE;
}

import { AppError } from "../../kernel/errors.ts";
import { OVERLOADED, type Once } from "../../platform/http/index.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import { canonicalAddress } from "./address.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import type { TrafficClass } from "../routing/index.ts";
import type { Message, MessageOrigin } from "./message.ts";
import { MAX_OPEN_MESSAGES } from "./message-state.ts";
import type { MessageAccepted } from "./records.ts";
import { rules } from "./rules/index.ts";

/** A request to send a message, from any door. Addresses as the customer wrote them. */
export interface CreateMessageInput {
  readonly accountSid: string;
  readonly direction: "outbound-api" | "outbound-reply";
  readonly to: string;
  readonly from: string;
  readonly body?: string | undefined;
  readonly mediaUrls?: readonly string[];
  readonly statusCallback?: string | undefined;
  readonly applicationSid?: string | undefined;
  readonly validitySeconds?: number | undefined;
  readonly smartEncoded?: boolean | undefined;
  readonly provideFeedback?: boolean | undefined;
  /** Transactional where absent. */
  readonly trafficClass?: TrafficClass | undefined;
  /** What is done when an outcome stays unknown; at most once where absent. For one-time codes. */
  readonly guarantee?: "at-most-once" | "at-least-once" | undefined;
  /** For whom a receipt goes out by SMPP. */
  readonly origin?: MessageOrigin | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const DEFAULT_VALIDITY_SECONDS = 36_000;

/**
 * Checks a message and makes it durable. Resolves once a power cut does not lose it.
 * Rejects with a public error, and then nothing was done. With `once`, the idempotency
 * key is durable with the message, or neither is.
 */
export async function createMessage(
  deps: MessagingDeps,
  input: CreateMessageInput,
  once?: Once,
): Promise<Readonly<Message>> {
  const record = draftMessage(deps, input);
  if (once === undefined) return await deps.cell.commit<Message>(record);
  const [message] = await deps.cell.commitAll([record, once.claim(record.sid)]);
  return message as Message;
}

/**
 * A message as the answer that accepted it had it: what has become of it since is not shown,
 * but for what was redacted. Given to those who repeat their request with its idempotency key.
 */
export function asAccepted(message: Readonly<Message>): Readonly<Message> {
  const accepted: Mutable<Message> = { ...message, status: "queued", updatedMs: message.createdMs };
  delete accepted.errorCode;
  delete accepted.sentMs;
  return accepted;
}

/** The record that accepts a message, for callers that commit it together with others. Throws the public error. */
export function draftMessage(deps: MessagingDeps, input: CreateMessageInput): MessageAccepted {
  // Requests over HTTP were let in by the gate of the cell, and a move waits for them; SMPP has no other gate than this.
  if (input.origin !== undefined && deps.accepts?.(input.accountSid) === false) throw new AppError(OVERLOADED);
  if (deps.state.messages.size >= MAX_OPEN_MESSAGES) throw new AppError(messageErrors.queueFull);
  const to = canonicalAddress(input.to);
  if (to === undefined) throw new AppError(messageErrors.toInvalid, { to: input.to });
  const from = canonicalAddress(input.from);
  if (from === undefined) throw new AppError(messageErrors.fromInvalid, { from: input.from });
  const body = input.body ?? "";
  const mediaUrls = input.mediaUrls ?? [];
  if (body === "" && mediaUrls.length === 0) throw new AppError(messageErrors.bodyRequired);
  const { trafficClass = "transactional", guarantee } = input;
  if (guarantee === "at-least-once" && trafficClass !== "urgent") throw new AppError(messageErrors.guaranteeInvalid);
  const validitySeconds = input.validitySeconds ?? DEFAULT_VALIDITY_SECONDS;
  const segmented = segmentText(body, { smartEncoding: input.smartEncoded ?? false });
  const segments = segmented.segments.length;
  const draft = { accountSid: input.accountSid, from, to, body, mediaUrls, segments, validitySeconds };
  for (const rule of rules) {
    const refusal = rule(draft, deps);
    if (refusal !== undefined) throw refusal;
  }
  const statusCallback = callbackUrl(deps, input);
  // Field by field, because this runs for every message.
  const record: Mutable<MessageAccepted> = {
    kind: "message.accepted",
    sid: deps.mintSid(mediaUrls.length > 0 ? "MM" : "SM"),
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
  if (statusCallback !== undefined) {
    record.statusCallback = statusCallback;
    if (deps.callbackEvents !== "all") record.callbackEvents = deps.callbackEvents;
  }
  if (input.provideFeedback === true) record.provideFeedback = true;
  if (mediaUrls.length > 0) record.mediaUrls = mediaUrls;
  const senderKind = deps.numbers.sender(input.accountSid, from)?.kind;
  if (senderKind !== undefined && senderKind !== "local") record.senderKind = senderKind;
  if (trafficClass !== "transactional") record.trafficClass = trafficClass;
  if (guarantee === "at-least-once") record.guarantee = guarantee;
  if (input.origin !== undefined) record.origin = input.origin;
  return record;
}

/** The request's own URL, else that of its application. */
function callbackUrl(deps: MessagingDeps, input: CreateMessageInput): string | undefined {
  if (input.statusCallback !== undefined && input.statusCallback !== "") return input.statusCallback;
  if (input.applicationSid === undefined || input.applicationSid === "") return undefined;
  const application = deps.numbers.applicationStatusCallback(input.accountSid, input.applicationSid);
  if (application === undefined) throw new AppError(messageErrors.applicationUnknown, { value: input.applicationSid });
  return application.url;
}

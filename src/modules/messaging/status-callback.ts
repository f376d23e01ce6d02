import type { ApplyContext } from "../../platform/cell/index.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { MessageReported } from "./records.ts";
import { tellChange } from "./message-change.ts";
import { isFinal, statusRank, type Message, type MessageStatus } from "./message.ts";

/** Moves a message to a status and asks for the webhook that tells of it. Never a step back. */
export function changeStatus(message: Message, status: MessageStatus, context: ApplyContext): void {
  // It may have left memory by now, where nothing reaches it: a replay must come to the same end.
  if (message.closed === true) return;
  if (message.status === status || statusRank(status) < statusRank(message.status) || isFinal(message.status)) return;
  const before = message.status;
  message.status = status;
  message.updatedMs = context.atMs;
  if (status === "sent" || (message.sentMs === undefined && status === "delivered")) message.sentMs = context.atMs;
  const { origin } = message;
  if (origin !== undefined && (isFinal(status) || (status === "sent" && origin.intermediate === true))) {
    reportMessage(message, context);
  }
  tellChange(message, before, context);
  tellStatus(message, context);
}

/** Asks for the webhook that tells of the status as it is, where one is asked for. */
export function tellStatus(message: Readonly<Message>, context: ApplyContext): void {
  if (message.statusCallback === undefined) return;
  const { callbackEvents = "all", status } = message;
  if (callbackEvents !== "all" && !isFinal(status) && !(callbackEvents === "sent-and-final" && status === "sent"))
    return;
  context.emit(statusCallback(message, message.statusCallback));
}

const BODY_START_CHARACTERS = 20;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Tells the SMPP client that submitted a message how it stands, where it asked for that. */
export function reportMessage(message: Readonly<Message>, context: ApplyContext): void {
  const { origin, status } = message;
  if (origin === undefined) return;
  const isLast = isFinal(status) || message.closed === true;
  // Intermediate notifications are asked for beside final receipts, not with them (SMPP 3.4 §5.2.17).
  if (isLast && (origin.receipt === "none" || (origin.receipt === "failure" && status === "delivered"))) return;
  const fact: MessageReported = {
    kind: "message.reported",
    sid: message.sid,
    accountSid: message.accountSid,
    from: message.from,
    to: message.to,
    origin,
    status,
    submittedMs: message.createdMs,
    doneMs: context.atMs,
    bodyStart: message.body.slice(0, BODY_START_CHARACTERS),
    parts: message.parts.length,
    ...(message.errorCode === undefined ? {} : { errorCode: message.errorCode }),
    ...(message.closed === true ? { closed: true as const } : {}),
  };
  context.emit(fact);
}

/** Twilio's parameters for a status callback of an outbound message. */
function statusCallback(message: Readonly<Message>, url: string): WebhookRequested {
  const params: [string, string][] = [
    ["SmsSid", message.sid],
    ["SmsStatus", message.status],
    ["MessageStatus", message.status],
    ["To", message.to],
    ["MessageSid", message.sid],
    ["AccountSid", message.accountSid],
    ["From", message.from],
    ["ApiVersion", "2010-04-01"],
  ];
  if (message.serviceSid !== undefined) params.push(["MessagingServiceSid", message.serviceSid]);
  if (message.errorCode !== undefined) params.push(["ErrorCode", String(message.errorCode)]);
  if (message.doneDate !== undefined) params.push(["RawDlrDoneDate", message.doneDate]);
  const request: Mutable<WebhookRequested> = {
    kind: "webhook.requested",
    id: `${message.sid}:${message.status}`,
    accountSid: message.accountSid,
    orderKey: message.sid,
    purpose: "message.status",
    resourceSid: message.sid,
    url,
    method: "POST",
    params,
  };
  if (message.trace !== undefined) request.trace = message.trace;
  return request;
}

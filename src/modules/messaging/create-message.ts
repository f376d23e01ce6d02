import type { Once } from "../../platform/http/index.ts";
import type { TrafficClass } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { draftMessage } from "./draft-message.ts";
import type { DltIds, Message, MessageOrigin } from "./message.ts";
import { cancelReservation, reserve } from "./price-message.ts";
import type { ScheduleWanted } from "./schedule-time.ts";

/** A request to send a message, from any door. Addresses as the customer wrote them. */
export interface CreateMessageInput {
  readonly accountSid: string;
  readonly direction: "outbound-api" | "outbound-reply";
  readonly to: string;
  /** A number or name of the account, or the SID of a service. Empty or absent where a service chooses. */
  readonly from?: string | undefined;
  readonly messagingServiceSid?: string | undefined;
  readonly body?: string | undefined;
  readonly mediaUrls?: readonly string[];
  readonly statusCallback?: string | undefined;
  readonly applicationSid?: string | undefined;
  readonly validitySeconds?: number | undefined;
  readonly smartEncoded?: boolean | undefined;
  readonly shortenUrls?: boolean | undefined;
  readonly provideFeedback?: boolean | undefined;
  /** In whole units of the account's currency, for the whole message. */
  readonly maxPrice?: number | undefined;
  readonly schedule?: ScheduleWanted | undefined;
  /** Transactional where absent. */
  readonly trafficClass?: TrafficClass | undefined;
  /** `MessageIntent` as it was given; the lane is in `trafficClass`. */
  readonly intent?: string | undefined;
  readonly dlt?: DltIds | undefined;
  readonly riskCheck?: "enable" | "disable" | undefined;
  /** What is done when an outcome stays unknown; at most once where absent. For one-time codes. */
  readonly guarantee?: "at-most-once" | "at-least-once" | undefined;
  /** For whom a receipt goes out by SMPP. */
  readonly origin?: MessageOrigin | undefined;
  /** The SID that it gets, where its door has told it already. */
  readonly sid?: string | undefined;
  /** The request that it comes of, where it is traced. */
  readonly trace?: string | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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
  const prepared = deps.spending.prepare(input.accountSid);
  if (prepared !== undefined) await prepared;
  const record = draftMessage(deps, input);
  reserve(deps, record);
  try {
    if (once === undefined) return await deps.cell.commit<Message>(record);
    const [message] = await deps.cell.commitAll([record, once.claim(record.sid)]);
    return message as Message;
  } catch (error) {
    cancelReservation(deps, record);
    throw error;
  }
}

/**
 * A message as the answer that accepted it had it: what has become of it since is not shown,
 * but for what was redacted. Given to those who send it, and to those who repeat their
 * request with its idempotency key. A service has not said yet who sends it.
 */
export function asAccepted(message: Readonly<Message>, hasNamedSender: boolean): AcceptedMessage {
  const { serviceSid, createdMs, validitySeconds } = message;
  const status = validitySeconds === undefined ? "queued" : "scheduled";
  const accepted: Mutable<Message> = { ...message, status, updatedMs: createdMs };
  delete accepted.errorCode;
  delete accepted.sentMs;
  delete accepted.priceMicros;
  if (serviceSid === undefined || status === "scheduled") return accepted;
  return { ...accepted, isJustAccepted: !hasNamedSender };
}

/** The answer to a request as it is: most messages show nothing there that they did not have when they were accepted. */
export function answerOf(message: Readonly<Message>, hasNamedSender: boolean): AcceptedMessage {
  const isPlain = message.status === "queued" && message.serviceSid === undefined;
  return isPlain ? message : asAccepted(message, hasNamedSender);
}

/** A message in the answer to its request. Sent by a service it is `accepted`; `isJustAccepted` where that chooses the sender. */
export type AcceptedMessage = Readonly<Message> & { readonly isJustAccepted?: boolean };

/** The message as the cell keeps it, and the words for its states. Pure data and pure functions. */

import type { Quote } from "../pricing/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";
import type { Receipt, RefusalVerdict } from "./records.ts";

export type Direction = "inbound" | "outbound-api" | "outbound-reply";

/** The public status, as the API spells it. */
export type MessageStatus =
  | "scheduled"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "undelivered"
  | "failed"
  | "canceled"
  | "receiving"
  | "received";

/**
 * Where one part (segment) of an outbound message stands.
 * `pending` waits; `submitted` was journalled and has no answer yet; `unknown` was
 * journalled and will never get an answer; `accepted` has the carrier's id;
 * `delivered` and `failed` have their receipt.
 */
export type PartState = "pending" | "submitted" | "unknown" | "accepted" | "delivered" | "failed";

export interface Part {
  state: PartState;
  /** The carrier that was given it. */
  via?: string;
  /** The carrier's message id, normalised, once accepted. */
  id?: string;
  /** The number of the attempt in which it was given, as {@link Attempt} counts. */
  attempt?: number;
}

/** How the answers of one attempt add up: the worst of its parts. */
export type AttemptOutcome = "accepted" | "refused" | "unknown" | "not-sent";

/** One attempt to hand a message to a carrier: what the operator is told of it, and the ledger. */
export interface Attempt {
  /** Counts from 1, and on over attempts that are no longer listed. */
  readonly number: number;
  readonly carrier: string;
  readonly atMs: number;
  /** The versions of the routing table and of the health snapshot that chose the carrier. */
  readonly table: number;
  readonly health: number;
  /** Parts that were given, and of them those that the carrier accepted. */
  readonly parts: number;
  accepted: number;
  /** Parts without an answer yet. */
  open: number;
  /** What the carrier asks for one part, in micros of its currency. */
  readonly priceMicros: number;
  /** US dollars where absent. */
  readonly currency?: string;
  outcome?: AttemptOutcome;
  /** What a refusal meant. */
  verdict?: RefusalVerdict;
  /** The carrier's latest refusal in its own words, or why the outcome is not known. */
  status?: string;
  /** Given again although an earlier attempt may have arrived. */
  readonly resend?: true;
  /** Attempts like this one that came directly before it and are not listed: throttled, or never sent. */
  readonly repeated?: number;
}

/** Attempts that are listed for one message; older ones are dropped. */
export const MAX_LISTED_ATTEMPTS = 16;

/** What a customer's SMPP client is told of a message that it submitted. */
export interface MessageOrigin {
  readonly kind: "smpp";
  readonly systemId: string;
  /** Which outcomes it asked a receipt for. */
  readonly receipt: "all" | "failure" | "none";
  readonly intermediate?: boolean;
  readonly userReference?: number;
  readonly source: SmppAddress;
  readonly destination: SmppAddress;
  /** The ids of the parts in which it came, where they were several. */
  readonly partIds?: readonly string[];
}

/** An address as an SMPP client wrote it. */
export interface SmppAddress {
  readonly ton: number;
  readonly npi: number;
  readonly address: string;
}

/** What India's registries know a message by. */
export interface DltIds {
  readonly entityId?: string;
  readonly templateId?: string;
}

/** Which status changes are called back: every one, `sent` and the final one, or the final one alone. */
export type CallbackEvents = "all" | "sent-and-final" | "final";

/** An attached medium that was fetched and stored. */
export interface Medium {
  readonly sid: string;
  readonly contentType: string;
  readonly octets: number;
}

export interface Message {
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: Direction;
  /** As the API shows it: E.164, short code or alphanumeric. Empty while a service has not chosen it. */
  from: string;
  readonly to: string;
  body: string;
  /** The text as sent where smart encoding changed it. */
  sentText?: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly segments: number;
  status: MessageStatus;
  errorCode?: number;
  readonly createdMs: number;
  updatedMs: number;
  sentMs?: number;
  /** Not submitted after this. Outbound only; 0 for one whose time has not come yet. */
  validUntilMs: number;
  readonly statusCallback?: string;
  /** Which changes are called back; all where absent. */
  readonly callbackEvents?: CallbackEvents;
  readonly provideFeedback?: boolean;
  feedback?: "confirmed" | "unconfirmed";
  /** Its lane; transactional where absent. */
  readonly trafficClass?: TrafficClass;
  /** What is done when an outcome stays unknown; at most once where absent. */
  readonly guarantee?: "at-least-once";
  readonly origin?: MessageOrigin;
  /** Addresses to fetch before the message can be queued. */
  mediaUrls?: readonly string[];
  media?: readonly Medium[];
  /** The carrier of the latest attempt, or the one that a text came from. */
  carrier?: string;
  /** Attempts begun so far, without those in which the carrier took nothing because it was busy or away. */
  attempts: number;
  /** The latest attempts, oldest first. */
  tries?: Attempt[];
  /** What kind of number the sender is; local where absent. */
  senderKind?: SenderKind;
  /** Waits in the database alone, because very many are queued before it, or for its time. */
  parked?: boolean;
  /** Waits for this time and for nothing else, in memory or in the database. */
  dueMs?: number;
  /** Waited until then, which is nobody's delay. */
  wasDueMs?: number;
  /** Seconds that it may wait when its time has come. */
  readonly validitySeconds?: number;
  /** The Messaging Service that it was sent by, or that the number is in which was texted. */
  readonly serviceSid?: string;
  /** `MessageIntent` as the customer gave it. */
  readonly intent?: string;
  dlt?: DltIds;
  /** Vendor TLVs for carriers: tag (decimal) to text. */
  tlvs?: Readonly<Record<string, string>>;
  /** The keyword that it answers; a STOP allows its one confirmation. */
  readonly confirms?: "STOP" | "START" | "HELP";
  /** The spam check was asked to let it be. */
  readonly riskCheck?: "disable";
  /** The request that made it, as platform/tracing writes it; absent where nothing was traced. */
  readonly trace?: string;
  /** More than this it must not cost. Kept until its time has come. */
  readonly maxPriceMicros?: number;
  /** The prices that hold for it; absent where nothing is billed. */
  quote?: Quote;
  /** What is set aside for it in the ledger; absent where that is nothing, or was settled. */
  heldMicros?: number;
  /** The id of the hold, where it is not the SID. */
  holdId?: string;
  /** What its account was asked for, once it was; in {@link priceUnit}. */
  priceMicros?: number;
  priceUnit?: string;
  /** The attempts that its account was asked for, where each has a price. */
  pricedAttempts?: readonly number[];
  /** Since when an outcome is not known. */
  unknownSinceMs?: number;
  /** Was given again although an earlier attempt may have arrived. */
  possibleDuplicate?: boolean;
  /** Outbound: one for each segment. */
  parts: Part[];
  /** Waits at least until then before the next attempt. */
  retryAtMs?: number;
  /** The code of the latest refusal, shown if the message expires. */
  refusalCode?: number;
  /** Carriers that said no for this message, not tried again. */
  refusedBy?: readonly string[];
  /** No receipt is expected any more. */
  closed?: boolean;
  /** The receipt that a carrier sent once for all parts. */
  wholeReceipt?: Receipt;
  /** The `done date` of the latest receipt, as the carrier wrote it. */
  doneDate?: string;
}

/** True when nothing more will happen to the message by itself. */
export function isFinal(status: MessageStatus): boolean {
  return FINAL.has(status);
}

const FINAL: ReadonlySet<MessageStatus> = new Set(["delivered", "undelivered", "failed", "canceled", "received"]);

/**
 * The text given to the carrier: the body, or what smart encoding made of it, and the
 * addresses of the media, because SMS cannot carry them.
 */
export function sentText(message: Readonly<Message>): string {
  return message.sentText ?? message.body;
}

/** The lane of a message. */
export function trafficClassOf(message: { readonly trafficClass?: TrafficClass }): TrafficClass {
  return message.trafficClass ?? "transactional";
}

/** So many parts that wait. */
export function pendingParts(count: number): Part[] {
  if (count === 1) return [{ state: "pending" }];
  return Array.from({ length: count }, (): Part => ({ state: "pending" }));
}

/** True while no carrier has been given any part, or none took it. */
export function isUntouched(message: Readonly<Message>): boolean {
  for (const part of message.parts) if (part.state !== "pending") return false;
  return true;
}

/** True while a part could still be given to a carrier. */
export function hasPendingPart(message: Readonly<Message>): boolean {
  for (const part of message.parts) if (part.state === "pending") return true;
  return false;
}

/** True while the outcome of a part is not known. */
export function hasUnknownPart(message: Readonly<Message>): boolean {
  for (const part of message.parts) if (part.state === "unknown") return true;
  return false;
}

/** True while a carrier owes an answer to a part. */
export function hasSubmittedPart(message: Readonly<Message>): boolean {
  for (const part of message.parts) if (part.state === "submitted") return true;
  return false;
}

/**
 * The status that the states of the parts amount to: delivered when all are, failed
 * or undelivered as soon as one is lost, sent when all are with the carrier.
 */
export function statusOfParts(message: Readonly<Message>): MessageStatus {
  let delivered = 0;
  let accepted = 0;
  for (const { state } of message.parts) {
    if (state === "failed") return "undelivered";
    if (state === "delivered") delivered += 1;
    else if (state === "accepted") accepted += 1;
  }
  const { length } = message.parts;
  if (delivered === length) return "delivered";
  if (delivered + accepted === length) return "sent";
  return message.attempts === 0 ? "queued" : "sending";
}

/** How far along a status is: a webhook never reports a step back. */
export function statusRank(status: MessageStatus): number {
  return RANK[status];
}

const RANK: Readonly<Record<MessageStatus, number>> = {
  scheduled: -1,
  queued: 0,
  receiving: 0,
  sending: 1,
  sent: 2,
  delivered: 3,
  undelivered: 3,
  failed: 3,
  canceled: 3,
  received: 3,
};

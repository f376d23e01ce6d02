/** The message as the cell keeps it, and the words for its states. Pure data and pure functions. */

import type { Receipt } from "./records.ts";

export type Direction = "inbound" | "outbound-api" | "outbound-reply";

/** The public status, as the API spells it. */
export type MessageStatus =
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
}

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
  /** As the API shows it: E.164, short code or alphanumeric. */
  readonly from: string;
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
  /** Not submitted after this. Outbound only. */
  readonly validUntilMs: number;
  readonly statusCallback?: string;
  /** Which changes are called back; all where absent. */
  readonly callbackEvents?: "all" | "final";
  readonly provideFeedback?: boolean;
  feedback?: "confirmed" | "unconfirmed";
  /** Addresses to fetch before the message can be queued. */
  mediaUrls?: readonly string[];
  media?: readonly Medium[];
  /** The carrier of the latest attempt. */
  carrier?: string;
  /** Attempts begun so far. */
  attempts: number;
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

/** True while a part could still be given to a carrier. */
export function hasPendingPart(message: Readonly<Message>): boolean {
  return message.parts.some((part) => part.state === "pending");
}

/**
 * The status that the states of the parts amount to: delivered when all are, failed
 * or undelivered as soon as one is lost, sent when all are with the carrier.
 */
export function statusOfParts(message: Readonly<Message>): MessageStatus {
  const { parts } = message;
  if (parts.some((part) => part.state === "failed")) return "undelivered";
  if (parts.every((part) => part.state === "delivered")) return "delivered";
  if (parts.every((part) => part.state === "accepted" || part.state === "delivered")) return "sent";
  return message.attempts === 0 ? "queued" : "sending";
}

/** How far along a status is: a webhook never reports a step back. */
export function statusRank(status: MessageStatus): number {
  return RANK[status];
}

const RANK: Readonly<Record<MessageStatus, number>> = {
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

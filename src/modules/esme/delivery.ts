import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { MessageStatus, SmppAddress } from "./messaging-door.ts";

/** A receipt to be given to the system id that submitted. */
export interface ReceiptToGive {
  /** As the client got it in its response. */
  readonly messageId: string;
  readonly messageSid: string;
  /** As the API writes them, for the webhook. */
  readonly from: string;
  readonly to: string;
  readonly status: MessageStatus;
  /** The carrier never said what became of it. */
  readonly closed?: true;
  readonly errorCode?: number;
  readonly submittedMs: number;
  readonly doneMs: number;
  readonly bodyStart: string;
  /** The message's own, as the client wrote them. */
  readonly source: SmppAddress;
  readonly destination: SmppAddress;
  readonly userReference?: number;
}

/** A text to be given to the account. */
export interface TextToGive {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly fallback?: WebhookRequested;
}

/** What waits for a bind: a receipt or a text. Durable until a bind acknowledged it or its fallback was asked for. */
export interface Delivery {
  readonly id: string;
  readonly accountSid: string;
  /** Whose binds take it: see {@link receiptOwner} and {@link textOwner}. */
  readonly owner: string;
  /** Deliveries with the same key go one after the other. */
  readonly orderKey: string;
  readonly createdMs: number;
  readonly receipt?: ReceiptToGive;
  readonly text?: TextToGive;
}

/** Receipts go to the system id that submitted. */
export function receiptOwner(systemId: string): string {
  return `system:${systemId}`;
}

/** Texts go to any bind of the account that takes texts. */
export function textOwner(accountSid: string): string {
  return `account:${accountSid}`;
}

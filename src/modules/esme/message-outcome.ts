import type { MessageStateName } from "../../protocols/smpp/index.ts";
import type { MessageStatus } from "./messaging-door.ts";

/** Ended before it could be sent, or before it was delivered. */
const EXPIRED_CODES: ReadonlySet<number> = new Set([30036]);
/** The carrier, or this server, did not want it. */
const REJECTED_CODES: ReadonlySet<number> = new Set([30002, 30004, 30007]);
const FIRST_MESSAGE_CODE = 30_000;
const LAST_MESSAGE_CODE = 30_999;

/** The message_state of a message (SMPP 3.4 §5.2.28). */
export function messageState(status: MessageStatus, errorCode: number | undefined): MessageStateName {
  switch (status) {
    case "scheduled":
    case "queued":
    case "sending":
    case "sent":
    case "receiving":
      return "ENROUTE";
    case "delivered":
    case "received":
      return "DELIVERED";
    case "canceled":
      return "DELETED";
    case "undelivered":
    case "failed":
      if (errorCode !== undefined && EXPIRED_CODES.has(errorCode)) return "EXPIRED";
      return errorCode !== undefined && REJECTED_CODES.has(errorCode) ? "REJECTED" : "UNDELIVERABLE";
  }
}

/** True where nothing more happens to the message. */
export function isFinalStatus(status: MessageStatus): boolean {
  return messageState(status, undefined) !== "ENROUTE";
}

/** The three digits after `err:` in a receipt: those of the code behind 30000, `000` where there is none. */
export function receiptError(errorCode: number | undefined): string {
  return String(shortCode(errorCode)).padStart(3, "0");
}

/** The code behind 30000, as one octet of query_sm_resp; 255 for one that does not fit. */
export function queryError(errorCode: number | undefined): number {
  return Math.min(255, shortCode(errorCode));
}

function shortCode(errorCode: number | undefined): number {
  if (errorCode === undefined) return 0;
  return errorCode >= FIRST_MESSAGE_CODE && errorCode <= LAST_MESSAGE_CODE ? errorCode - FIRST_MESSAGE_CODE : 999;
}

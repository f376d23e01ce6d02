import type { AnyPdu, CommandName, PduBodyInput } from "../../protocols/smpp/index.ts";
import type { CloseReason } from "./outcome.ts";

/**
 * Answers a request of the peer; to be called once, at any time. False where the
 * session has ended: the peer will not see the answer. `body` is for responses
 * that have one. Optional parameters in it that the peer's version does not have are
 * left out, and with an error status everything that is not allowed beside one; what
 * remains must be valid.
 */
export type Respond = (status: number, body?: ResponseBodyInput) => boolean;

/** The body of any response, such as `{ message_id }`. */
export type ResponseBodyInput = PduBodyInput[Extract<CommandName, `${string}_resp`>];

/** Who a session works for. */
export interface SessionOwner {
  /** A request of the peer that its bind allows. On the SMSC side also a bind, while the session is open. */
  onRequest(pdu: AnyPdu, respond: Respond): void;
  /** Places in the window or room in the output came back without an outcome telling so. */
  onReady(): void;
  /** The session has ended, and every request has had its outcome. Called once. */
  onClosed(reason: CloseReason): void;
}

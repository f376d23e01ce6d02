import type { CommandName, PduBody } from "../../protocols/smpp/index.ts";

/** The commands that have a response. */
export type RequestName = {
  [C in CommandName]: `${C}_resp` extends CommandName ? C : never;
}[CommandName];

/** The response to a request. */
export type ResponseName<C extends RequestName> = `${C}_resp` & CommandName;

/**
 * Why no octet of a request left.
 * `not-bound`: there is no bound session. `wrong-bind`: this kind of bind must not
 * issue it (SMPP 3.4 §2.3). `window-full`: see `windowFree`. `unbinding`: the
 * session takes no new work. `disconnected`: the session ended while the request
 * was still held here. `invalid`: the body does not fit the specification.
 */
export type NotSentReason = "not-bound" | "wrong-bind" | "window-full" | "unbinding" | "disconnected" | "invalid";

/**
 * What became of a request.
 *
 * `response`: the peer answered; `status` 0 is acceptance, anything else is
 * certainly none. `body` is missing in a generic_nack. `unknown`: the request was
 * given to the connection and no readable response came, so that the peer may or
 * may not have acted on it; it must not be sent again blindly. `not-sent`: no
 * octet of it left this process.
 */
export type Outcome<C extends RequestName = RequestName> =
  | { readonly kind: "response"; readonly status: number; readonly body: PduBody[ResponseName<C>] | undefined }
  | { readonly kind: "unknown"; readonly reason: "timeout" | "disconnected" | "malformed-response" }
  | { readonly kind: "not-sent"; readonly reason: NotSentReason; readonly detail?: string };

/** Hears the outcome of a request, exactly once; for `not-sent` possibly before the request call returns. */
export type OnOutcome<C extends RequestName = RequestName> = (outcome: Outcome<C>) => void;

/** Why a session ended. */
export type CloseReason =
  | "unbound"
  | "unbound-by-peer"
  | "peer-closed"
  | "connection-error"
  | "session-init-timeout"
  | "enquire-link-timeout"
  | "inactivity"
  | "output-overflow"
  | "output-stalled"
  | "protocol-error"
  | "bind-refused"
  | "severed"
  | "stopped";

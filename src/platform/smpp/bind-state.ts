/**
 * The states of an SMPP session and what each lets a peer ask for
 * (SMPP 3.4 §2.2 and §2.3, table 2-1). Pure.
 */

/** How an ESME binds: to send, to receive, or both (SMPP 3.4 §4.1). */
export type BindKind = "transmitter" | "receiver" | "transceiver";

/** Which end of the session this program is. */
export type Role = "esme" | "smsc";

/**
 * `open`: connected, not bound. `unbinding`: bound, no new work is taken and the
 * window drains. `closing`: the last octets go out. `closed`: nothing happens again.
 */
export type SessionState = "open" | "bound" | "unbinding" | "closing" | "closed";

/** The bind requests and the kind of bind each asks for. */
export const BIND_KINDS: Readonly<Record<string, BindKind>> = {
  bind_transmitter: "transmitter",
  bind_receiver: "receiver",
  bind_transceiver: "transceiver",
};

/** The bind request of a kind of bind. */
export const BIND_COMMANDS = {
  transmitter: "bind_transmitter",
  receiver: "bind_receiver",
  transceiver: "bind_transceiver",
} as const;

const TO_SMSC_WHEN_SENDING: ReadonlySet<string> = new Set([
  "submit_sm",
  "submit_multi",
  "data_sm",
  "query_sm",
  "cancel_sm",
  "replace_sm",
]);
const TO_ESME_WHEN_RECEIVING: ReadonlySet<string> = new Set(["deliver_sm", "data_sm", "alert_notification"]);

/**
 * True where table 2-1 lets the end called `sender` issue a request on a session
 * bound as `bind`. `bind` is `undefined` before the bind. Binds themselves,
 * enquire_link, generic_nack and responses are not asked about here.
 */
export function mayRequest(sender: Role, bind: BindKind | undefined, command: string): boolean {
  if (bind === undefined) return false;
  if (command === "unbind") return true;
  if (sender === "esme") return bind !== "receiver" && TO_SMSC_WHEN_SENDING.has(command);
  return bind !== "transmitter" && TO_ESME_WHEN_RECEIVING.has(command);
}

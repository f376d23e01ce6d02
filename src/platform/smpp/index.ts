/** SMPP 3.4 and 5.0 sessions over the `Net` port: a client that keeps itself bound, and a server. */
export { SmppClient } from "./client.ts";
export type {
  ClientState,
  DeliveryPdu,
  ReconnectOptions,
  RespondDelivery,
  SmppClientOptions,
  WaitCause,
} from "./client-options.ts";
export type { BindKind } from "./bind-state.ts";
export { isLastingRefusal } from "./bind-refusal.ts";
export { explainStatus } from "./explain-status.ts";
export type { PduTap } from "./pdu-tap.ts";
export { probeBind } from "./probe-bind.ts";
export type { ProbeStep } from "./probe-bind.ts";
export type { SessionTimers } from "./deadlines.ts";
export type { SessionLimits } from "./limits.ts";
export type { CloseReason, NotSentReason, OnOutcome, Outcome, RequestName, ResponseName } from "./outcome.ts";
export { SmppServer } from "./server.ts";
export type { BindRequest, BindVerdict, SmppServerOptions } from "./server.ts";
export { ServerSession } from "./server-session.ts";
export type { Respond, ResponseBodyInput } from "./session-owner.ts";
export { WindowLimiter } from "./window-limiter.ts";
export type { WindowLimits } from "./window-limiter.ts";

import type { InterfaceVersionValue, Pdu } from "../../protocols/smpp/index.ts";
import type { Clock, DialTarget, Logger, Net } from "../ports.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { BindKind } from "./bind-state.ts";
import { DEFAULT_TIMERS } from "./deadlines.ts";
import type { SessionTimers } from "./deadlines.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { SessionLimits } from "./limits.ts";
import type { CloseReason } from "./outcome.ts";
import type { PduTap } from "./pdu-tap.ts";

/** How the client comes back after it lost its session. */
export interface ReconnectOptions extends BackoffOptions {
  /** Waits after a refusal that will not change by itself; see `isLastingRefusal`. */
  readonly refused: BackoffOptions;
  /** A session that held this long starts the waits from the shortest again. */
  readonly stableMs: number;
}

/** Why the client waits before it connects again. */
export type WaitCause =
  | { readonly kind: "connect-failed"; readonly code: string }
  | { readonly kind: "bind-refused"; readonly status: number; readonly isLasting: boolean }
  | { readonly kind: "closed"; readonly reason: CloseReason };

/** Where the client stands, as `onState` tells it. */
export type ClientState =
  | { readonly name: "idle" }
  | { readonly name: "connecting" }
  | { readonly name: "binding" }
  | { readonly name: "bound"; readonly peerSystemId: string; readonly interfaceVersion: number | undefined }
  | { readonly name: "waiting"; readonly delayMs: number; readonly cause: WaitCause }
  | { readonly name: "unbinding" }
  | { readonly name: "stopped" };

/** A message or receipt from the carrier. */
export type DeliveryPdu = Pdu<"deliver_sm"> | Pdu<"data_sm">;

/** Answers a delivery, once, after it is durable. False where the session has ended: the carrier will send it again. */
export type RespondDelivery = (status: number) => boolean;

/** Where to bind, as whom, and how. What is missing has a default. */
export interface SmppClientOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
  readonly tls?: DialTarget["tls"];
  /** At most 15 ASCII characters. */
  readonly systemId: string;
  /** At most 8 ASCII characters. */
  readonly password: string;
  /** At most 12 ASCII characters. */
  readonly systemType?: string;
  readonly bind: BindKind;
  /** At most 40 ASCII characters; what they mean is the carrier's business (SMPP 3.4 §5.2.7). */
  readonly addressRange?: string;
  readonly addressTon?: number;
  readonly addressNpi?: number;
  /** What to ask for: `InterfaceVersion.V3_4` unless told. 5.0 is spoken where the SMSC says so too. */
  readonly interfaceVersion?: InterfaceVersionValue;
  /** Requests without a response at one time. */
  readonly window?: number;
  /** Whether the window follows what the SMSC can use, within `window`; see `WindowLimiter`. Off unless told. */
  readonly adaptiveWindow?: boolean;
  readonly timers?: Partial<SessionTimers>;
  readonly limits?: Partial<SessionLimits>;
  readonly reconnect?: Partial<ReconnectOptions>;
  /** A number in `[0, 1)`, for the jitter. */
  readonly random?: () => number;
  readonly onState?: (state: ClientState) => void;
  /** Deliveries are refused for the time being (ESME_RX_T_APPN) where nobody listens. */
  readonly onDeliver?: (pdu: DeliveryPdu, respond: RespondDelivery) => void;
  /** The client can take requests again: it was bound, or its output drained. */
  readonly onReady?: () => void;
  /** Makes what sees the PDUs of each session. */
  readonly tap?: () => PduTap;
}

/** The options with every default filled in. */
export interface ResolvedClientOptions {
  readonly given: SmppClientOptions;
  readonly timers: SessionTimers;
  readonly limits: SessionLimits;
  readonly reconnect: ReconnectOptions;
  readonly random: () => number;
}

const DEFAULT_RECONNECT: ReconnectOptions = {
  minMs: 500,
  maxMs: 30_000,
  refused: { minMs: 60_000, maxMs: 15 * 60_000 },
  stableMs: 5_000,
};

/** Fills in the defaults, once, so that nothing below sees a missing option. */
export function resolveClientOptions(given: SmppClientOptions): ResolvedClientOptions {
  const window = given.window ?? given.limits?.window ?? DEFAULT_LIMITS.window;
  return {
    given,
    timers: { ...DEFAULT_TIMERS, ...given.timers },
    limits: { ...DEFAULT_LIMITS, ...given.limits, window },
    reconnect: { ...DEFAULT_RECONNECT, ...given.reconnect },
    random: given.random ?? Math.random,
  };
}

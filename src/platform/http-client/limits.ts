/** Bounds of a client. */
export interface HttpClientLimits {
  /** Connections in all, those being opened included. */
  readonly maxConnections: number;
  /** Connections to one server: scheme, host, port and address. */
  readonly maxConnectionsPerHost: number;
  /** Requests that wait for a connection. One more is refused with `connect`, code `too-many-waiting`. */
  readonly maxWaiting: number;
  /** How long an unused connection is kept. Under the 5 s after which many servers close theirs. */
  readonly idleMs: number;
  /** How late a time-out may be noticed. */
  readonly sweepMs: number;
}

export const DEFAULT_LIMITS: HttpClientLimits = {
  maxConnections: 512,
  maxConnectionsPerHost: 64,
  maxWaiting: 10_000,
  idleMs: 4_000,
  sweepMs: 25,
};

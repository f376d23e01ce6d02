/** Bounds of the connections to one cell. Every one has a default. */
export interface UpstreamLimits {
  /** Connections at once; 256. */
  readonly maxConnections: number;
  /** Requests that wait for one of them; 1,024. One more fails at once. */
  readonly maxWaiting: number;
  /** How long such a wait, or the opening of a connection, may take; 1 s. */
  readonly connectTimeoutMs: number;
  /** From when a request was handed over to the head of its answer, and between two pieces of its body; 30 s. */
  readonly answerTimeoutMs: number;
  /** How long a cell that owes answers may say nothing before it is asked for its health; 2 s. */
  readonly maxQuietMs: number;
  /** How long an unused connection is kept; 20 s, well under the 65 s of a cell. */
  readonly idleMs: number;
  /** How often time limits are looked at; 50 ms. They are exact to that. */
  readonly checkIntervalMs: number;
  /** Until a cell that does not answer is probed, at first and at most; 100 ms and 2 s. */
  readonly probeMs: number;
  readonly maxProbeMs: number;
}

export const DEFAULT_LIMITS: UpstreamLimits = {
  maxConnections: 256,
  maxWaiting: 1_024,
  connectTimeoutMs: 1_000,
  answerTimeoutMs: 30_000,
  maxQuietMs: 2_000,
  idleMs: 20_000,
  checkIntervalMs: 50,
  probeMs: 100,
  maxProbeMs: 2_000,
};

/** What one session may cost. Every number is a maximum. */
export interface SessionLimits {
  /** Our requests without a response at one time. */
  readonly window: number;
  /** Requests of the peer that this side has not answered yet; those beyond are answered "try again later" at once. */
  readonly maxUnanswered: number;
  /** Octets of output that wait. With half of it waiting no request is taken; beyond it the session ends. */
  readonly maxOutputOctets: number;
  /** Octets of one PDU; a peer that announces more is answered with generic_nack and closed. */
  readonly maxPduOctets: number;
}

/** A window of 10 is what carriers grant unless they say otherwise; the rest is generous to honest peers. */
export const DEFAULT_LIMITS: SessionLimits = {
  window: 10,
  maxUnanswered: 1_000,
  maxOutputOctets: 8 * 1024 * 1024,
  maxPduOctets: 70 * 1024,
};

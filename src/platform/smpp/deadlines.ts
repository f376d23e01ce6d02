/** When a session must act although nothing arrived. Pure: times in, times out. */

/** The timers of SMPP 3.4 §2.9, all in milliseconds; 0 turns one off. */
export interface SessionTimers {
  /** From connected to bound, and the limit of the TCP or TLS connection set-up. */
  readonly sessionInitMs: number;
  /** Silence of the peer after which enquire_link is sent. */
  readonly enquireLinkMs: number;
  /** Time without any request or response but enquire_link after which the session is unbound. */
  readonly inactivityMs: number;
  /** From handing a request to the connection to its response; also how long a peer may refuse to read. */
  readonly responseMs: number;
}

/** What the usual carrier expects; inactivity is off, because an idle bind is normal for a client. */
export const DEFAULT_TIMERS: SessionTimers = {
  sessionInitMs: 30_000,
  enquireLinkMs: 30_000,
  inactivityMs: 0,
  responseMs: 10_000,
};

/** The clock readings (monotonic milliseconds) that the deadlines are computed from. */
export interface SessionTimes {
  openedAtMs: number;
  /** The last complete PDU of the peer. Octets that complete none do not count. */
  receivedAtMs: number;
  /** The last PDU, either way, that is no enquire_link. */
  activeAtMs: number;
  /** Since when the connection takes nothing more, or `undefined`. */
  blockedSinceMs: number | undefined;
}

/** What is due. */
export type Due = "session-init" | "inactivity" | "enquire-link" | "stalled" | "none";

/** What a session has to do at `nowMs`, and when to look again if it is nothing. */
export function dueAt(
  timers: SessionTimers,
  times: SessionTimes,
  session: { readonly isBound: boolean; readonly isEnquiring: boolean },
  nowMs: number,
): { due: Due; nextMs: number } {
  let nextMs = Number.POSITIVE_INFINITY;
  let due: Due = "none";
  const check = (sinceMs: number, limitMs: number, name: Due): void => {
    if (limitMs === 0 || due !== "none") return;
    if (nowMs >= sinceMs + limitMs) due = name;
    else nextMs = Math.min(nextMs, sinceMs + limitMs);
  };
  if (times.blockedSinceMs !== undefined) check(times.blockedSinceMs, timers.responseMs, "stalled");
  if (!session.isBound) check(times.openedAtMs, timers.sessionInitMs, "session-init");
  if (session.isBound) check(times.activeAtMs, timers.inactivityMs, "inactivity");
  if (session.isBound && !session.isEnquiring) check(times.receivedAtMs, timers.enquireLinkMs, "enquire-link");
  return { due, nextMs };
}

const BASE_MS = 1_000;
const CEILING_MS = 5 * 60_000;
const THROTTLE_MS = 1_000;
/** Not sooner than this, whatever the jitter says. */
const FLOOR_MS = 50;

/** Attempts in which a carrier took or refused something; after the last refusal the message has failed. */
export const MAX_ATTEMPTS = 12;

/**
 * How long a refused message waits: exponential with full jitter, at most five minutes.
 * The jitter follows from the SID, because a reducer must give the same answer on every
 * replay.
 */
export function retryDelayMs(sid: string, attempts: number, verdict: string): number {
  const span = verdict === "throttle" ? THROTTLE_MS : Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(attempts, 20));
  return Math.max(FLOOR_MS, Math.round(span * fraction(sid, attempts)));
}

/** FNV-1a over the SID and the attempt, as a fraction of one. */
function fraction(sid: string, attempts: number): number {
  let hash = 0x811c9dc5 ^ attempts;
  for (let i = 0; i < sid.length; i += 1) hash = Math.imul(hash ^ sid.charCodeAt(i), 0x01000193);
  // The last octets alone would hardly reach the highest bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

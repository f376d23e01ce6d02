const BASE_MS = 1_000;
const CEILING_MS = 5 * 60_000;
const THROTTLE_MS = 1_000;

/**
 * How long a refused message waits: exponential with full jitter between half and the
 * whole, at most five minutes. The jitter follows from the SID, because a reducer must
 * give the same answer on every replay.
 */
export function retryDelayMs(sid: string, attempts: number, verdict: string): number {
  const span = verdict === "throttle" ? THROTTLE_MS : Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(attempts, 20));
  return Math.round(span / 2 + (span / 2) * fraction(sid, attempts));
}

/** FNV-1a over the SID and the attempt, as a fraction of one. */
function fraction(sid: string, attempts: number): number {
  let hash = 0x811c9dc5 ^ attempts;
  for (let i = 0; i < sid.length; i += 1) hash = Math.imul(hash ^ sid.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 0x1_0000_0000;
}

import type { LimitDecision } from "./limiter.ts";

/** A client is not told to wait longer than a day. */
const LONGEST_RETRY_SECONDS = 86_400;

/** Fields of an answer. */
export interface LimitFields {
  "RateLimit-Policy"?: string;
  RateLimit?: string;
  /** Whole seconds, at least 1; only where it was refused. */
  "Retry-After"?: string;
}

/**
 * What an answer says of the limit that decided (draft-ietf-httpapi-ratelimit-headers,
 * `RateLimit` and `RateLimit-Policy`; RFC 9110 §10.2.3, `Retry-After`). Nothing where no rule applied.
 */
export function limitFields(decision: LimitDecision): LimitFields {
  const { rule, limit, windowMs, remaining, retryAfterMs, admitted } = decision;
  if (rule === undefined) return {};
  const windowSeconds = Math.max(1, Math.ceil(windowMs / 1_000));
  const resetSeconds = admitted ? windowSeconds : retryAfterSeconds(retryAfterMs);
  const fields: LimitFields = {
    "RateLimit-Policy": `"${rule}";q=${Math.floor(limit)};w=${windowSeconds}`,
    RateLimit: `"${rule}";r=${remaining};t=${resetSeconds}`,
  };
  if (!admitted) fields["Retry-After"] = String(resetSeconds);
  return fields;
}

/** Whole seconds for `Retry-After`: never too early, at least 1, at most a day. */
export function retryAfterSeconds(retryAfterMs: number): number {
  return Math.max(1, Math.min(LONGEST_RETRY_SECONDS, Math.ceil(retryAfterMs / 1_000)));
}

import type { Carrier } from "../carriers/carrier.ts";

/**
 * The carrier for a message: of those that serve the destination with the longest prefix
 * and have not refused it, the first in order of priority that is up, or the first at all.
 * The same message, table and health always give the same carrier.
 */
export function route(
  carriers: readonly Carrier[],
  to: string,
  refusedBy: readonly string[] = [],
): Carrier | undefined {
  const digits = to.startsWith("+") ? to.slice(1) : to;
  let best: Carrier | undefined;
  let bestScore: readonly number[] = [];
  for (const carrier of carriers) {
    const prefix = longestPrefix(carrier.prefixes, digits);
    if (prefix === undefined) continue;
    const score = [refusedBy.includes(carrier.name) ? 0 : 1, carrier.up ? 1 : 0, prefix, -carrier.priority];
    if (best === undefined || isBetter(score, bestScore)) {
      best = carrier;
      bestScore = score;
    }
  }
  return best;
}

/** The length of the longest prefix that matches, 0 where all numbers are served, `undefined` where none match. */
function longestPrefix(prefixes: readonly string[], digits: string): number | undefined {
  if (prefixes.length === 0) return 0;
  let longest: number | undefined;
  for (const prefix of prefixes) {
    if (digits.startsWith(prefix) && prefix.length > (longest ?? -1)) longest = prefix.length;
  }
  return longest;
}

function isBetter(score: readonly number[], than: readonly number[]): boolean {
  for (let i = 0; i < score.length; i += 1) {
    const difference = (score[i] ?? 0) - (than[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

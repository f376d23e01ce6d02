const FIRST_MS = 250;
const LAST_MS = 15_000;

/**
 * How long to wait before the next attempt, in milliseconds: doubling from a quarter of a second to 15 s,
 * and of that between a half and the whole, so that browsers do not come back all at once.
 * @param attempt 0 for the first.
 * @param random from 0 to 1.
 */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(FIRST_MS * 2 ** Math.min(attempt, 16), LAST_MS);
  return Math.round(whole / 2 + (whole / 2) * random);
}

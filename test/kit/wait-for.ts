import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 20_000;
const INTERVAL_MS = 25;

/**
 * Asks until the answer is something other than `undefined` or `false`, and gives
 * it. Rejects, with what was waited for, after the limit: 20 s unless given.
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(INTERVAL_MS);
  }
}

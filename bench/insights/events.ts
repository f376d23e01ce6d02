import { messageFacts, type TimedFact } from "../../test/kit/message-facts.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const DAY_START = Date.UTC(2026, 8, 1);
/** Changes for each message that the generator makes, about. */
const CHANGES_A_MESSAGE = 3.5;

/** The changes of one hour of a day with so many. All hours of the day are like it. */
export function oneHour(changesADay: number): TimedFact[] {
  const messages = Math.round(changesADay / 24 / CHANGES_A_MESSAGE);
  const terms = { seed: 11, accounts: 1_000, recipients: 1_000_000, startMs: DAY_START, spanMs: HOUR_MS };
  return messageFacts(messages, terms).filter(({ atMs }) => atMs < DAY_START + HOUR_MS);
}

type Movable<T> = { -readonly [K in keyof T]: T[K] };

/** Moves changes to another hour, in place. */
export function shift(facts: readonly TimedFact[], byMs: number): void {
  for (const timed of facts as readonly Movable<TimedFact>[]) {
    const fact = timed.fact as Movable<TimedFact["fact"]>;
    timed.atMs += byMs;
    fact.acceptedMs += byMs;
    if (fact.dueMs !== undefined) fact.dueMs += byMs;
  }
}

const LEFT: readonly (string | undefined)[] = ["sent", "delivered", "undelivered", "failed", "received"];

/** Whether a message leaves with this change: by it messages are counted where they are grouped by carrier. */
export function leaves({ fact: { status, before } }: TimedFact): boolean {
  return LEFT.includes(status) && !LEFT.includes(before);
}

/** Milliseconds from accepted or due. */
export function tookMs({ fact: { acceptedMs, dueMs = 0 }, atMs }: TimedFact): number {
  return atMs - Math.max(acceptedMs, dueMs);
}

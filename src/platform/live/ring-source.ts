import type { RecentRing } from "./recent-ring.ts";
import type { LiveSource } from "./source.ts";

/** How much of what was there before somebody looked is shown to him. */
const DEFAULT_RECALL = 50;

/** How a ring is shown. */
export interface RingSourceOptions<T> {
  /**
   * Reads what the browser asks for, and gives which things it means; `undefined` for all. Throws an
   * `AppError` for what makes no sense. What it gives must be quick: it is called for each new thing.
   */
  readonly filter?: (query: unknown) => ((item: T) => boolean) | undefined;
  /** What is shown of a thing, as plain JSON; the thing itself unless told. */
  readonly view?: (item: T) => unknown;
  /** How many of the last things a first answer has; 50 unless told. */
  readonly recall?: number;
}

/**
 * A source that shows what comes into a ring. Where more came than fits into an answer, the newest
 * are picked and the others counted as skipped, so that a thousand things a second can be watched.
 */
export function ringSource<T>(topic: string, ring: RecentRing<T>, options: RingSourceOptions<T> = {}): LiveSource {
  const { filter, view, recall = DEFAULT_RECALL } = options;
  return {
    topic,
    ask: ({ query, cursor, scope, limit }) => {
      const answer = ring.ask({
        cursor,
        accountSid: scope.everything ? undefined : scope.accountSid,
        limit,
        recall,
        matches: filter?.(query),
      });
      const items = view === undefined ? answer.items : answer.items.map(view);
      return { cursor: answer.cursor, items, skipped: answer.skipped };
    },
  };
}

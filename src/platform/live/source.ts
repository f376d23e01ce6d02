/**
 * What a browser watches while it happens. A cell has sources by topic; an edge asks the cells that a
 * subscription is about a few times a second, while anybody looks, and passes on what is new. Nothing
 * is kept for a subscription in a cell: what is asked for next stands in the cursor.
 */

/** For whom a source is asked. The edge has checked who he is; the source shows nothing beyond it. */
export interface LiveScope {
  /** The account whose things are shown. */
  readonly accountSid: string;
  /** True for people of the operator's account who look at the whole system: then all accounts are shown. */
  readonly everything: boolean;
}

/** One question to a source. */
export interface LiveQuestion {
  /** As the browser gave it: JSON that nobody has checked. */
  readonly query: unknown;
  /** What the source answered last time; `undefined` the first time. Opaque to everybody else; at most 512 characters. */
  readonly cursor: string | undefined;
  readonly scope: LiveScope;
  /** At most so many items. */
  readonly limit: number;
}

/** What is new since the cursor. */
export interface LiveAnswer {
  readonly cursor: string;
  /** Plain JSON values, the oldest first. A source that had to leave some out says so in `skipped`. */
  readonly items: readonly unknown[];
  /** How many were left out since the last answer, because there were more than anybody could read. */
  readonly skipped?: number;
}

/** Something that can be watched. Throws an `AppError` for a query that makes no sense. */
export interface LiveSource {
  /** `series`, `messages`, `alerts` … */
  readonly topic: string;
  /** Answers from memory, at once, in bounded time: it is asked several times a second. */
  ask(question: LiveQuestion): LiveAnswer;
}

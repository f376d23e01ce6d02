/** How often cells are asked while somebody looks. */
export const TICK_MS = 250;
/** The slowest rate that a subscription may ask for. */
export const MAX_RATE_MS = 60_000;
/** Subscriptions of one socket. */
export const MAX_SUBSCRIPTIONS = 16;
/** Octets of the queries of one socket together. */
export const MAX_QUERY_OCTETS = 65_536;
/** Characters of a subscription's id. */
export const MAX_ID_CHARACTERS = 64;
/** How deep a frame of a browser may be nested. */
export const MAX_DEPTH = 16;
/** Items of one answer of a source. */
export const MAX_ITEMS = 200;
/** Items a second of one subscription, over all cells. What is above that waits in the sources. */
export const MAX_ITEMS_PER_SECOND = 2_000;
/** Characters of the JSON of one answer, and of all answers to one request together. */
export const MAX_ANSWER_CHARACTERS = 1_048_576;
export const MAX_ANSWERS_CHARACTERS = 4_194_304;
/** Characters of a cursor. */
export const MAX_CURSOR_CHARACTERS = 512;
/** Questions in one request to a cell, and the characters of their queries. Others wait for the next one. */
export const MAX_QUESTIONS = 256;
export const MAX_QUESTIONS_CHARACTERS = 524_288;
/** How long a cell works on one request before it leaves the rest for the next one. */
export const ANSWER_BUDGET_MS = 25;
/** How long a cell may take to answer before it counts as away. */
export const ASK_TIMEOUT_MS = 5_000;
/** After how many failures in a row watchers are told that a cell is away. */
export const FAILURES_TO_LOSE = 2;
/** The longest time between two tries of a cell that is away. */
export const MAX_BACKOFF_MS = 5_000;
/** How long a source that failed in a cell is left alone. */
export const FAILED_SOURCE_MS = 5_000;
/** How often it is looked which cells matter to a subscription. */
export const CELLS_MS = 2_000;
/** How often it is asked whether a session still stands. */
export const RECHECK_MS = 30_000;
/** How often a browser is sent something, so that it can tell a dead connection. */
export const PING_MS = 20_000;
/** How often sessions are looked at. */
export const SWEEP_MS = 1_000;
/** Ends a socket whose session has ended, been revoked or run out. Of the range for applications (RFC 6455 §7.4.2). */
export const SESSION_ENDED = 4401;

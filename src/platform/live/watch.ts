import type { TextSocket } from "../websocket/index.ts";
import type { LiveAsk } from "./asks.ts";
import { MAX_ITEMS_PER_SECOND } from "./limits.ts";

/** Who looks. Made by whoever knows sessions. */
export interface LiveViewer {
  /** Of the session. */
  readonly sessionSid: string;
  /** The account that the session is for. */
  readonly accountSid: string;
  /** Whether it is the operator's account. */
  readonly isOperator: boolean;
  /** When the session runs out, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** One subscription of one socket. */
export interface Subscription {
  readonly id: string;
  readonly socket: TextSocket;
  readonly viewer: LiveViewer;
  /** Told that the subscription has ended from here, after an error. */
  readonly onEnd: () => void;
  /** What it shares with others that ask the same. */
  watch: Watch;
}

/** What is asked, whoever asks it. */
export interface WatchedQuestion {
  readonly topic: string;
  readonly query: unknown;
  /** The query as JSON. */
  readonly queryText: string;
  readonly accountSid: string;
  readonly viewerSid: string;
  readonly everything: boolean;
  readonly rateMs: number;
}

/** How far a watch is in one cell. */
export class WatchLine {
  /** What the cell said last. */
  cursor: string | undefined = undefined;
  /** When it may be asked next, on the monotonic clock. */
  dueMs = 0;
  /** Whether the next answer is told even if nothing is new: it is the first one, or the first after a loss. */
  isFresh = true;
  /** Whether the subscribers were told that the cell is away. */
  isLost = false;

  copy(): WatchLine {
    const line = new WatchLine();
    line.cursor = this.cursor;
    line.dueMs = this.dueMs;
    line.isFresh = this.isFresh;
    line.isLost = this.isLost;
    return line;
  }
}

/**
 * One question, asked once for all who subscribed to it and have seen the same so far. Who comes later begins
 * with a watch of his own, which is joined to the others' as soon as their cursors are the same.
 */
export class Watch {
  readonly key: string;
  readonly question: WatchedQuestion;
  readonly subscribers = new Set<Subscription>();
  /** By cell. */
  readonly lines = new Map<string, WatchLine>();
  /** When it is to be seen again which cells matter. */
  cellsDueMs = 0;

  constructor(question: WatchedQuestion) {
    this.question = question;
    this.key = keyOf(question);
  }

  /** What a cell is asked. */
  askOf(line: WatchLine, limit: number): LiveAsk {
    const { topic, query, accountSid, viewerSid, everything } = this.question;
    return { topic, query, cursor: line.cursor, accountSid, viewerSid, everything, limit };
  }

  /** Sets when a line is asked next: at a multiple of the rate, so that equal questions are asked together. */
  postpone(line: WatchLine, nowMs: number, items: number): void {
    const { rateMs } = this.question;
    const earliestMs = nowMs + (items * this.lines.size * 1_000) / MAX_ITEMS_PER_SECOND;
    line.dueMs = Math.max(Math.floor(nowMs / rateMs) + 1, Math.ceil(earliestMs / rateMs)) * rateMs;
  }

  /** Whether the subscribers of both have seen the same, so that they can go on together. */
  isLevelWith(other: Watch): boolean {
    if (this.lines.size !== other.lines.size) return false;
    for (const [cell, line] of this.lines) {
      const theirs = other.lines.get(cell);
      if (theirs === undefined || !isSettled(line) || !isSettled(theirs) || line.cursor !== theirs.cursor) return false;
    }
    return true;
  }

  /** Another watch of the same question, as far as this one is. */
  fork(): Watch {
    const watch = new Watch(this.question);
    watch.cellsDueMs = this.cellsDueMs;
    for (const [cell, line] of this.lines) watch.lines.set(cell, line.copy());
    return watch;
  }
}

function isSettled(line: WatchLine): boolean {
  return !line.isFresh && !line.isLost;
}

function keyOf({ topic, queryText, accountSid, viewerSid, everything, rateMs }: WatchedQuestion): string {
  // Who sees everything sees the same, whoever he is.
  const scope = everything ? "*" : `${accountSid} ${viewerSid}`;
  return `${topic} ${scope} ${rateMs} ${queryText}`;
}

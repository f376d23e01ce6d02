import { trafficClassOf, type Message } from "../message.ts";

/** With more than this waiting, two addresses are a feed and no conversation: its messages go side by side. */
const MAX_WAITING = 32;

/** The messages between one sender and one recipient that are on their way to a carrier. */
interface Conversation {
  readonly open: Set<string>;
  readonly waiting: string[];
}

/**
 * Keeps the messages of one lane between two addresses in order, over retries and changes of carrier:
 * the next one goes when the carrier has the one before, or it is done. Memory follows
 * from the messages that are open.
 */
export class Conversations {
  /** The only open message of a pair as text, because that is nearly always all there is. */
  private readonly byPair = new Map<string, string | Conversation>();

  /** Pairs with messages under way. */
  get size(): number {
    return this.byPair.size;
  }

  /** Whether the message may go now. If not it is given back by {@link leave} of an earlier one. */
  enter(message: Readonly<Message>): boolean {
    const pair = pairOf(message);
    const { sid } = message;
    const known = this.byPair.get(pair);
    if (known === undefined) {
      this.byPair.set(pair, sid);
      return true;
    }
    if (known === sid) return true;
    if (typeof known === "string") {
      this.byPair.set(pair, { open: new Set([known]), waiting: [sid] });
      return false;
    }
    if (known.open.has(sid)) return true;
    if (known.waiting.includes(sid)) return false;
    if (known.waiting.length >= MAX_WAITING) {
      known.open.add(sid);
      return true;
    }
    known.waiting.push(sid);
    return false;
  }

  /** The message holds nobody up any more. Returns the one that may go now. */
  leave(message: Readonly<Message>): string | undefined {
    const pair = pairOf(message);
    const known = this.byPair.get(pair);
    if (known === undefined) return undefined;
    if (typeof known === "string") {
      if (known === message.sid) this.byPair.delete(pair);
      return undefined;
    }
    if (!known.open.delete(message.sid)) {
      const at = known.waiting.indexOf(message.sid);
      if (at !== -1) known.waiting.splice(at, 1);
      return undefined;
    }
    const next = known.waiting.shift();
    if (next !== undefined) known.open.add(next);
    else if (known.open.size === 0) this.byPair.delete(pair);
    return next;
  }
}

/** With its lane: a one-time code does not wait for the marketing that was queued before it. */
function pairOf(message: Readonly<Message>): string {
  return `${trafficClassOf(message)}|${message.from}|${message.to}`;
}

import { randomBytes } from "node:crypto";
import { assert } from "../../kernel/assert.ts";

/** The most that a ring may keep. */
const MAX_CAPACITY = 1_000_000;
const CURSOR = /^([0-9a-z]{1,20})-([0-9]{1,15})$/;

/** Bounds of a ring. */
export interface RecentRingOptions {
  /** How many things are kept; the oldest makes room. 1 to 1,000,000. */
  readonly capacity: number;
  /** Tells this life of the ring from others, for cursors: 1 to 20 of `0-9a-z`. Random unless told. */
  readonly life?: string;
}

/** What is asked of a ring. */
export interface RingQuestion<T> {
  /** From the last {@link RingAnswer}; `undefined` the first time. One that this ring did not give counts as none. */
  readonly cursor: string | undefined;
  /** Only things of this account; `undefined` for those of all. */
  readonly accountSid: string | undefined;
  /** At most so many things: the newest. */
  readonly limit: number;
  /** How many of what was there before a first question are given with it; 0 unless told. */
  readonly recall?: number;
  /** Which things; all unless told. Called once for each that is new and of the account. */
  readonly matches?: ((item: T) => boolean) | undefined;
}

/** What is new in a ring. */
export interface RingAnswer<T> {
  readonly cursor: string;
  /** The oldest first. */
  readonly items: T[];
  /**
   * How many new ones were left out: those beyond `limit`, exactly, and those that newer ones had overwritten
   * before anybody asked. Of the latter nobody knows any more whose they were: where not all things
   * are asked for, they are taken to have been of the account as often as those that are still there.
   */
  readonly skipped: number;
}

/**
 * The last things that happened, numbered from 1. Adding one takes constant time; a question takes time
 * in proportion to what is new, at most to the capacity. Lives in memory: a process that starts again
 * starts an empty ring, and cursors of the old one are taken as none. Feed it beside a cell's reducers
 * (when a record is on the disk), not in them, which run again at every start.
 */
export class RecentRing<T> {
  private readonly life: string;
  private readonly capacity: number;
  private readonly things: (T | undefined)[];
  private readonly accounts: (string | undefined)[];
  private count = 0;

  constructor({ capacity, life = randomBytes(6).toString("hex") }: RecentRingOptions) {
    assert(Number.isInteger(capacity) && capacity >= 1 && capacity <= MAX_CAPACITY, `capacity ${capacity} of a ring`);
    this.life = life;
    this.capacity = capacity;
    this.things = [];
    this.accounts = [];
  }

  /** How many were ever added; the number of the newest. */
  get total(): number {
    return this.count;
  }

  /** How many are kept. */
  get size(): number {
    return Math.min(this.count, this.capacity);
  }

  /** Adds the newest. `accountSid` is whose it is; `undefined` for what only the operator sees. */
  add(accountSid: string | undefined, item: T): void {
    const at = this.count % this.capacity;
    this.things[at] = item;
    this.accounts[at] = accountSid;
    this.count += 1;
  }

  /** The newest for which `matches` holds, or `undefined`; for looking something up. Takes time in proportion to the capacity. */
  findNewest(matches: (item: T) => boolean): T | undefined {
    const oldest = this.count - this.size;
    for (let number = this.count - 1; number >= oldest; number -= 1) {
      const item = this.things[number % this.capacity] as T;
      if (matches(item)) return item;
    }
    return undefined;
  }

  /** What is new since the cursor. */
  ask(question: RingQuestion<T>): RingAnswer<T> {
    const { limit, recall = 0 } = question;
    const cursor = `${this.life}-${this.count}`;
    const oldest = this.count - this.size;
    const since = this.since(question.cursor);
    if (since === undefined) {
      const { items } = this.collect(question, { from: oldest, most: Math.min(recall, limit), isCounting: false });
      return { cursor, items, skipped: 0 };
    }
    const from = Math.max(since, oldest);
    const { items, found } = this.collect(question, { from, most: limit, isCounting: true });
    const kept = this.count - from;
    const lost = from - since;
    const isAll = question.accountSid === undefined && question.matches === undefined;
    const guessed = isAll ? lost : kept === 0 ? 0 : Math.round((lost * found) / kept);
    return { cursor, items, skipped: found - items.length + guessed };
  }

  /** The number up to which the cursor had seen all; `undefined` where it is none of this ring's. */
  private since(cursor: string | undefined): number | undefined {
    const [, life, number] = CURSOR.exec(cursor ?? "") ?? [];
    if (life !== this.life || number === undefined) return undefined;
    const since = Number(number);
    return since <= this.count ? since : undefined;
  }

  /** The newest `most` that fit, back to `from`; where it counts it looks at all, else until it has them. */
  private collect(
    { accountSid, matches }: RingQuestion<T>,
    { from, most, isCounting }: { from: number; most: number; isCounting: boolean },
  ): { items: T[]; found: number } {
    const items: T[] = [];
    let found = 0;
    for (let number = this.count - 1; number >= from; number -= 1) {
      if (!isCounting && items.length >= most) break;
      const at = number % this.capacity;
      if (accountSid !== undefined && this.accounts[at] !== accountSid) continue;
      const item = this.things[at] as T;
      if (matches !== undefined && !matches(item)) continue;
      found += 1;
      if (items.length < most) items.push(item);
    }
    return { items: items.reverse(), found };
  }
}

import type { GossipView, Member } from "../gossip/index.ts";
import { cachePrefix, END_KEY, PAGES, readPage, type InvalidationPage } from "./invalidation-log.ts";

/** Publishers that are remembered; beyond them those that gossip knows no more are forgotten. */
const MAX_PUBLISHERS = 2_048;

/** What is known of one publisher. */
interface Publisher {
  readonly generation: number;
  /** The number of the next invalidation that comes. */
  next: number;
  /** How many there were in all, once it has ended in order. */
  end: number | undefined;
}

/** What an {@link InvalidationFollower} is made of. */
export interface InvalidationFollowerOptions {
  readonly gossip: GossipView;
  readonly name: string;
  /** A key of this hash was invalidated. */
  readonly onInvalidation: (hash: number) => void;
  /** Some were missed, of any key. */
  readonly onMissed: () => void;
}

/**
 * Hears by gossip what others have invalidated, each once and in order for each publisher.
 * When numbers are missing that no page holds any more, or a publisher was started anew
 * and it cannot be told whether everything of the earlier one was heard, it says so.
 */
export class InvalidationFollower {
  readonly #options: InvalidationFollowerOptions;
  readonly #prefix: string;
  readonly #publishers = new Map<string, Publisher>();
  readonly #stop: () => void;

  constructor(options: InvalidationFollowerOptions) {
    this.#options = options;
    this.#prefix = cachePrefix(options.name);
    const { gossip } = options;
    this.#stop = gossip.onChange(this.#prefix, (member, key, value) => this.#hear(member, key, value));
    for (const { member, key, value } of gossip.entries(this.#prefix)) this.#hear(member, key, value);
  }

  close(): void {
    this.#stop();
  }

  #hear(member: Member, key: string, value: string | undefined): void {
    if (member.id === this.#options.gossip.self.id) return;
    const publisher = this.#publisher(member);
    if (key === `${this.#prefix}${END_KEY}`) {
      publisher.end = value === undefined ? undefined : Number(value);
      return;
    }
    const page = readPage(value ?? "");
    if (page === undefined) return;
    if (page.first > publisher.next) this.#readAll(member.id, publisher);
    this.#take(publisher, page);
  }

  #publisher({ id, generation }: Member): Publisher {
    const before = this.#publishers.get(id);
    // An echo of an earlier process of this name cannot come after its successor.
    if (before !== undefined && before.generation >= generation) return before;
    if (before !== undefined && before.end !== before.next) this.#options.onMissed();
    const publisher: Publisher = { generation, next: 0, end: undefined };
    this.#publishers.set(id, publisher);
    if (this.#publishers.size > MAX_PUBLISHERS) this.#forgetGone();
    return publisher;
  }

  /** Takes what other pages hold, the oldest first. */
  #readAll(id: string, publisher: Publisher): void {
    const pages: InvalidationPage[] = [];
    for (let at = 0; at < PAGES; at += 1) {
      const page = readPage(this.#options.gossip.get(id, `${this.#prefix}${at}`) ?? "");
      if (page !== undefined) pages.push(page);
    }
    pages.sort((one, other) => one.first - other.first);
    for (const page of pages) this.#take(publisher, page);
  }

  #take(publisher: Publisher, { first, hashes }: InvalidationPage): void {
    const { onInvalidation, onMissed } = this.#options;
    if (first > publisher.next) {
      onMissed();
      publisher.next = first;
    }
    for (let at = publisher.next - first; at < hashes.length; at += 1) onInvalidation(hashes[at] as number);
    publisher.next = Math.max(publisher.next, first + hashes.length);
  }

  #forgetGone(): void {
    const known = new Set(this.#options.gossip.members().map(({ id }) => id));
    for (const id of this.#publishers.keys()) if (!known.has(id)) this.#publishers.delete(id);
  }
}

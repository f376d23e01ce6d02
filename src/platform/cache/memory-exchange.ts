import type { Clock } from "../ports.ts";
import type { CacheAnswer, CacheAnswerer, CacheExchange, CacheNotice, CacheQuestion } from "./exchange.ts";

/** How a {@link MemoryExchanges} behaves. */
export interface MemoryExchangesOptions {
  readonly clock: Pick<Clock, "after">;
  /** From 0 up to but not 1. */
  readonly random?: () => number;
  /** Each way takes between these, by chance; 0 unless told, when nothing waits for the clock. */
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
  /** The share of messages, each way, that get lost: whoever asked hears nothing. */
  readonly loss?: number;
}

/**
 * Exchanges without a network, for tests: members that ask each other in one process,
 * with delay, loss and partitions. Who is cut off, or has left, is unreachable.
 */
export class MemoryExchanges {
  readonly #options: Required<MemoryExchangesOptions>;
  readonly #members = new Map<string, Map<string, CacheAnswerer>>();
  #groups: readonly ReadonlySet<string>[] = [];
  /** Questions so far. */
  asked = 0;

  constructor({ clock, random, minDelayMs, maxDelayMs, loss }: MemoryExchangesOptions) {
    this.#options = {
      clock,
      random: random ?? Math.random,
      minDelayMs: minDelayMs ?? 0,
      maxDelayMs: maxDelayMs ?? minDelayMs ?? 0,
      loss: loss ?? 0,
    };
  }

  /** Adds a member, which takes the place of one with the same id. */
  join(id: string): CacheExchange {
    const served = new Map<string, CacheAnswerer>();
    this.#members.set(id, served);
    return {
      ask: (to, question) => this.#ask(id, to, question),
      tell: (to, notice) => this.#tell(id, to, notice),
      serve: (cache, answerer) => {
        served.set(cache, answerer);
        return () => served.delete(cache);
      },
    };
  }

  leave(id: string): void {
    this.#members.delete(id);
  }

  /** From now on a member reaches only those of its own group; those that no group names are one more group. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#groups = groups.map((group) => new Set(group));
  }

  /** Everybody reaches everybody again. */
  heal(): void {
    this.#groups = [];
  }

  async #ask(from: string, to: string, question: CacheQuestion): Promise<CacheAnswer> {
    this.asked += 1;
    await this.#travel(from, to);
    const answerer = this.#members.get(to)?.get(question.cache);
    const answer: CacheAnswer = answerer === undefined ? { outcome: "refused" } : await answerer.answer(question);
    await this.#travel(to, from);
    return answer;
  }

  async #tell(from: string, to: string, notice: CacheNotice): Promise<void> {
    await this.#travel(from, to);
    this.#members.get(to)?.get(notice.cache)?.hear(notice);
    await this.#travel(to, from);
  }

  async #travel(from: string, to: string): Promise<void> {
    const { clock, random, minDelayMs, maxDelayMs, loss } = this.#options;
    if (random() < loss) return new Promise(() => undefined);
    const delayMs = minDelayMs + random() * (maxDelayMs - minDelayMs);
    if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    if (!this.#members.has(to) || !this.#members.has(from) || !this.#connected(from, to)) {
      throw new Error(`${to} cannot be reached from ${from}`);
    }
  }

  #connected(from: string, to: string): boolean {
    const groupOf = (id: string): number => this.#groups.findIndex((group) => group.has(id));
    return groupOf(from) === groupOf(to);
  }
}

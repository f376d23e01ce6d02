import type { Clock, Timer } from "../ports.ts";

/** Something that ends by itself. */
export interface Sweepable {
  /** On the monotonic clock; may change at any time; `Infinity` for not now. */
  readonly deadlineMs: number;
  /** Called at the first sweep at or after the deadline, and again until it is removed or the deadline moves. */
  expire(nowMs: number): void;
}

/**
 * One coarse timer for all deadlines. A deadline is met up to one interval late,
 * and in exchange a request costs no timer at all. Silent while there is nothing to watch.
 */
export class Sweeper {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #items = new Set<Sweepable>();
  #timer: Timer | undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  add(item: Sweepable): void {
    this.#items.add(item);
    if (this.#timer === undefined) this.#timer = this.#clock.after(this.#intervalMs, this.#sweep);
  }

  remove(item: Sweepable): void {
    this.#items.delete(item);
  }

  /** Resolves and rejects as `work` does, or rejects with `late()` at the deadline; `work` goes on unheard. */
  within<T>(work: Promise<T>, deadlineMs: number, late: () => Error): Promise<T> {
    return new Promise((accept, reject) => {
      const limit: Sweepable = {
        deadlineMs,
        expire: () => {
          this.remove(limit);
          reject(late());
        },
      };
      this.add(limit);
      work.then(accept, reject).finally(() => this.remove(limit));
    });
  }

  readonly #sweep = (): void => {
    const nowMs = this.#clock.monotonicMs();
    for (const item of this.#items) if (nowMs >= item.deadlineMs) item.expire(nowMs);
    this.#timer = this.#items.size > 0 ? this.#clock.after(this.#intervalMs, this.#sweep) : undefined;
  };
}

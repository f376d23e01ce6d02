import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Clock, Timer } from "../ports.ts";
import { LOADS_OVERLOADED } from "./errors.ts";

/** What a {@link LoadGate} is made of. */
export interface LoadGateOptions {
  readonly clock: Clock;
  /** Loads that run at one time; {@link DEFAULT_MAX_LOADS} unless told. */
  readonly maxRunning?: number;
  /** Loads that wait for their turn; one more is refused. {@link DEFAULT_MAX_WAITING} unless told. */
  readonly maxWaiting?: number;
  /** How long one waits before it is refused; {@link DEFAULT_MAX_WAIT_MS} unless told. */
  readonly maxWaitMs?: number;
}

export const DEFAULT_MAX_LOADS = 32;
export const DEFAULT_MAX_WAITING = 10_000;
export const DEFAULT_MAX_WAIT_MS = 2_000;

interface Waiter {
  /** Absent once it has been let through or refused. */
  letThrough: (() => void) | undefined;
}

/**
 * Lets a few loads run at once. Others wait in the order in which they came, up to a
 * number and a time, and are then refused with {@link LOADS_OVERLOADED}. Several caches
 * can share one, where they load from the same place.
 */
export class LoadGate {
  readonly #clock: Clock;
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  /** Those before `#head` have gone. All wait equally long, so that those who gave up are always the first. */
  #waiters: Waiter[] = [];
  #head = 0;
  #waiting = 0;
  #running = 0;

  constructor({ clock, maxRunning, maxWaiting, maxWaitMs }: LoadGateOptions) {
    this.#clock = clock;
    this.#maxRunning = maxRunning ?? DEFAULT_MAX_LOADS;
    this.#maxWaiting = maxWaiting ?? DEFAULT_MAX_WAITING;
    this.#maxWaitMs = maxWaitMs ?? DEFAULT_MAX_WAIT_MS;
    assert(this.#maxRunning >= 1 && this.#maxWaiting >= 0, "at least one load can run");
  }

  /** Whether a load would have to wait now. */
  get isFull(): boolean {
    return this.#running >= this.#maxRunning;
  }

  /** Loads that run now. */
  get running(): number {
    return this.#running;
  }

  /** Runs `load` at its turn. Rejects as it does, or with {@link LOADS_OVERLOADED} when its turn did not come. */
  async run<T>(load: () => Promise<T>): Promise<T> {
    if (this.isFull) await this.#turn();
    else this.#running += 1;
    try {
      return await load();
    } finally {
      this.#next();
    }
  }

  /** Resolves when one that ran has handed its place on. */
  #turn(): Promise<void> {
    if (this.#waiting >= this.#maxWaiting) return Promise.reject(overloaded("too many loads wait"));
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { letThrough: undefined };
      const timer: Timer = this.#clock.after(this.#maxWaitMs, () => {
        waiter.letThrough = undefined;
        this.#waiting -= 1;
        this.#dropGone();
        reject(overloaded("a load waited too long"));
      });
      waiter.letThrough = () => {
        waiter.letThrough = undefined;
        this.#waiting -= 1;
        timer.cancel();
        resolve();
      };
      this.#waiters.push(waiter);
    });
  }

  #next(): void {
    this.#dropGone();
    const letThrough = this.#waiters[this.#head]?.letThrough;
    if (letThrough === undefined) this.#running -= 1;
    else letThrough();
  }

  #dropGone(): void {
    while (this.#head < this.#waiters.length && this.#waiters[this.#head]?.letThrough === undefined) this.#head += 1;
    if (this.#head < 64 || this.#head * 2 < this.#waiters.length) return;
    this.#waiters = this.#waiters.slice(this.#head);
    this.#head = 0;
  }
}

function overloaded(internal: string): AppError {
  return new AppError(LOADS_OVERLOADED, {}, { internal: `cache: ${internal}` });
}

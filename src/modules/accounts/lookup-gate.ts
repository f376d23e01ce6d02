import { AppError } from "../../kernel/errors.ts";
import type { Clock } from "../../platform/ports.ts";
import { accountErrors } from "./errors.ts";

/** Lookups that run at once: few, so that strangers who try SIDs leave connections for those who are known. */
const MAX_RUNNING = 4;
const MAX_WAITING = 1_000;
const MAX_WAIT_MS = 2_000;

/** Lets few lookups run at once; others wait their turn, up to a number and a time, and are then refused with 503. */
export class LookupGate {
  readonly #clock: Clock;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run<T>(lookup: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_RUNNING) await this.#turn();
    else this.#running += 1;
    try {
      return await lookup();
    } finally {
      this.#next();
    }
  }

  /** Resolves when one that ran has handed its place on. */
  #turn(): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(overloaded("too many lookups wait"));
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(MAX_WAIT_MS, () => {
        this.#waiting.delete(letThrough);
        reject(overloaded("a lookup waited too long"));
      });
      const letThrough = (): void => {
        timer.cancel();
        resolve();
      };
      this.#waiting.add(letThrough);
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(first);
    first();
  }
}

function overloaded(internal: string): AppError {
  return new AppError(accountErrors.lookupsOverloaded, {}, { internal: `accounts: ${internal}` });
}

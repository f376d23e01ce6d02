import { AppError } from "../../kernel/errors.ts";
import type { Clock } from "../../platform/ports.ts";
import { accountErrors } from "./errors.ts";

/** The lane of a gate that has one. */
export const ONE_LANE = "";
/** Lookups of a lane that run at once: few, so that strangers who try SIDs leave connections for those who are known. */
const MAX_RUNNING = 4;
const MAX_WAITING = 1_000;
const MAX_WAIT_MS = 2_000;

/** One place that is asked. */
interface Lane {
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
  running: number;
}

/**
 * Lets few lookups of each lane run at once; others wait their turn, up to a number and a
 * time, and are then refused with 503. A lane that hangs holds up no other.
 */
export class LookupGate {
  readonly #clock: Clock;
  /** Those in which something runs. */
  readonly #lanes = new Map<string, Lane>();

  readonly #maxRunning: number;

  constructor(clock: Clock, maxRunning: number = MAX_RUNNING) {
    this.#clock = clock;
    this.#maxRunning = maxRunning;
  }

  async run<T>(lookup: () => Promise<T>, laneName: string = ONE_LANE): Promise<T> {
    const lane = this.#lanes.get(laneName) ?? { waiting: new Set(), running: 0 };
    this.#lanes.set(laneName, lane);
    if (lane.running >= this.#maxRunning) await this.#turn(lane);
    else lane.running += 1;
    try {
      return await lookup();
    } finally {
      this.#next(laneName, lane);
    }
  }

  /** Resolves when one that ran has handed its place on. */
  #turn({ waiting }: Lane): Promise<void> {
    if (waiting.size >= MAX_WAITING) return Promise.reject(overloaded("too many lookups wait"));
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(MAX_WAIT_MS, () => {
        waiting.delete(letThrough);
        reject(overloaded("a lookup waited too long"));
      });
      const letThrough = (): void => {
        timer.cancel();
        resolve();
      };
      waiting.add(letThrough);
    });
  }

  #next(laneName: string, lane: Lane): void {
    const [first] = lane.waiting;
    if (first === undefined) {
      lane.running -= 1;
      if (lane.running === 0) this.#lanes.delete(laneName);
      return;
    }
    lane.waiting.delete(first);
    first();
  }
}

function overloaded(internal: string): AppError {
  return new AppError(accountErrors.lookupsOverloaded, {}, { internal: `accounts: ${internal}` });
}

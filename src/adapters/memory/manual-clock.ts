import { assert } from "../../kernel/assert.ts";
import type { Clock, Timer } from "../../platform/ports.ts";

/** An arbitrary but fixed start: 2025-01-01T00:00:00Z. */
const DEFAULT_START_MS = 1_735_689_600_000;
/** A timer that arms itself again without delay would otherwise never let `advance` return. */
const MAX_FIRINGS_PER_ADVANCE = 1_000_000;

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A clock that only moves when told to. Timers fire in order of their due time,
 * those of the same time in the order they were armed, and each sees the clock
 * at exactly its due time.
 */
export class ManualClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #order = 0;
  /** A binary heap, earliest first. */
  readonly #heap: Pending[] = [];
  readonly #cancelled = new Set<Pending>();

  constructor(startMs: number = DEFAULT_START_MS) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return Math.floor(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const pending: Pending = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#push(pending);
    let over = false;
    const fireOnce = (): void => {
      over = true;
    };
    this.#onFire.set(pending, fireOnce);
    return {
      cancel: () => {
        if (over) return;
        over = true;
        this.#onFire.delete(pending);
        this.#cancelled.add(pending);
      },
    };
  }
}

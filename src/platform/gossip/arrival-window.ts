/** How many of the last intervals are remembered. */
const WINDOW = 128;
/** How much the expected interval counts beside what was seen, in intervals: one odd gap at the start says little. */
const EXPECTED_WEIGHT = 8;
/** A mean above so many expected intervals is not believed, so that the time until a crash is seen stays bounded. */
const MAX_MEAN_FACTOR = 4;
/** A gap of more than so many expected intervals was an outage, and says nothing of the usual pace. */
const MAX_GAP_FACTOR = 10;

/**
 * How regularly a member is heard of: the φ accrual failure detector (Hayashibara,
 * Défago, Yared, Katayama 2004) with exponentially distributed intervals, as Cassandra
 * has it. φ is how many decimal digits of confidence there are that it is gone.
 */
export class ArrivalWindow {
  readonly #expectedMs: number;
  readonly #intervalsMs: number[] = [];
  #next = 0;
  #sumMs = 0;

  constructor(expectedMs: number) {
    this.#expectedMs = expectedMs;
  }

  /** Notes how long it took until the member was heard of again. */
  add(intervalMs: number): void {
    if (intervalMs > MAX_GAP_FACTOR * this.#expectedMs) return;
    this.#sumMs += intervalMs - (this.#intervalsMs[this.#next] ?? 0);
    this.#intervalsMs[this.#next] = intervalMs;
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** The usual interval: not below the expected one, and not far above it. */
  get meanMs(): number {
    const expectedMs = this.#expectedMs;
    const mean = (this.#sumMs + EXPECTED_WEIGHT * expectedMs) / (this.#intervalsMs.length + EXPECTED_WEIGHT);
    return Math.min(Math.max(mean, expectedMs), MAX_MEAN_FACTOR * expectedMs);
  }

  /** −log₁₀ of the probability that a member that is alive is not heard of for so long. */
  phi(elapsedMs: number): number {
    return elapsedMs / (this.meanMs * Math.LN10);
  }

  /** Forgets everything, as a member that was dead may come back otherwise. */
  clear(): void {
    this.#intervalsMs.length = 0;
    this.#next = 0;
    this.#sumMs = 0;
  }
}

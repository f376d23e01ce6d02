import { assert } from "../../kernel/assert.ts";
import type { Clock, Timer } from "../../platform/ports.ts";

/** An arbitrary but fixed start: 2025-01-01T00:00:00Z. */
const DEFAULT_START_MS = 1_735_689_600_000;
/** A timer that arms itself again without delay would otherwise never let `advance` return. */
const MAX_FIRINGS_PER_ADVANCE = 1_000_000;

/** `run` is cleared when the timer has fired or was cancelled. */
interface Pending {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * A clock that only moves when told to. Timers fire in order of their due time,
 * those of the same time in the order they were armed, and each sees the clock
 * at exactly its due time.
 */
export class ManualClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #armed = 0;
  #pending = 0;
  /** A binary heap, earliest first. Cancelled timers stay in it until they come up. */
  readonly #heap: Pending[] = [];

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
    const pending: Pending = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#armed++, run };
    push(this.#heap, pending);
    this.#pending += 1;
    return {
      cancel: () => {
        if (pending.run === undefined) return;
        pending.run = undefined;
        this.#pending -= 1;
      },
    };
  }

  /** How many timers are armed. */
  get pendingTimers(): number {
    return this.#pending;
  }

  /** Moves time on by `ms` and fires what falls due, also what those timers arm. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms;
    for (let firings = 0; this.#fireNext(untilMs); firings += 1) {
      assert(firings < MAX_FIRINGS_PER_ADVANCE, "timers keep arming each other without letting time pass");
    }
    this.#elapsedMs = untilMs;
  }

  /**
   * As {@link advance}, but after every timer lets promises settle (one turn of
   * the event loop), so that what an awaited continuation arms fires in its turn.
   */
  async advanceSettling(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    await nextTurn();
    for (let firings = 0; this.#fireNext(untilMs); firings += 1) {
      assert(firings < MAX_FIRINGS_PER_ADVANCE, "timers keep arming each other without letting time pass");
      await nextTurn();
    }
    this.#elapsedMs = untilMs;
  }

  #fireNext(untilMs: number): boolean {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.dueMs > untilMs) return false;
      pop(this.#heap);
      const { run } = first;
      if (run === undefined) continue;
      first.run = undefined;
      this.#pending -= 1;
      this.#elapsedMs = Math.max(this.#elapsedMs, first.dueMs);
      run();
      return true;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function earlier(a: Pending, b: Pending): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Pending[], added: Pending): void {
  let at = heap.length;
  heap.push(added);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Pending;
    if (!earlier(added, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = added;
}

/** Takes the earliest out of a heap that is not empty. */
function pop(heap: Pending[]): void {
  const moved = heap.pop() as Pending;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && earlier(heap[below + 1] as Pending, heap[below] as Pending)) below += 1;
    const child = heap[below] as Pending;
    if (!earlier(child, moved)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = moved;
}

import type { Clock, Timer } from "../../platform/ports.ts";

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Things to do later, on one timer however many they are: a binary heap, earliest first, those of one time in order. */
export class Agenda {
  private readonly clock: Clock;
  private readonly heap: Entry[] = [];
  private added = 0;
  private timer: Timer | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** How many things wait. */
  get size(): number {
    return this.heap.length;
  }

  /** Calls `run` after `delayMs`. The caller bounds how many wait. */
  after(delayMs: number, run: () => void): void {
    const entry: Entry = { dueMs: this.clock.monotonicMs() + delayMs, order: this.added, run };
    this.added += 1;
    this.push(entry);
    if (entry.dueMs < this.timerDueMs) this.arm();
  }

  /** Forgets everything. */
  clear(): void {
    this.timer?.cancel();
    this.timerDueMs = Number.POSITIVE_INFINITY;
    this.heap.length = 0;
  }

  private arm(): void {
    const first = this.heap[0];
    if (first === undefined) return;
    this.timer?.cancel();
    this.timerDueMs = first.dueMs;
    this.timer = this.clock.after(Math.max(0, first.dueMs - this.clock.monotonicMs()), () => this.runDue());
  }

  private runDue(): void {
    this.timerDueMs = Number.POSITIVE_INFINITY;
    const now = this.clock.monotonicMs();
    for (let first = this.heap[0]; first !== undefined && first.dueMs <= now; first = this.heap[0]) {
      this.pop();
      first.run();
    }
    this.arm();
  }

  private push(added: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(added);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!isEarlier(added, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = added;
  }

  private pop(): void {
    const { heap } = this;
    const moved = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isEarlier(heap[below + 1] as Entry, heap[below] as Entry)) below += 1;
      const child = heap[below] as Entry;
      if (!isEarlier(child, moved)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = moved;
  }
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

import type { Clock, Timer } from "../../../src/platform/ports.ts";

/** As the other fake clock: 2025-01-01T00:00:00Z. */
const START_MS = 1_735_689_600_000;
/** What happens in one millisecond comes to rest within so many turns, or something runs in a circle. */
const MAX_TURNS_A_MS = 1_000;

/** Everything that one millisecond has to run. */
type Turn = (() => void)[];

/**
 * Virtual time in whole milliseconds, for millions of events: a list for each millisecond
 * instead of a heap, and one turn of the event loop for all events of a millisecond, so
 * that what code does in microtasks happens between them, always in the same order.
 */
export class TurnClock implements Clock {
  private atMs = 0;
  private readonly turns = new Map<number, Turn>();

  nowMs(): number {
    return START_MS + this.atMs;
  }

  monotonicMs(): number {
    return this.atMs;
  }

  after(delayMs: number, run: () => void): Timer {
    let pending: (() => void) | undefined = run;
    this.at(this.atMs + Math.max(0, Math.ceil(delayMs)), () => {
      const fire = pending;
      pending = undefined;
      fire?.();
    });
    return { cancel: () => (pending = undefined) };
  }

  /** As `after` with a time instead of a delay, for what is never called off. */
  at(atMs: number, run: () => void): void {
    const dueMs = Math.max(this.atMs, Math.ceil(atMs));
    const turn = this.turns.get(dueMs);
    if (turn === undefined) this.turns.set(dueMs, [run]);
    else turn.push(run);
  }

  /** Lets time pass up to and with a moment. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      await this.runNow();
      if (this.atMs >= untilMs) return;
      this.atMs += 1;
    }
  }

  private async runNow(): Promise<void> {
    for (let turns = 0; ; turns += 1) {
      const turn = this.turns.get(this.atMs);
      if (turn === undefined) return;
      if (turns > MAX_TURNS_A_MS) throw new Error(`time stands still at ${this.atMs} ms`);
      this.turns.delete(this.atMs);
      for (const run of turn) run();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The clock of one process: its timers do not outlive it. */
export class MortalClock implements Clock {
  private readonly clock: Clock;
  private isAlive = true;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  after(delayMs: number, run: () => void): Timer {
    return this.clock.after(delayMs, () => {
      if (this.isAlive) run();
    });
  }

  die(): void {
    this.isAlive = false;
  }
}

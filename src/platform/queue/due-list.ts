import type { Clock, Timer } from "../ports.ts";

const TICK_MS = 100;

/** Keys that come due at a time, in ticks of a tenth of a second; one timer for all of them. */
export class DueList {
  private readonly clock: Clock;
  private readonly onDue: (keys: readonly string[]) => void;
  private readonly ticks = new Map<number, string[]>();
  private timer: Timer | undefined;
  private timerTick = Infinity;
  private closed = false;

  constructor(clock: Clock, onDue: (keys: readonly string[]) => void) {
    this.clock = clock;
    this.onDue = onDue;
  }

  /** Adds a key, never due before `atMs` and at most a tick after it. */
  add(key: string, atMs: number): void {
    if (this.closed) return;
    const tick = Math.ceil(atMs / TICK_MS);
    const keys = this.ticks.get(tick);
    if (keys === undefined) this.ticks.set(tick, [key]);
    else keys.push(key);
    if (tick < this.timerTick) this.arm(tick);
  }

  private arm(tick: number): void {
    this.timer?.cancel();
    this.timerTick = tick;
    this.timer = this.clock.after(Math.max(0, tick * TICK_MS - this.clock.nowMs()), () => this.fire());
  }

  private fire(): void {
    this.timerTick = Infinity;
    const now = Math.floor(this.clock.nowMs() / TICK_MS);
    const due: string[] = [];
    let next = Infinity;
    for (const [tick, keys] of this.ticks) {
      if (tick <= now) {
        for (const key of keys) due.push(key);
        this.ticks.delete(tick);
      } else if (tick < next) next = tick;
    }
    if (next < this.timerTick) this.arm(next);
    if (due.length > 0) this.onDue(due);
  }

  /** Tells nothing any more. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.ticks.clear();
  }
}

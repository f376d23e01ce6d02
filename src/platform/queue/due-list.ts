import type { Clock } from "../ports.ts";
import { TimingWheel } from "./timing-wheel.ts";

/** Keys that come due at a time and are never called off: a timing wheel without handles. */
export class DueList {
  private readonly wheel: TimingWheel<string>;

  constructor(clock: Clock, onDue: (keys: readonly string[]) => void) {
    this.wheel = new TimingWheel({ clock, onDue });
  }

  /** Adds a key, never due before `atMs` and at most a hundredth of a second after it. */
  add(key: string, atMs: number): void {
    this.wheel.add(key, atMs);
  }

  /** Tells nothing any more. */
  close(): void {
    this.wheel.close();
  }
}

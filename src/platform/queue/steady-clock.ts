import type { Clock } from "../ports.ts";

/** A clock whose time never jumps, for what waits a duration: its `nowMs` are milliseconds from an arbitrary start. */
export function steadyClock(clock: Clock): Clock {
  return {
    nowMs: () => Math.floor(clock.monotonicMs()),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
  };
}

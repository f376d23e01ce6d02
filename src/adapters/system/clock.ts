import type { Clock, Timer } from "../../platform/ports.ts";

/** Node runs a timer with a longer delay at once instead of late. */
const MAX_DELAY_MS = 2_147_483_647;

/** The system's time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => new SystemTimer(delayMs, run),
};

class SystemTimer implements Timer {
  #timeout: NodeJS.Timeout;

  constructor(delayMs: number, run: () => void) {
    this.#timeout = this.#arm(Math.max(0, delayMs), run);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  #arm(delayMs: number, run: () => void): NodeJS.Timeout {
    const fire =
      delayMs > MAX_DELAY_MS
        ? () => {
            this.#timeout = this.#arm(delayMs - MAX_DELAY_MS, run);
          }
        : run;
    return setTimeout(fire, Math.min(delayMs, MAX_DELAY_MS)).unref();
  }
}

import type { Clock } from "../../../platform/ports.ts";
import type { EndpointAnswer, Settle } from "./carrier.ts";

/** After this a carrier is told to bring again what is still not durable. */
const SETTLE_LIMIT_MS = 10_000;
/** Requests of one endpoint that wait for their content to become durable. */
const MAX_WAITING = 1_000;

export const TRY_AGAIN: EndpointAnswer = { status: 503, contentType: "text/plain", body: "try again later\n" };

/** Waits until what carriers brought over HTTP is durable, for as many requests at a time as is bounded. */
export class EndpointWork {
  private readonly clock: Clock;
  private waiting = 0;
  private closed = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Hands things over one by one; true when all of them are durable, false when any is not, or not in time. */
  async settled<T>(things: readonly T[], give: (thing: T, settle: Settle) => void): Promise<boolean> {
    if (things.length === 0) return true;
    if (this.closed || this.waiting >= MAX_WAITING) return false;
    this.waiting += 1;
    const allDurable = await new Promise<boolean>((resolve) => {
      let open = things.length;
      let durable = true;
      const timer = this.clock.after(SETTLE_LIMIT_MS, () => resolve(false));
      const settle = (isDurable: boolean): void => {
        durable &&= isDurable;
        open -= 1;
        if (open > 0) return;
        timer.cancel();
        resolve(durable);
      };
      for (const thing of things) give(thing, settle);
    });
    this.waiting -= 1;
    return allDurable;
  }

  /** Takes nothing any more. */
  close(): void {
    this.closed = true;
  }
}

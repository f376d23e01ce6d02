import type { Clock } from "../ports.ts";
import type { LiveAsk, LiveReply } from "./asks.ts";
import { ASK_TIMEOUT_MS, FAILURES_TO_LOSE, MAX_BACKOFF_MS, TICK_MS } from "./limits.ts";

/** Asks one cell. Rejects where nobody answers. */
export type AskCell = (asks: readonly LiveAsk[]) => Promise<readonly LiveReply[]> | readonly LiveReply[];

/** The way to one cell: one request at a time, and fewer while it is away. */
export class CellLane {
  readonly name: string;
  private readonly ask: AskCell;
  private readonly clock: Clock;
  private isAsking = false;
  private failures = 0;
  private retryAtMs = 0;

  constructor(name: string, ask: AskCell, clock: Clock) {
    this.name = name;
    this.ask = ask;
    this.clock = clock;
  }

  /** Whether it may be asked now. */
  isReady(nowMs: number): boolean {
    return !this.isAsking && nowMs >= this.retryAtMs;
  }

  /** Whether it did not answer the last times. */
  get isAway(): boolean {
    return this.failures >= FAILURES_TO_LOSE;
  }

  /** Asks; `undefined` where no answer came in time. Never rejects. Whatever comes later is dropped. */
  async exchange(asks: readonly LiveAsk[]): Promise<readonly LiveReply[] | undefined> {
    this.isAsking = true;
    try {
      const replies = await this.inTime(asks);
      this.failures = 0;
      return replies;
    } catch {
      this.failures += 1;
      const backoffMs = Math.min(MAX_BACKOFF_MS, TICK_MS * 2 ** Math.min(this.failures - 1, 10));
      this.retryAtMs = this.clock.monotonicMs() + backoffMs;
      return undefined;
    } finally {
      this.isAsking = false;
    }
  }

  private inTime(asks: readonly LiveAsk[]): Promise<readonly LiveReply[]> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(ASK_TIMEOUT_MS, () => reject(new Error("no answer in time")));
      // Inside a promise, so that what is thrown at once is a rejection too.
      Promise.resolve()
        .then(() => this.ask(asks))
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
  }
}

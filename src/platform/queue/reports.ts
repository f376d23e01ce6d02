import type { Clock } from "../ports.ts";

const MAX_BATCH = 500;

/** How reports become durable. */
export interface ReportsOptions<T> {
  readonly clock: Clock;
  readonly retryMs: number;
  /** Reports that share a record; 500 where absent. */
  readonly maxBatch?: number;
  /** Makes a batch durable and says whether it is. */
  readonly commit: (group: string, batch: readonly T[], done: (durable: boolean) => void) => void;
}

/**
 * Collects what is reported in one turn into one record for each group. What could not be
 * made durable is kept and tried again: it must not be forgotten, and whoever reports
 * bounds how much can be under way.
 */
export class Reports<T> {
  private readonly options: ReportsOptions<T>;
  private readonly waiting = new Map<string, T[]>();
  private asked = false;
  private underWay = 0;
  private idle: (() => void)[] = [];

  constructor(options: ReportsOptions<T>) {
    this.options = options;
  }

  add(group: string, report: T): void {
    const list = this.waiting.get(group);
    if (list === undefined) this.waiting.set(group, [report]);
    else list.push(report);
    if (this.asked) return;
    this.asked = true;
    queueMicrotask(() => {
      this.asked = false;
      this.flush();
    });
  }

  private flush(): void {
    const { maxBatch = MAX_BATCH } = this.options;
    for (const [group, list] of this.waiting) {
      this.waiting.delete(group);
      for (let at = 0; at < list.length; at += maxBatch) this.send(group, list.slice(at, at + maxBatch));
    }
  }

  private send(group: string, batch: readonly T[]): void {
    this.underWay += 1;
    this.options.commit(group, batch, (durable) => {
      if (!durable) {
        this.options.clock.after(this.options.retryMs, () => {
          this.underWay -= 1;
          this.send(group, batch);
        });
        return;
      }
      this.underWay -= 1;
      if (this.underWay === 0) for (const run of this.idle.splice(0)) run();
    });
  }

  /** Resolves when everything reported so far is durable. */
  async drained(): Promise<void> {
    this.flush();
    if (this.underWay > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}

import type { Clock } from "../../../platform/ports.ts";
import { KeyedRetryBudgets } from "../../../platform/queue/index.ts";

/** So many retries a second are allowed to what earns none. */
const FLOOR_PER_SECOND = 10;

/**
 * Retries cost at most a tenth of what fresh traffic does, for each account and for each
 * carrier, so that a carrier in trouble is not drowned in second attempts. A retry that
 * has no budget waits; it is not lost.
 */
export class Budgets {
  private readonly clock: Clock;
  private readonly accounts = new KeyedRetryBudgets({ floorPerSecond: FLOOR_PER_SECOND });
  private readonly carriers = new KeyedRetryBudgets({ floorPerSecond: FLOOR_PER_SECOND });

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A message goes to a carrier for the first time. */
  fresh(accountSid: string, carrier: string): void {
    const nowMs = this.clock.nowMs();
    this.accounts.fresh(accountSid, nowMs);
    this.carriers.fresh(carrier, nowMs);
  }

  /** Whether a message may be tried again now that `carrier` refused. */
  trySpend(accountSid: string, carrier: string): boolean {
    const nowMs = this.clock.nowMs();
    // The carrier's is asked first: it is the one that runs dry when a carrier is in trouble.
    if (!this.carriers.trySpend(carrier, nowMs)) return false;
    if (this.accounts.trySpend(accountSid, nowMs)) return true;
    this.carriers.giveBack(carrier, nowMs);
    return false;
  }
}

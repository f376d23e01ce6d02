import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import { MOVED, type EscrowAsk, type EscrowHome, type LeaseKeeper } from "./escrow/index.ts";
import type { DepartureSettled, TimesPassed } from "./records.ts";
import type { LedgerSpending } from "./spending.ts";
import type { LedgerState } from "./state.ts";

/** What time works with. */
export interface TimeKeeperDeps {
  readonly cell: () => Pick<Cell, "commit">;
  readonly cellName: string;
  readonly state: LedgerState;
  readonly spending: LedgerSpending;
  readonly keeper: LeaseKeeper;
  readonly home: EscrowHome;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TICK_MS = 1_000;
/** All holds are looked at within so many ticks, so that a hold ends at most a minute late. */
const ROUND_TICKS = 60;
const MIN_SLICE = 5_000;
/** Of one record. */
const MAX_ENDED = 1_000;
const DEPARTURES_TICK = 10;

/**
 * Lets time pass in the ledger: holds and grants end, leases are looked after. A few of the
 * holds are looked at in every tick, because an order by time would cost every message more
 * than the few that end by themselves are worth.
 */
export class TimeKeeper {
  private readonly deps: TimeKeeperDeps;
  private holds: IterableIterator<string> | undefined;
  private wallets: IterableIterator<string> | undefined;
  private timer: Timer | undefined;
  private ticks = 0;
  private working: Promise<void> = Promise.resolve();
  private stopped = true;

  constructor(deps: TimeKeeperDeps) {
    this.deps = deps;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.schedule();
  }

  private schedule(): void {
    this.timer = this.deps.clock.after(TICK_MS, () => {
      this.working = this.tick().then(() => {
        if (!this.stopped) this.schedule();
      });
    });
  }

  /** Resolves when nothing is under way. */
  stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    return this.working;
  }

  /** One look. */
  async tick(): Promise<void> {
    const { spending, keeper, logger } = this.deps;
    this.ticks += 1;
    try {
      await this.endTimes();
      keeper.tick();
      const forgotten = spending.sweep();
      if (forgotten > 0) logger.warn("ledger.reservations-forgotten", { count: forgotten });
      if (this.ticks % DEPARTURES_TICK === 0) await this.settleDepartures();
    } catch (error) {
      logger.warn("ledger.tick-failed", { reason: String(error) });
    }
  }

  private async endTimes(): Promise<void> {
    const { state, clock, cell } = this.deps;
    const nowMs = clock.nowMs();
    const holds: string[] = [];
    this.holds = walk(this.holds, state.holds, (id) => {
      const hold = state.holds.get(id);
      if (hold !== undefined && hold.expiresAtMs <= nowMs) holds.push(id);
      return holds.length < MAX_ENDED;
    });
    const wallets: string[] = [];
    this.wallets = walk(this.wallets, state.wallets, (key) => {
      const next = state.wallets.get(key)?.nextGrantEndMs ?? 0;
      if (next !== 0 && next <= nowMs) wallets.push(key);
      return wallets.length < MAX_ENDED;
    });
    if (holds.length === 0 && wallets.length === 0) return;
    const record: TimesPassed = { kind: "ledger.times-passed", holds, wallets };
    await cell().commit(record, "progress");
  }

  /** Tells the new homes of accounts what they were charged here. */
  private async settleDepartures(): Promise<void> {
    const { state, home, cell, cellName } = this.deps;
    let left = MAX_ENDED;
    for (const key of state.departures.keys()) {
      const departure = state.departures.get(key);
      left -= 1;
      if (departure === undefined || left < 0) return;
      const { owner, currency, chargedMicros } = departure;
      const nothing = { ask: 0, wantedMicros: 0, returnedMicros: 0 };
      const of = { cell: cellName, owner, currency, life: MOVED, spentMicros: chargedMicros };
      const ask: EscrowAsk = { ...of, ...nothing, isFinal: true };
      const answer = await home.ask(ask);
      if (answer?.kind !== "share") continue;
      const record: DepartureSettled = { kind: "ledger.departure-settled", key, chargedMicros };
      await cell().commit(record, "progress");
    }
  }
}

/** Looks at the next keys of a table, from its beginning again after its end. */
function walk(
  from: IterableIterator<string> | undefined,
  table: { readonly size: number; keys(): IterableIterator<string> },
  look: (key: string) => boolean,
): IterableIterator<string> | undefined {
  const keys = from ?? table.keys();
  const slice = Math.max(MIN_SLICE, Math.ceil(table.size / ROUND_TICKS));
  for (let count = 0; count < slice; count += 1) {
    const next = keys.next();
    if (next.done === true) return undefined;
    if (!look(next.value)) return keys;
  }
  return keys;
}

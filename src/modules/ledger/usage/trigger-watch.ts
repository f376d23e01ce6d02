import type { Timer } from "../../../platform/ports.ts";
import type { UsageDeps } from "./deps.ts";
import { formatMillionths, parseMillionths, periodOf, valueOf, type UsageTrigger } from "./trigger.ts";
import type { TriggerFired } from "./trigger-machine.ts";
import { dayOf } from "./usage-day.ts";
import { sumUsage, type UsageSum } from "./usage.store.ts";

/** How soon after usage an account's triggers are looked at. */
const LOOK_MS = 1_000;
/** For how long after the last usage: until the projection has certainly written it, when it keeps up. */
const SETTLE_MS = 10_000;
/** How often all triggers are looked at, which finds what came late. */
const SWEEP_MS = 60_000;

/**
 * Looks whether triggers have reached their values: by the sums in the database, so that it
 * matters neither how often it looks nor whether it died before it could act.
 */
export class TriggerWatch {
  private readonly deps: UsageDeps;
  /** Accounts with triggers that used something, and until when they are looked at. */
  private readonly busy = new Map<string, number>();
  private timer: Timer | undefined;
  private lastSweepMs = -Infinity;
  private isRunning = false;

  constructor(deps: UsageDeps) {
    this.deps = deps;
  }

  /** An account used something. */
  used(accountSid: string): void {
    const { state, clock, walletOf } = this.deps;
    const wallet = walletOf(accountSid);
    for (const sid of wallet === undefined || wallet === accountSid ? [accountSid] : [accountSid, wallet]) {
      if (state.countOf(sid) > 0) this.busy.set(sid, clock.monotonicMs() + SETTLE_MS);
    }
  }

  /** Looks at all triggers soon: after the start, and after an account came. */
  lookAtAll(): void {
    this.lastSweepMs = -Infinity;
  }

  start(): void {
    this.isRunning = true;
    this.schedule();
  }

  stop(): void {
    this.isRunning = false;
    this.timer?.cancel();
  }

  private schedule(): void {
    if (!this.isRunning) return;
    this.timer = this.deps.clock.after(LOOK_MS, () => {
      this.look()
        .catch((error: unknown) => this.deps.logger.warn("usage.triggers-not-looked-at", { reason: String(error) }))
        .finally(() => this.schedule());
    });
  }

  /** Looks at the triggers of accounts that used something, and now and then at all. One account after the other. */
  async look(): Promise<void> {
    const { clock, state } = this.deps;
    const nowMs = clock.monotonicMs();
    const isSweep = nowMs - this.lastSweepMs >= SWEEP_MS;
    const accounts = isSweep ? [...state.accounts()] : [...this.busy.keys()];
    for (const accountSid of accounts) await this.lookAt(accountSid);
    if (isSweep) this.lastSweepMs = nowMs;
    for (const [accountSid, untilMs] of this.busy) if (untilMs <= nowMs) this.busy.delete(accountSid);
  }

  private async lookAt(accountSid: string): Promise<void> {
    const { state, clock, cell } = this.deps;
    const day = dayOf(clock.nowMs());
    const waiting = state
      .ofAccount(accountSid)
      .filter(({ recurring, firedPeriod }) => firedPeriod !== periodOf(recurring, day).name);
    if (waiting.length === 0) return;
    const values = await currentValues(this.deps, waiting);
    for (const trigger of waiting) {
      const value = values.get(trigger.sid) ?? 0;
      if (value < (parseMillionths(trigger.triggerValue) ?? Infinity)) continue;
      const period = periodOf(trigger.recurring, day).name;
      const fired: TriggerFired = {
        kind: "usage.trigger-fired",
        sid: trigger.sid,
        period,
        currentValue: formatMillionths(value),
      };
      await cell().commit(fired, "progress");
    }
  }
}

/** What triggers of one account have come to in their present periods, by SID. One query for each period. */
export async function currentValues(
  { database, clock, currencyOf }: Pick<UsageDeps, "database" | "clock" | "currencyOf">,
  triggers: readonly Readonly<Pick<UsageTrigger, "sid" | "accountSid" | "usageCategory" | "triggerBy" | "recurring">>[],
): Promise<ReadonlyMap<string, number>> {
  const toDay = dayOf(clock.nowMs());
  const sums = new Map<string, Promise<UsageSum[]>>();
  const values = new Map<string, number>();
  for (const trigger of triggers) {
    const { accountSid, recurring } = trigger;
    const { name, fromDay } = periodOf(recurring, toDay);
    const key = `${accountSid} ${name}`;
    const range = { accountSid, withSubaccounts: true, fromDay, toDay };
    const known = sums.get(key) ?? sumUsage(database, range, "whole");
    sums.set(key, known);
    values.set(trigger.sid, valueOf(trigger, await known, currencyOf(accountSid)));
  }
  return values;
}

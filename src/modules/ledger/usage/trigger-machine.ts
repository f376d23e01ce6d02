import { rfc2822 } from "../../../kernel/time.ts";
import { StateTable, type ApplyContext, type CellRecord, type Machine } from "../../../platform/cell/index.ts";
import type { ChargePosted } from "../../../platform/spending/index.ts";
import type { WebhookRequested } from "../../../platform/webhooks/index.ts";
import type { UsageTrigger } from "./trigger.ts";

/** A trigger was created or changed, or came from another cell. */
export interface TriggersPut extends CellRecord {
  readonly kind: "usage.triggers-put";
  readonly triggers: readonly UsageTrigger[];
  /** All triggers of these accounts are forgotten before. */
  readonly instead?: readonly string[];
}

/** Triggers are gone: one by its SID, or all of these accounts. */
export interface TriggersGone extends CellRecord {
  readonly kind: "usage.triggers-gone";
  readonly sid?: string;
  readonly accountSids?: readonly string[];
}

/** A trigger's value was reached. Applied once for each period, however often it is committed. */
export interface TriggerFired extends CellRecord {
  readonly kind: "usage.trigger-fired";
  readonly sid: string;
  readonly period: string;
  readonly currentValue: string;
}

/** Who is told of the answer to the webhooks of triggers. */
export const TRIGGER_PURPOSE = "usage-trigger";

/** The triggers of a cell. */
export class TriggerState {
  readonly triggers = new StateTable<UsageTrigger>("usage-triggers", { projected: false });
  private readonly byAccount = new Map<string, Set<string>>();

  get tables(): readonly StateTable<never>[] {
    return [this.triggers] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** The triggers of an account, newest first. */
  ofAccount(accountSid: string): Readonly<UsageTrigger>[] {
    const found: Readonly<UsageTrigger>[] = [];
    for (const sid of this.byAccount.get(accountSid) ?? []) {
      const trigger = this.triggers.get(sid);
      if (trigger !== undefined) found.push(trigger);
    }
    return found.toSorted((a, b) => (a.sid < b.sid ? 1 : -1));
  }

  countOf(accountSid: string): number {
    return this.byAccount.get(accountSid)?.size ?? 0;
  }

  /** The accounts that have triggers. */
  accounts(): Iterable<string> {
    return this.byAccount.keys();
  }

  put(trigger: UsageTrigger): void {
    this.triggers.put(trigger.sid, trigger);
    this.index(trigger);
  }

  private index({ sid, accountSid }: Readonly<UsageTrigger>): void {
    const known = this.byAccount.get(accountSid);
    if (known === undefined) this.byAccount.set(accountSid, new Set([sid]));
    else known.add(sid);
  }

  remove(sid: string): void {
    const trigger = this.triggers.get(sid);
    if (trigger === undefined) return;
    this.triggers.delete(sid);
    const known = this.byAccount.get(trigger.accountSid);
    known?.delete(sid);
    if (known?.size === 0) this.byAccount.delete(trigger.accountSid);
  }

  /** Builds the index anew. */
  restored(): void {
    this.byAccount.clear();
    for (const trigger of this.triggers.values()) this.index(trigger);
  }
}

/**
 * The usage triggers of a cell. Firing is a record: the webhook is queued in the step that
 * notes the period, so that neither is without the other, whatever crashes.
 */
export function triggerMachine(
  state: TriggerState,
  effects: { used(accountSid: string): void; recovered(): void },
): Machine {
  return {
    name: "usage-triggers",
    tables: state.tables,
    reducers: {
      "usage.triggers-put": ({ triggers, instead = [] }: TriggersPut) => {
        removeOf(state, instead);
        // A copy: firing changes it, and what a record brought is not ours to change.
        for (const trigger of triggers) state.put({ ...trigger });
      },
      "usage.triggers-gone": ({ sid, accountSids = [] }: TriggersGone) => {
        if (sid !== undefined) state.remove(sid);
        removeOf(state, accountSids);
      },
      "usage.trigger-fired": (record: TriggerFired, context) => fire(state, record, context),
    },
    listeners: {
      "charge.posted": ({ accountSid }: ChargePosted, context) => context.effect(() => effects.used(accountSid)),
    },
    restored: () => state.restored(),
    recovered: () => effects.recovered(),
  };
}

function removeOf(state: TriggerState, accountSids: readonly string[]): void {
  for (const accountSid of accountSids) for (const { sid } of state.ofAccount(accountSid)) state.remove(sid);
}

/** Returns whether it fired. */
function fire(state: TriggerState, { sid, period, currentValue }: TriggerFired, context: ApplyContext): boolean {
  const known = state.triggers.get(sid);
  if (known === undefined || known.firedPeriod === period) return false;
  const trigger = state.triggers.edit(sid);
  if (trigger === undefined) return false;
  trigger.firedPeriod = period;
  trigger.firedMs = context.atMs;
  context.emit(webhookOf(trigger, { period, currentValue, firedMs: context.atMs }));
  return true;
}

/** The usage records that a trigger watches, as a path. */
export function usageRecordPath({ accountSid, recurring, usageCategory }: Readonly<UsageTrigger>): string {
  const list = { daily: "/Today", monthly: "/ThisMonth", yearly: "/Yearly", alltime: "/AllTime" };
  const name = recurring === null ? "" : list[recurring];
  return `/2010-04-01/Accounts/${accountSid}/Usage/Records${name}.json?Category=${usageCategory}`;
}

function webhookOf(
  trigger: Readonly<UsageTrigger>,
  { period, currentValue, firedMs }: { period: string; currentValue: string; firedMs: number },
): WebhookRequested {
  const { sid, accountSid } = trigger;
  return {
    kind: "webhook.requested",
    id: `${sid}:${period}`,
    accountSid,
    orderKey: sid,
    purpose: TRIGGER_PURPOSE,
    resourceSid: sid,
    url: trigger.callbackUrl,
    method: trigger.callbackMethod,
    params: [
      ["AccountSid", accountSid],
      ["UsageTriggerSid", sid],
      ["Recurring", trigger.recurring ?? ""],
      ["TriggerBy", trigger.triggerBy],
      ["TriggerValue", trigger.triggerValue],
      ["CurrentValue", currentValue],
      ["UsageCategory", trigger.usageCategory],
      ["UsageRecordUri", usageRecordPath(trigger)],
      ["DateFired", rfc2822(firedMs)],
      ["IdempotencyToken", `${sid}-FIRES-${period.replace(" ", "-")}`],
    ],
  };
}

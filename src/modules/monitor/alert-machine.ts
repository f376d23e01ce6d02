import { StateTable, type ApplyContext, type Machine } from "../../platform/cell/index.ts";
import type { RecentRing } from "../../platform/live/index.ts";
import type { AlertRaised } from "../../platform/webhooks/index.ts";
import { alertOf, type Alert, type AlertRepeats } from "./alert.ts";
import { alertSid, MAX_ALERTS_PER_RECORD } from "./alert-sid.ts";

/** Alerts of one account with one code that are written within a minute; those after them are counted. */
export const MAX_PER_MINUTE = 20;
/** Pairs of account and code that are told apart within a minute; alerts of further ones are left out, and counted. */
const MAX_PAIRS_PER_MINUTE = 50_000;
const MINUTE_MS = 60_000;

interface PairCount {
  /** The first alert of the minute, which the repeats are counted on. */
  readonly first: string;
  written: number;
  repeats: number;
}

/** What happened within the present minute of the log. */
interface MinuteCount {
  readonly minute: number;
  /** By account and code. */
  readonly pairs: Record<string, PairCount>;
  pairCount: number;
}

const MINUTE = "minute";

/** The tables of this module. */
export class AlertState {
  /** Leave memory as soon as they are in the database. */
  readonly alerts = new StateTable<Alert>("alerts", { projected: true });
  readonly repeats = new StateTable<AlertRepeats>("alert-repeats", { projected: true });
  readonly minutes = new StateTable<MinuteCount>("alert-minutes", { projected: false });
  /** What was written since the process started, to be watched; absent where nobody may watch. */
  recent: RecentRing<Readonly<Alert>> | undefined;
  /** Alerts left out since the process started because too many accounts had some within a minute. */
  leftOut = 0;

  get tables(): readonly StateTable<never>[] {
    return [this.alerts, this.repeats, this.minutes] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** What a checkpoint still held although it had been projected is not needed any more. */
  dropProjected(): void {
    for (const table of [this.alerts, this.repeats]) for (const key of table.keys()) table.evict(key);
  }
}

/**
 * Writes down what is raised as `alert.raised`. A failing webhook of a busy account raises
 * thousands a second, all alike: the first {@link MAX_PER_MINUTE} of an account, code and
 * minute are kept whole, the others as a number.
 */
export function alertMachine(state: AlertState, cell: string): Machine {
  // Counts the alerts of a record; a replay begins with a whole record, so it counts the same.
  let record = { offset: -1, count: 0 };
  return {
    name: "monitor",
    tables: state.tables,
    reducers: {},
    listeners: {
      "alert.raised": (fact: AlertRaised, context) => {
        if (record.offset !== context.offset) record = { offset: context.offset, count: 0 };
        raise(state, fact, context, () => {
          const index = record.count;
          record.count += 1;
          return { cell, atMs: context.atMs, offset: context.offset, index };
        });
      },
    },
    restored: () => state.dropProjected(),
  };
}

function raise(
  state: AlertState,
  fact: AlertRaised,
  context: ApplyContext,
  nextOrigin: () => Parameters<typeof alertSid>[0],
): void {
  const minute = minuteOf(state, context.atMs);
  const key = `${fact.accountSid} ${fact.errorCode}`;
  const pair = minute.pairs[key];
  if (pair === undefined && minute.pairCount >= MAX_PAIRS_PER_MINUTE) {
    context.effect(() => (state.leftOut += 1));
    return;
  }
  const origin = pair === undefined || pair.written < MAX_PER_MINUTE ? nextOrigin() : undefined;
  if (origin === undefined || origin.index >= MAX_ALERTS_PER_RECORD) {
    if (pair !== undefined) countRepeat(state, pair);
    else context.effect(() => (state.leftOut += 1));
    return;
  }
  const sid = alertSid(origin);
  const alert = alertOf(fact, sid, context.atMs);
  state.alerts.put(sid, alert);
  if (state.recent !== undefined) context.effect(() => state.recent?.add(alert.accountSid, alert));
  if (pair !== undefined) {
    pair.written += 1;
    return;
  }
  minute.pairs[key] = { first: sid, written: 1, repeats: 0 };
  minute.pairCount += 1;
}

/** The counts of the present minute, to be changed. A clock that was set back stays in the minute it had reached. */
function minuteOf(state: AlertState, atMs: number): MinuteCount {
  const minute = Math.floor(atMs / MINUTE_MS);
  const known = state.minutes.edit(MINUTE);
  if (known !== undefined && known.minute >= minute) return known;
  const begun: MinuteCount = { minute, pairs: {}, pairCount: 0 };
  state.minutes.put(MINUTE, begun);
  return begun;
}

function countRepeat(state: AlertState, pair: PairCount): void {
  pair.repeats += 1;
  const counted = state.repeats.edit(pair.first);
  if (counted === undefined) state.repeats.put(pair.first, { sid: pair.first, repeats: pair.repeats });
  else counted.repeats = pair.repeats;
}

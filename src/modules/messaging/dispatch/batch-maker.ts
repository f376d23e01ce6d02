import type { Clock } from "../../../platform/ports.ts";
import type { Compliance } from "../../compliance/index.ts";
import type { Router } from "../../routing/index.ts";
import type { ServiceDirectory } from "../../services/index.ts";
import { messageErrors } from "../errors.ts";
import { judgeAgain } from "../judge-message.ts";
import { hasPendingPart, isFinal, isUntouched, sentText, type Message } from "../message.ts";
import type { MessageState } from "../message-state.ts";
import type { MessagesAttempted } from "../records.ts";
import type { Budgets } from "./budgets.ts";
import type { Lane } from "./lane.ts";
import { pendingCount, sidOf } from "./queue-items.ts";
import type { Rates } from "./rates.ts";
import type { RouteChooser } from "./route-chooser.ts";
import type { SetAside } from "./set-aside.ts";
import type { TrafficLimits } from "./traffic-limits.ts";

/** At most so many messages share one journal entry. */
const BATCH = 200;
/** Messages that are set aside in one go; then others have their turn. */
const MAX_SET_ASIDE = 1_000;
const DEFAULT_CURRENCY = "USD";

/** What goes into one journal entry. */
export interface Batch {
  readonly sids: string[];
  /** For each message, what a part of it costs. */
  readonly prices: number[];
  readonly currencies: string[];
  partCounts: Record<string, number> | undefined;
  /** The versions by which those were routed that have waited since before the present ones. */
  chosen: Record<string, readonly [table: number, health: number]> | undefined;
  /** What counts against daily limits. */
  readonly days: Record<string, readonly [day: string, segments: number]>;
  reserved: number;
  /** There may be more that can go, behind much that was set aside. */
  isCut: boolean;
}

export interface BatchMakerOptions {
  readonly state: MessageState;
  readonly clock: Clock;
  readonly chooser: RouteChooser;
  readonly rates: Rates;
  readonly limits: TrafficLimits;
  readonly budgets: Budgets;
  readonly rules: {
    readonly compliance: Compliance;
    readonly services: ServiceDirectory;
    readonly router: Router;
  };
  readonly setAside: SetAside;
  /** Takes the first message of a lane elsewhere where it does not belong there any more; true where it did. */
  readonly isMoved: (lane: Lane, message: Readonly<Message>, item: string) => boolean;
}

/** Takes what may go now from the head of a carrier's queue, a batch at a time. */
export class BatchMaker {
  private readonly options: BatchMakerOptions;

  constructor(options: BatchMakerOptions) {
    this.options = options;
  }

  /** The next batch; empty where nothing may go. */
  take(lane: Lane): Batch {
    const { state, clock, isMoved } = this.options;
    const now = clock.nowMs();
    const batch = emptyBatch();
    let room = lane.room();
    let aside = 0;
    while (room > 0 && batch.sids.length < BATCH && aside < MAX_SET_ASIDE) {
      const entry = lane.queue.peek();
      if (entry === undefined) break;
      const { item } = entry;
      const message = state.messages.get(sidOf(item));
      // Canceled, expired or queued twice: the sweep deals with the expired.
      if (message === undefined || isIdle(message, now)) {
        lane.queue.drop();
        continue;
      }
      if (isMoved(lane, message, item)) continue;
      const total = lane.carrier.countParts(message.sid, sentText(message));
      const parts = isUntouched(message) ? total : pendingCount(message);
      // A long message waits for room for all of it, unless there will never be as much.
      if (batch.sids.length > 0 ? parts > room : !lane.fits(parts)) break;
      const line = entry.flow.sender;
      if (!this.mayGo(message, line)) {
        lane.queue.drop();
        aside += 1;
        continue;
      }
      lane.queue.take();
      this.enter(batch, lane, { message, item, line, total, parts });
      room -= parts;
    }
    batch.isCut = aside >= MAX_SET_ASIDE;
    return batch;
  }

  private enter(
    batch: Batch,
    lane: Lane,
    given: { message: Readonly<Message>; item: string; line: string; total: number; parts: number },
  ): void {
    const { chooser, rates, limits, budgets } = this.options;
    const { message, item, line, total, parts } = given;
    const { sid } = message;
    rates.take(message, parts);
    limits.take(line, parts, batch.days);
    if (message.attempts === 0) budgets.fresh(message.accountSid, lane.carrier.name);
    if (total !== message.segments) (batch.partCounts ??= {})[sid] = total;
    if (!item.endsWith(chooser.stamp)) (batch.chosen ??= {})[sid] = chooser.versionsOf(item);
    const price = chooser.priceOf(lane.carrier.name, message);
    batch.sids.push(sid);
    batch.prices.push(price?.priceMicros ?? 0);
    batch.currencies.push(price?.currency ?? DEFAULT_CURRENCY);
    batch.reserved += parts;
  }

  /** Asks the daily limits and the rules once more. What may not go is set aside. What has begun to go is let go on. */
  private mayGo(message: Readonly<Message>, line: string): boolean {
    const { limits, rules, setAside, clock } = this.options;
    if (!isUntouched(message)) return true;
    const fullUntil = limits.fullUntil(line, message.segments);
    if (fullUntil !== undefined) {
      if (fullUntil >= message.validUntilMs) setAside.refuse(message, messageErrors.dayLimitReached.code);
      else setAside.hold(message, fullUntil, { usesValidity: true });
      return false;
    }
    const verdict = judgeAgain(rules, message, clock.nowMs());
    if (verdict.kind === "refuse") setAside.refuse(message, verdict.error.code);
    else if (verdict.kind === "hold") setAside.hold(message, verdict.untilMs);
    return verdict.kind === "accept";
  }
}

function emptyBatch(): Batch {
  const none = { partCounts: undefined, chosen: undefined, days: {}, reserved: 0, isCut: false };
  return { sids: [], prices: [], currencies: [], ...none };
}

function isIdle(message: Readonly<Message>, nowMs: number): boolean {
  return message.validUntilMs <= nowMs || isFinal(message.status) || !hasPendingPart(message);
}

/** The journal entry of a batch. */
export function recordOf(
  batch: Batch,
  carrier: string,
  versions: { readonly table: number; readonly health: number },
): MessagesAttempted {
  const { sids, prices, currencies, partCounts, chosen, days } = batch;
  return {
    kind: "message.attempted",
    carrier,
    sids,
    table: versions.table,
    health: versions.health,
    ...(prices.some((price) => price !== 0) ? { prices } : {}),
    ...(currencies.some((currency) => currency !== DEFAULT_CURRENCY) ? { currencies } : {}),
    ...(partCounts === undefined ? {} : { partCounts }),
    ...(chosen === undefined ? {} : { chosen }),
    ...(Object.keys(days).length === 0 ? {} : { days }),
  };
}

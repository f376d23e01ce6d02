import type { Compliance } from "../../compliance/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import { KeyedBuckets } from "../../../platform/queue/index.ts";
import type { DayCount } from "../message-state.ts";
import { DayClock } from "./day-clock.ts";

type TrafficLimit = ReturnType<Compliance["limits"]>[number];

/** Limits that are known at once: as many campaigns and brands, times the networks. */
const MAX_LIMITS = 200_000;
const SEPARATOR = "\n";
const UTC = "UTC";

export interface TrafficLimitsOptions {
  readonly clock: Clock;
  /** What was sent today, as the cell's log has it. */
  readonly dayCount: (key: string) => Readonly<DayCount> | undefined;
}

/**
 * The limits that follow from registrations: so many segments of a campaign a second or a
 * minute to a network, so many of a brand a day. What the same limits hold for waits in one
 * line of a carrier's queue, whose gate is asked here; so a message that waits for one
 * network delays none to another.
 */
export class TrafficLimits {
  private readonly options: TrafficLimitsOptions;
  private readonly days = new DayClock();
  /** By key, those met latest last. */
  private readonly known = new Map<string, TrafficLimit>();
  private readonly buckets: KeyedBuckets;
  /** Segments by key of a daily limit that are taken and not counted by the log yet. */
  private readonly underWay = new Map<string, number>();

  constructor(options: TrafficLimitsOptions) {
    this.options = options;
    this.buckets = new KeyedBuckets({
      rateOf: (key) => {
        const limit = this.known.get(key);
        return limit === undefined || limit.per === "day" ? undefined : { perSecond: perSecondOf(limit) };
      },
    });
  }

  /** The line of a sender's messages for which these limits hold; the sender itself where there are none. */
  lineOf(from: string, limits: readonly TrafficLimit[]): string {
    let line = from;
    for (const limit of limits) {
      this.learn(limit);
      line += SEPARATOR + limit.key;
    }
    return line;
  }

  private learn(limit: TrafficLimit): void {
    const known = this.known.get(limit.key);
    if (known === limit) return;
    if (known !== undefined) {
      this.known.delete(limit.key);
      if (known.segments !== limit.segments || known.per !== limit.per) this.buckets.forget(limit.key);
    }
    this.known.set(limit.key, limit);
    if (this.known.size <= MAX_LIMITS) return;
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest);
      break;
    }
  }

  /** Milliseconds until so many segments of a line may go, for all but its daily limits. */
  waitMs(line: string, segments: number): number {
    const keys = keysOf(line);
    if (keys === undefined) return 0;
    const nowMs = this.options.clock.nowMs();
    let waitMs = 0;
    for (const key of keys) {
      if (this.known.get(key)?.per !== "day") waitMs = Math.max(waitMs, this.buckets.waitMs(key, segments, nowMs));
    }
    return waitMs;
  }

  /** When a daily limit of a line has room again that has none now for so many segments; `undefined` where all have. */
  fullUntil(line: string, segments: number): number | undefined {
    let untilMs: number | undefined;
    for (const key of keysOf(line) ?? []) {
      const limit = this.known.get(key);
      if (limit?.per !== "day") continue;
      const { day, endsMs } = this.days.at(limit.zone ?? UTC, this.options.clock.nowMs());
      const counted = this.options.dayCount(key);
      const used = (counted?.day === day ? counted.segments : 0) + (this.underWay.get(key) ?? 0);
      // A message of more segments than a whole day has goes first thing in the morning.
      if (used > 0 && used + segments > limit.segments) untilMs = Math.max(untilMs ?? 0, endsMs);
    }
    return untilMs;
  }

  /** Segments of a line go now. What counts for a day is added to `days`, which is journalled. */
  take(line: string, segments: number, days: Record<string, readonly [day: string, segments: number]>): void {
    const nowMs = this.options.clock.nowMs();
    for (const key of keysOf(line) ?? []) {
      const limit = this.known.get(key);
      if (limit === undefined) continue;
      if (limit.per !== "day") {
        this.buckets.take(key, segments, nowMs);
        continue;
      }
      const { day } = this.days.at(limit.zone ?? UTC, nowMs);
      days[key] = [day, segments + (days[key]?.[1] ?? 0)];
      this.underWay.set(key, (this.underWay.get(key) ?? 0) + segments);
    }
  }

  /** What was taken is counted by the log now, or was refused by it. */
  settled(days: Readonly<Record<string, readonly [day: string, segments: number]>>): void {
    for (const [key, [, segments]] of Object.entries(days)) {
      const left = (this.underWay.get(key) ?? 0) - segments;
      if (left > 0) this.underWay.set(key, left);
      else this.underWay.delete(key);
    }
  }
}

/** The sender of a line. */
export function senderOfLine(line: string): string {
  const end = line.indexOf(SEPARATOR);
  return end === -1 ? line : line.slice(0, end);
}

function keysOf(line: string): string[] | undefined {
  const start = line.indexOf(SEPARATOR);
  return start === -1 ? undefined : line.slice(start + 1).split(SEPARATOR);
}

function perSecondOf({ segments, per }: TrafficLimit): number {
  return per === "minute" ? segments / 60 : segments;
}

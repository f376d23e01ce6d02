import { assert } from "../../kernel/assert.ts";
import type { TrafficLimit } from "./traffic-limit.ts";
import { zoneDay, type ZoneDay } from "./zone-day.ts";

/** Parts that a second or a minute is counted in. No window of that length ever holds more than the limit, at a loss of 1/60 of it. */
const SLOTS = 60;
const RING = SLOTS + 1;
const SLOT_MS = { second: 1_000 / SLOTS, minute: 60_000 / SLOTS } as const;
/** Keys that are counted at once; those in which nothing is left are forgotten first. */
const MAX_KEYS = 100_000;
/** Keys looked at for each new one when all places are taken. */
const SWEEP = 64;

/** Segments by part of the window, the newest at `slot`. */
interface Window {
  readonly per: "second" | "minute";
  readonly counts: Uint32Array;
  slot: number;
  used: number;
}

interface DayCount {
  readonly per: "day";
  readonly zone: string;
  day: ZoneDay;
  used: number;
}

/** What was used of one limit, as it survives a restart. */
export interface UsedLimit {
  readonly key: string;
  readonly per: TrafficLimit["per"];
  readonly used: number;
  /** When it was used, at the latest. */
  readonly atMs: number;
  readonly zone?: string;
}

/**
 * Counts segments against several limits at once: all have room, or nothing is taken. Pure: time
 * comes with each call. Seconds and minutes are sliding windows, because nobody knows where a
 * carrier's begin; a day is the calendar's. A message that is larger than a whole limit goes
 * when its window is empty, so that it does not wait for ever.
 */
export class TrafficBuckets {
  private readonly counts = new Map<string, Window | DayCount>();
  private readonly days = new Map<string, ZoneDay>();
  private readonly maxKeys: number;

  constructor(options: { readonly maxKeys?: number } = {}) {
    this.maxKeys = options.maxKeys ?? MAX_KEYS;
  }

  /** Limits that something is known of. */
  get size(): number {
    return this.counts.size;
  }

  /** Takes the segments from all limits where all have room. Says whether it did. */
  take(limits: readonly TrafficLimit[], segments: number, nowMs: number): boolean {
    for (let i = 0; i < limits.length; i += 1) {
      if (!this.hasRoom(limits[i] as TrafficLimit, segments, nowMs)) return false;
    }
    for (let i = 0; i < limits.length; i += 1) this.add(limits[i] as TrafficLimit, segments, nowMs);
    return true;
  }

  /** Milliseconds until all limits have room, if nothing else is taken until then; 0 for now. */
  waitMs(limits: readonly TrafficLimit[], segments: number, nowMs: number): number {
    let longestMs = 0;
    for (const limit of limits) {
      const count = this.current(limit, nowMs);
      if (count === undefined || fits(limit, count.used, segments)) continue;
      const untilMs = count.per === "day" ? count.day.endMs : roomAt(limit, count, segments);
      longestMs = Math.max(longestMs, Math.ceil(untilMs - nowMs));
    }
    return longestMs;
  }

  /** Segments used of a limit in its present window. */
  used(limit: TrafficLimit, nowMs: number): number {
    return this.current(limit, nowMs)?.used ?? 0;
  }

  /** What was used and still counts. */
  export(nowMs: number): UsedLimit[] {
    const found: UsedLimit[] = [];
    for (const [key, count] of this.counts) {
      this.advance(count, nowMs);
      if (count.used === 0) continue;
      const { per, used } = count;
      found.push(
        count.per === "day" ? { key, per, used, atMs: nowMs, zone: count.zone } : { key, per, used, atMs: nowMs },
      );
    }
    return found;
  }

  /** Counts what was used before a restart, beside what was used since. What is over by now is left out. */
  restore(state: readonly UsedLimit[], nowMs: number): void {
    for (const { key, per, used, atMs, zone } of state) {
      const limit: TrafficLimit = { key, per, segments: used, ...(zone === undefined ? {} : { zone }) };
      if (per === "day") {
        if (atMs < this.dayOf(zone ?? "UTC", nowMs).startMs) continue;
      } else if (nowMs - atMs > SLOT_MS[per] * RING) continue;
      // A clock that was set back must not let what was used count for longer than its window.
      this.add(limit, used, per === "day" ? nowMs : Math.min(atMs, nowMs));
    }
  }

  private hasRoom(limit: TrafficLimit, segments: number, nowMs: number): boolean {
    const count = this.current(limit, nowMs);
    return count === undefined || fits(limit, count.used, segments);
  }

  private add(limit: TrafficLimit, segments: number, nowMs: number): void {
    const count = this.current(limit, nowMs) ?? this.begin(limit, nowMs);
    count.used += segments;
    if (count.per === "day") return;
    const at = count.slot % RING;
    count.counts[at] = (count.counts[at] ?? 0) + segments;
  }

  /** The count of a limit, brought to the present. */
  private current(limit: TrafficLimit, nowMs: number): Window | DayCount | undefined {
    const count = this.counts.get(limit.key);
    if (count === undefined) return undefined;
    assert(count.per === limit.per, `${limit.key} is counted per ${count.per} and per ${limit.per}`);
    this.advance(count, nowMs);
    return count;
  }

  private begin(limit: TrafficLimit, nowMs: number): Window | DayCount {
    if (this.counts.size >= this.maxKeys) this.makeRoom(nowMs);
    const { key, per, zone = "UTC" } = limit;
    const count: Window | DayCount =
      per === "day"
        ? { per, zone, day: this.dayOf(zone, nowMs), used: 0 }
        : { per, counts: new Uint32Array(RING), slot: Math.floor(nowMs / SLOT_MS[per]), used: 0 };
    this.counts.set(key, count);
    return count;
  }

  /** A clock that was set back stays in the window it had reached. */
  private advance(count: Window | DayCount, nowMs: number): void {
    if (count.per === "day") {
      if (nowMs < count.day.endMs) return;
      count.day = this.dayOf(count.zone, nowMs);
      count.used = 0;
      return;
    }
    const slot = Math.floor(nowMs / SLOT_MS[count.per]);
    if (slot <= count.slot) return;
    if (slot - count.slot >= RING) {
      count.counts.fill(0);
      count.used = 0;
    } else {
      for (let i = count.slot + 1; i <= slot; i += 1) {
        count.used -= count.counts[i % RING] ?? 0;
        count.counts[i % RING] = 0;
      }
    }
    count.slot = slot;
  }

  private dayOf(zone: string, nowMs: number): ZoneDay {
    const known = this.days.get(zone);
    if (known !== undefined && nowMs >= known.startMs && nowMs < known.endMs) return known;
    const day = zoneDay(zone, nowMs);
    this.days.set(zone, day);
    return day;
  }

  /** Forgets counts in which nothing is left; where all are in use, the one that was begun first. */
  private makeRoom(nowMs: number): void {
    let looked = 0;
    for (const [key, count] of this.counts) {
      if (looked === SWEEP) break;
      looked += 1;
      this.advance(count, nowMs);
      this.counts.delete(key);
      if (count.used === 0) return;
      this.counts.set(key, count);
    }
    for (const [key, count] of this.counts) {
      // Seconds and minutes are soon full of room again; a day's cap that is forgotten is one that is broken.
      if (count.per === "day") continue;
      this.counts.delete(key);
      return;
    }
    for (const key of this.counts.keys()) {
      this.counts.delete(key);
      return;
    }
  }
}

function fits({ segments: most }: TrafficLimit, used: number, segments: number): boolean {
  return used + segments <= most || used === 0;
}

/** When so much has left a window that the segments fit. */
function roomAt(limit: TrafficLimit, { per, counts, slot, used }: Window, segments: number): number {
  let left = used;
  for (let i = 1; i <= RING; i += 1) {
    left -= counts[(slot + i) % RING] ?? 0;
    if (fits(limit, left, segments)) return (slot + i) * SLOT_MS[per];
  }
  return (slot + RING) * SLOT_MS[per];
}

import { KeySlots } from "./key-slots.ts";
import type { Shape } from "./shape.ts";
import type { SubjectHash } from "./subject-hash.ts";

/** What was decided for a key. */
export interface GcraDecision {
  readonly admitted: boolean;
  /** How long until the same would be admitted: 0 where it was, infinite where it never is. */
  readonly retryAfterMs: number;
  /** How many more would be admitted at once now. */
  readonly remaining: number;
}

/** How a table is made. */
export interface GcraOptions {
  /** How many keys that are not at rest are kept; a million where absent, which takes 24 MB. */
  readonly maxKeys?: number;
  /** The secret behind the places of keys. */
  readonly hash: SubjectHash;
}

const MAX_KEYS = 1_000_000;
/** Sums of fractions of a millisecond miss whole ones by less than this. */
const ROUNDING_MS = 1e-6;

/**
 * The generic cell rate algorithm (ITU-T I.371, Annex A) by key: one number for each, the time
 * at which the key would be at rest if it went on at its steady rate. It may be at most a burst
 * ahead. A key at rest takes no room. Where more keys than the maximum are not at rest, the one
 * nearest to rest is forgotten: it gets at most its burst on top.
 *
 * Times are of a clock that does not go back. Where a rate changes, what a key owes is cut to one
 * burst of the new rate.
 */
export class Gcra {
  readonly slots: KeySlots;
  private readonly hash: SubjectHash;

  constructor(options: GcraOptions) {
    this.slots = new KeySlots(options.maxKeys ?? MAX_KEYS);
    this.hash = options.hash;
  }

  /** Decides and charges. What costs more than the burst counts as the burst. */
  decide(key: string, shape: Shape, nowMs: number, cost = 1): GcraDecision {
    const { hash } = this;
    hash.of(key);
    const { low, high } = hash;
    let slot = this.slots.find(low, high);
    const retryAfterMs = this.waitMs(slot, shape, nowMs, cost);
    const admitted = retryAfterMs === 0;
    if (admitted) {
      if (slot < 0) slot = this.slots.claim(low, high, nowMs);
      this.charge(slot, shape, nowMs, cost);
    }
    return { admitted, retryAfterMs, remaining: this.remaining(slot, shape, nowMs) };
  }

  /** Milliseconds until `cost` would be admitted for the key in a slot (−1: a key at rest); 0 for now. */
  waitMs(slot: number, shape: Shape, nowMs: number, cost: number): number {
    if (shape.intervalMs === Infinity) return Infinity;
    const ahead = this.aheadMs(slot, shape, nowMs) + Math.min(cost, shape.burst) * shape.intervalMs;
    const wait = ahead - shape.toleranceMs;
    return wait <= ROUNDING_MS ? 0 : wait;
  }

  /** Charges the key in a slot for what was admitted. */
  charge(slot: number, shape: Shape, nowMs: number, cost: number): void {
    const dueMs = Math.min(cost, shape.burst) * shape.intervalMs;
    this.slots.setUntilMs(slot, nowMs + this.aheadMs(slot, shape, nowMs) + dueMs);
  }

  /** How many more would be admitted at once for the key in a slot. */
  remaining(slot: number, shape: Shape, nowMs: number): number {
    if (shape.intervalMs === Infinity) return 0;
    return Math.floor((shape.toleranceMs - this.aheadMs(slot, shape, nowMs) + ROUNDING_MS) / shape.intervalMs);
  }

  private aheadMs(slot: number, shape: Shape, nowMs: number): number {
    if (slot < 0) return 0;
    const ahead = this.slots.untilMs(slot) - nowMs;
    if (ahead <= 0) return 0;
    if (ahead <= shape.toleranceMs) return ahead;
    // Only a rate that has become faster leaves more than that behind.
    this.slots.setUntilMs(slot, nowMs + shape.toleranceMs);
    return shape.toleranceMs;
  }
}

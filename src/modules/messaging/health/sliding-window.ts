/** What is counted, in the order in which it lies in a slot. */
export const COUNTED = [
  "submitted",
  "accepted",
  "throttled",
  "refused",
  "unknown",
  "notSent",
  "delivered",
  "undelivered",
] as const;

export type Counted = (typeof COUNTED)[number];

/** Latencies up to 2^0, 2^1 … 2^22 milliseconds, which is more than an hour; the last counts what is longer, too. */
const BUCKETS = 23;
const WIDTH = COUNTED.length + BUCKETS;
const PLACE = new Map<Counted, number>(COUNTED.map((name, at) => [name, at]));

/**
 * Counts of the last while, in slots of which the oldest is forgotten at a time. Counts for
 * 32 bits a slot; a fixed number of octets, whatever comes. Times are those of one steady clock.
 */
export class SlidingWindow {
  private readonly slotMs: number;
  private readonly slots: number;
  private readonly counts: Uint32Array;
  private readonly totals = new Float64Array(WIDTH);
  /** The number of the slot that is counted into, since the clock's start. */
  private slot = 0;
  private filled = 0;

  constructor(options: { slotMs: number; slots: number }) {
    this.slotMs = options.slotMs;
    this.slots = options.slots;
    this.counts = new Uint32Array(options.slots * WIDTH);
  }

  /** Counts something that happened now. */
  add(what: Counted, nowMs: number): void {
    this.count(PLACE.get(what) as number, nowMs);
  }

  /** Counts the time that a receipt took. */
  addLatency(latencyMs: number, nowMs: number): void {
    const power = Math.ceil(Math.log2(Math.max(1, latencyMs)));
    this.count(COUNTED.length + Math.min(BUCKETS - 1, power), nowMs);
  }

  private count(place: number, nowMs: number): void {
    this.forget(nowMs);
    const at = (this.slot % this.slots) * WIDTH + place;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.totals[place] = (this.totals[place] as number) + 1;
    this.filled += 1;
  }

  /** Lets go of slots that are too old. */
  forget(nowMs: number): void {
    const slot = Math.floor(nowMs / this.slotMs);
    if (slot <= this.slot) return;
    if (this.filled === 0 || slot - this.slot >= this.slots) this.clear();
    else for (let old = this.slot + 1; old <= slot; old += 1) this.clearSlot(old % this.slots);
    this.slot = slot;
  }

  private clearSlot(index: number): void {
    for (let place = 0; place < WIDTH; place += 1) {
      const count = this.counts[index * WIDTH + place] as number;
      if (count === 0) continue;
      this.totals[place] = (this.totals[place] as number) - count;
      this.filled -= count;
      this.counts[index * WIDTH + place] = 0;
    }
  }

  clear(): void {
    if (this.filled === 0) return;
    this.counts.fill(0);
    this.totals.fill(0);
    this.filled = 0;
  }

  /** How often something happened, as far as `forget` and `add` have come. */
  total(what: Counted): number {
    return this.totals[PLACE.get(what) as number] as number;
  }

  get isEmpty(): boolean {
    return this.filled === 0;
  }

  /** The median of the latencies, rounded up to a power of two; `undefined` where fewer than `least` are known. */
  medianLatencyMs(least: number): number | undefined {
    let known = 0;
    for (let place = COUNTED.length; place < WIDTH; place += 1) known += this.totals[place] as number;
    if (known < least) return undefined;
    let sofar = 0;
    let place = COUNTED.length - 1;
    while (sofar * 2 < known) {
      place += 1;
      sofar += this.totals[place] as number;
    }
    return 2 ** Math.max(0, place - COUNTED.length);
  }
}

import { assert } from "../../kernel/assert.ts";
import type { Clock, Timer } from "../ports.ts";
import { MAX_WHEEL_ENTRIES, WheelSlots } from "./wheel-slots.ts";

const TICK_MS = 10;
/** A system clock that is set forward is noticed within this time, because timers run on another clock. */
const LONGEST_SLEEP_MS = 30_000;

/** What a timing wheel is made of. */
export interface TimingWheelOptions<K> {
  readonly clock: Clock;
  /** What comes due together is told together. */
  readonly onDue: (keys: readonly K[]) => void;
  /** Length of a tick in milliseconds; 10 where absent. */
  readonly tickMs?: number;
}

/** Names an entry until it is due or canceled; afterwards it names nothing. */
export type WheelHandle = number;

/** The handle that a closed wheel gives out. */
const NO_HANDLE: WheelHandle = -1;

/**
 * Keys that come due at a time. Adding and canceling take constant time whatever the number
 * of keys; one timer serves them all, and an empty wheel has none. A key is told in order of
 * its time, then of its adding, never early and at most a tick late; when the clock is set
 * forward, whatever became due is told together, and when it is set back, keys wait for
 * their time to come again. About 35 octets a key.
 */
export class TimingWheel<K> {
  private readonly clock: Clock;
  private readonly onDue: (keys: readonly K[]) => void;
  private readonly tickMs: number;
  private readonly slots: WheelSlots<K>;
  private timer: Timer | undefined;
  private timerTick = Infinity;
  private closed = false;

  constructor(options: TimingWheelOptions<K>) {
    this.clock = options.clock;
    this.onDue = options.onDue;
    this.tickMs = options.tickMs ?? TICK_MS;
    this.slots = new WheelSlots(this.tickMs, this.nowTick());
  }

  /** How many keys wait. */
  get size(): number {
    return this.slots.size;
  }

  /** Adds a key, due at a time of the clock's `nowMs`; a time that is over comes due at once, but never within this call. */
  add(key: K, atMs: number): WheelHandle {
    if (this.closed) return NO_HANDLE;
    assert(Number.isFinite(atMs), "a key of a timing wheel has a time");
    assert(this.slots.size < MAX_WHEEL_ENTRIES, "a timing wheel holds at most 67 million keys");
    const tick = Math.ceil(atMs / this.tickMs);
    if (tick < this.slots.tick) {
      const now = this.nowTick();
      if (now < this.slots.tick) this.slots.rewind(now);
    }
    const handle = this.slots.add(key, atMs);
    if (tick < this.timerTick) this.arm();
    return handle;
  }

  /** Calls a key off. False, and nothing happens, where it was told or called off before. */
  cancel(handle: WheelHandle): boolean {
    const removed = this.slots.remove(handle);
    if (removed && this.slots.size === 0) this.disarm();
    return removed;
  }

  private nowTick(): number {
    return Math.floor(this.clock.nowMs() / this.tickMs);
  }

  private arm(): void {
    const tick = this.slots.nextTick();
    if (tick === this.timerTick) return;
    this.disarm();
    if (tick === Infinity) return;
    this.timerTick = tick;
    const delayMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, tick * this.tickMs - this.clock.nowMs()));
    this.timer = this.clock.after(delayMs, () => this.fire());
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerTick = Infinity;
  }

  private fire(): void {
    this.disarm();
    const keys = this.slots.takeDue(this.nowTick());
    this.arm();
    if (keys.length > 0) this.onDue(keys);
  }

  /** Forgets every key and tells nothing any more. */
  close(): void {
    this.closed = true;
    this.disarm();
    this.slots.reset();
  }
}

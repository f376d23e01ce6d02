import type { Quality } from "../../routing/index.ts";
import { SlidingWindow } from "./sliding-window.ts";

const WINDOW = { slotMs: 5_000, slots: 12 } as const;
/** Fewer observations say nothing. */
const MIN_COUNT = 20;
/** Ratios are told in steps of a twentieth. */
const STEPS = 20;
/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-9;
/** Evaluations in a row that must agree that a value has moved. */
const AGREEING = 2;
/**
 * A value is kept for so long without new observations: a carrier that traffic left because
 * it did badly would otherwise look average after a minute and get it all back.
 */
export const REMEMBERED_MS = 600_000;

/** One value with hysteresis, in steps: it moves when it differs by more than one step in two evaluations. */
class Held {
  steps: number | undefined;
  private seenMs = 0;
  private moved = 0;

  /** Takes a measurement in steps, not rounded; returns whether the value changed. */
  evaluate(measured: number | undefined, nowMs: number): boolean {
    const before = this.steps;
    if (measured === undefined) {
      this.moved = 0;
      if (nowMs - this.seenMs >= REMEMBERED_MS) this.steps = undefined;
      return this.steps !== before;
    }
    this.seenMs = nowMs;
    this.moved = before !== undefined && Math.abs(measured - before) > 1 + ROUNDING ? this.moved + 1 : 0;
    if (before !== undefined && this.moved < AGREEING) return false;
    this.moved = 0;
    this.steps = Math.round(measured);
    return this.steps !== before;
  }
}

/** What is measured of a carrier, overall or to one network: counts of the last minute, and the values told of them. */
export class Measure {
  readonly window = new SlidingWindow(WINDOW);
  private readonly accept = new Held();
  private readonly delivery = new Held();
  private readonly latency = new Held();
  /** The values, a new object whenever one of them changed. */
  quality: Quality = {};

  /** Looks at the counts; returns whether a value changed. */
  evaluate(nowMs: number): boolean {
    const { window } = this;
    window.forget(nowMs);
    const accepted = window.total("accepted");
    const delivered = window.total("delivered");
    const latencyMs = window.medianLatencyMs(MIN_COUNT);
    const changes = [
      this.accept.evaluate(ratio(accepted, window.total("refused") + window.total("unknown")), nowMs),
      this.delivery.evaluate(ratio(delivered, window.total("undelivered")), nowMs),
      this.latency.evaluate(latencyMs === undefined ? undefined : Math.log2(latencyMs), nowMs),
    ];
    if (!changes.includes(true)) return false;
    const [accept, delivery, latency] = [this.accept.steps, this.delivery.steps, this.latency.steps];
    this.quality = {
      ...(accept === undefined ? {} : { acceptRatio: accept / STEPS }),
      ...(delivery === undefined ? {} : { deliveryRatio: delivery / STEPS }),
      ...(latency === undefined ? {} : { receiptLatencyMs: 2 ** latency }),
    };
    return true;
  }

  /** Whether a value is told. */
  get isKnown(): boolean {
    const { accept, delivery, latency } = this;
    return accept.steps !== undefined || delivery.steps !== undefined || latency.steps !== undefined;
  }
}

/** The share of the good ones in steps, where there are enough. */
function ratio(good: number, bad: number): number | undefined {
  return good + bad < MIN_COUNT ? undefined : (good / (good + bad)) * STEPS;
}

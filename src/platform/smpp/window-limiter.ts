/** What a {@link WindowLimiter} may do. */
export interface WindowLimits {
  /** Never more places than this, and how many there are in the beginning. */
  readonly limit: number;
  /** Never fewer places than this; 1 unless told. */
  readonly floor?: number;
  /** Latency that is no queue, however short the way is; 25 ms unless told. */
  readonly slackMs?: number;
}

/** A round judges the mean of at least so many responses, so that one slow answer decides nothing. */
const MIN_ROUND_RESPONSES = 8;
/** And of at most so many, so that a large window that turns out too large is noticed early. */
const MAX_ROUND_RESPONSES = 100;
/** Latency that is no queue, however short the way is: turns of event loops, batches, collected garbage. */
const SLACK_MS = 25;
/** Latency beyond so many times the unloaded one, and the slack, is a queue at the carrier. */
const TOLERANCE = 2;
/** Up to this share of what is tolerated the window grows. */
const GROWTH_SHARE = 0.75;
/** The least and the most that one round takes away. */
const SMALLEST_CUT = 0.9;
const LARGEST_CUT = 0.5;
/** What a carrier that says "too fast" is cut to. It is no collapse, and the dispatcher slows down as well. */
const THROTTLE_CUT = 0.7;
/** congestion_state from which a carrier is busy, and from which it is nearly congested (SMPP 5.0 §4.8.4.18). */
const BUSY = 80;
const NEARLY_CONGESTED = 90;
/** How long a lowest latency is believed: for the rest of this period, and the one after it. */
const PERIOD_MS = 60_000;
/** To measure without its own queue the window becomes this share of itself for a round. */
const PROBE_SHARE = 0.25;
/** Cuts that change nothing, after which the latency is taken for the carrier's own. */
const IDLE_CUTS = 3;
/** A cut helped when the latency fell to this share. */
const HELPED_SHARE = 0.9;

/**
 * The window that a carrier can use, found from how long its answers take: within
 * its limit as many requests as it serves without making them wait for each other.
 *
 * It starts at the limit, so that a healthy carrier never notices it. In rounds of a
 * window's worth of answers (8 to 100) it compares their mean with the lowest of the last one
 * to two minutes: beyond twice that and 25 ms the window shrinks in proportion, at
 * most to half; clearly below it grows by the root of its size (one place when it
 * is small). A carrier that throttles, or says that it is congested, shrinks it
 * too, at most once for what was sent before the last change. Once a minute, if
 * answers wait, a round with a quarter of the window measures the carrier alone.
 * A carrier whose answers stay slow however little it is given is taken to be slow
 * by nature, and the window grows again.
 *
 * Pure: it is told times (milliseconds, any origin) and owns no clock.
 */
export class WindowLimiter {
  private readonly limit: number;
  private readonly floor: number;
  private readonly slackMs: number;
  private places: number;
  /** What was sent until then says nothing about the window of now. */
  private changedAtMs = Number.NEGATIVE_INFINITY;
  private count = 0;
  private sumMs = 0;
  /** The most requests that were out at one time in this round. */
  private mostOut = 0;
  private lowestMs = Number.POSITIVE_INFINITY;
  private lowestBeforeMs = Number.POSITIVE_INFINITY;
  private periodEndsMs = Number.NEGATIVE_INFINITY;
  private placesBeforeProbe: number | undefined;
  private idleCuts = 0;
  private cutAtLatencyMs = Number.POSITIVE_INFINITY;
  private isBusy = false;

  constructor(limits: WindowLimits) {
    this.limit = Math.max(1, limits.limit);
    this.floor = Math.min(this.limit, Math.max(1, limits.floor ?? 1));
    this.slackMs = limits.slackMs ?? SLACK_MS;
    this.places = this.limit;
  }

  /** Requests that may be without an answer now. A whole number from the floor to the limit. */
  get size(): number {
    return this.places;
  }

  /** The latency that the carrier has without a queue, as far as is known; infinite before the first round. */
  get unloadedMs(): number {
    return Math.min(this.lowestMs, this.lowestBeforeMs);
  }

  /** A request was accepted. `outstanding` counts the requests without an answer, this one included. */
  answered(sentAtMs: number, nowMs: number, outstanding: number): void {
    if (sentAtMs <= this.changedAtMs) return;
    this.count += 1;
    this.sumMs += nowMs - sentAtMs;
    if (outstanding > this.mostOut) this.mostOut = outstanding;
    if (this.count >= this.roundResponses()) this.endRound(nowMs);
  }

  /** The first round is short: behind a full window only the first answers are without a queue. */
  private roundResponses(): number {
    if (this.unloadedMs === Number.POSITIVE_INFINITY) return MIN_ROUND_RESPONSES;
    return Math.min(MAX_ROUND_RESPONSES, Math.max(MIN_ROUND_RESPONSES, this.places));
  }

  /** The carrier refused a request because it gets too many (ESME_RTHROTTLED, ESME_RMSGQFUL). */
  throttled(sentAtMs: number, nowMs: number): void {
    if (sentAtMs > this.changedAtMs) this.cut(THROTTLE_CUT, nowMs);
  }

  /** A request was not answered in time. */
  timedOut(sentAtMs: number, nowMs: number): void {
    if (sentAtMs > this.changedAtMs) this.cut(LARGEST_CUT, nowMs);
  }

  /** The carrier told its congestion_state with the answer to a request: 0 to 100 (SMPP 5.0 §4.8.4.18). */
  congested(state: number, sentAtMs: number, nowMs: number): void {
    this.isBusy = state >= BUSY;
    if (sentAtMs <= this.changedAtMs || !this.isBusy) return;
    this.cut(state >= NEARLY_CONGESTED ? LARGEST_CUT : SMALLEST_CUT, nowMs);
  }

  private endRound(nowMs: number): void {
    const latencyMs = this.sumMs / this.count;
    const wasUsed = this.mostOut * 2 >= this.places;
    const wasProbe = this.placesBeforeProbe !== undefined;
    this.lowestMs = Math.min(this.lowestMs, latencyMs);
    if (wasProbe) this.become(this.placesBeforeProbe ?? this.places, nowMs);
    else this.judge(latencyMs, wasUsed, nowMs);
    this.placesBeforeProbe = undefined;
    this.restart();
    if (nowMs >= this.periodEndsMs) this.endPeriod(latencyMs, nowMs);
  }

  private judge(latencyMs: number, wasUsed: boolean, nowMs: number): void {
    const toleratedMs = this.unloadedMs * TOLERANCE + this.slackMs;
    if (latencyMs > toleratedMs) {
      this.noteCut(latencyMs);
      const share = Math.min(SMALLEST_CUT, Math.max(LARGEST_CUT, toleratedMs / latencyMs));
      return this.become(this.places * share, nowMs);
    }
    this.idleCuts = 0;
    this.cutAtLatencyMs = Number.POSITIVE_INFINITY;
    if (latencyMs > toleratedMs * GROWTH_SHARE || !wasUsed || this.isBusy) return;
    this.become(this.places + Math.max(1, Math.floor(Math.sqrt(this.places))), nowMs);
  }

  /** Counts the cuts that did not shorten the wait: then it is not this window that makes it. */
  private noteCut(latencyMs: number): void {
    if (latencyMs > this.cutAtLatencyMs * HELPED_SHARE) this.idleCuts += 1;
    else this.idleCuts = 0;
    this.cutAtLatencyMs = latencyMs;
    if (this.idleCuts < IDLE_CUTS) return;
    this.idleCuts = 0;
    this.lowestMs = latencyMs;
    this.lowestBeforeMs = latencyMs;
  }

  private endPeriod(latencyMs: number, nowMs: number): void {
    const isFirst = this.periodEndsMs === Number.NEGATIVE_INFINITY;
    this.periodEndsMs = nowMs + PERIOD_MS;
    if (isFirst) return;
    const queues = latencyMs > this.unloadedMs * 1.25 + this.slackMs / 4;
    this.lowestBeforeMs = this.lowestMs;
    this.lowestMs = Number.POSITIVE_INFINITY;
    if (!queues || this.places === this.floor) return;
    this.placesBeforeProbe = this.places;
    this.become(this.places * PROBE_SHARE, nowMs);
  }

  private cut(share: number, nowMs: number): void {
    this.placesBeforeProbe = undefined;
    this.become(this.places * share, nowMs);
    // Even where the floor left the size as it was: what is out already is no second reason.
    this.changedAtMs = nowMs;
    this.restart();
  }

  private become(places: number, nowMs: number): void {
    const next = Math.min(this.limit, Math.max(this.floor, Math.floor(places)));
    if (next === this.places) return;
    this.places = next;
    this.changedAtMs = nowMs;
  }

  private restart(): void {
    this.count = 0;
    this.sumMs = 0;
    this.mostOut = 0;
  }
}

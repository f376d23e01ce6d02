import { SlidingWindow } from "./sliding-window.ts";

/** Shorter than the window of the measurements, so that a carrier that begins to fail is left soon. */
const WINDOW = { slotMs: 1_000, slots: 10 } as const;
/** Fewer answers say nothing. */
const MIN_ANSWERS = 20;
const FAILURE_SHARE = 0.5;
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 60_000;
/** A breaker that stayed closed for so long begins with the shortest time again. */
const FORGIVEN_MS = 60_000;
const PROBES = 3;
/** Probes that were allowed and came to nothing are allowed again after this time. */
const PROBE_AGAIN_MS = 5_000;

/** Why a breaker is open: too many failures, or submits that nobody answers. */
export type BreakerCause = "failures" | "stalled";

/**
 * The circuit breaker of one carrier. It opens when half of the last answers, at least 20,
 * were failures, when the last 20 all were, or when it is told that the carrier has stalled;
 * stays open for 1 to 60 seconds, longer each time and jittered; then lets a few probes
 * through, and closes with the first success. Pure of timers: whoever owns it asks.
 */
export class Breaker {
  private readonly random: () => number;
  private readonly window = new SlidingWindow(WINDOW);
  private failuresInRow = 0;
  /** Openings in a row, with less than a minute closed between them. */
  private openings = 0;
  private closedMs = -Infinity;
  private openedBy: BreakerCause | undefined;
  private openUntilMs = 0;
  private probesFrom = 0;
  private probesLeft = 0;
  private probedMs = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  /** Why it is not closed. */
  get cause(): BreakerCause | undefined {
    return this.openedBy;
  }

  state(nowMs: number): "closed" | "open" | "half-open" {
    if (this.openedBy === undefined) return "closed";
    return nowMs < this.openUntilMs ? "open" : "half-open";
  }

  /** When an open breaker lets probes through. */
  get probesAtMs(): number {
    return this.openUntilMs;
  }

  /** Whether a message may go to see how the carrier does now; the answer is spent by asking. */
  mayProbe(nowMs: number): boolean {
    if (this.state(nowMs) !== "half-open") return false;
    if (this.probesLeft === 0 && nowMs - this.probedMs >= PROBE_AGAIN_MS) this.probesLeft = PROBES;
    if (this.probesLeft === 0) return false;
    this.probesLeft -= 1;
    this.probedMs = nowMs;
    return true;
  }

  /** The carrier answered something that was submitted at a time. Returns whether the breaker opened or closed. */
  answered(isFailure: boolean, submittedMs: number, nowMs: number): boolean {
    if (this.openedBy !== undefined) {
      if (isFailure) {
        // What was submitted before says nothing about a carrier that is being tried again.
        if (this.state(nowMs) === "half-open" && submittedMs >= this.probesFrom) this.open(this.openedBy, nowMs);
        return false;
      }
      // Late answers show that a stalled carrier is alive: it is tried at once.
      if (this.state(nowMs) === "half-open") return this.close(nowMs);
      if (this.openedBy === "stalled") this.openUntilMs = this.probesFrom = nowMs;
      return false;
    }
    this.window.add(isFailure ? "refused" : "accepted", nowMs);
    this.failuresInRow = isFailure ? this.failuresInRow + 1 : 0;
    if (!isFailure) return false;
    const failures = this.window.total("refused");
    const answers = failures + this.window.total("accepted");
    const fails = answers >= MIN_ANSWERS && failures / answers > FAILURE_SHARE;
    if (fails || this.failuresInRow >= MIN_ANSWERS) return this.open("failures", nowMs);
    return false;
  }

  /** Opens, or opens again for longer. */
  open(cause: BreakerCause, nowMs: number): true {
    if (this.openedBy === undefined && nowMs - this.closedMs >= FORGIVEN_MS) this.openings = 0;
    const spanMs = Math.min(LONGEST_OPEN_MS, 2 * FIRST_OPEN_MS * 2 ** Math.min(this.openings, 10));
    this.openings += 1;
    this.openedBy = cause;
    this.openUntilMs = nowMs + Math.max(FIRST_OPEN_MS, (spanMs / 2) * (1 + this.random()));
    this.probesFrom = this.openUntilMs;
    this.probesLeft = PROBES;
    return true;
  }

  private close(nowMs: number): true {
    this.openedBy = undefined;
    this.closedMs = nowMs;
    this.failuresInRow = 0;
    this.window.clear();
    return true;
  }
}

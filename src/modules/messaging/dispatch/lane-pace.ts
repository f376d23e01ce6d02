/** A message that would wait longer than this goes elsewhere, if it can. */
const SATURATED_MS = 1_000;
/** With less than this to wait the carrier has room again. */
const RELIEVED_MS = 300;
/** The answer stays for so long, because every change makes a new health snapshot. */
const STAYS_MS = 250;
/** How much a new latency counts. */
const LATENCY_SHARE = 0.1;
const SLOT_MS = 500;
const SLOTS = 4;

/** For which messages so much waits that they had better go elsewhere: none, marketing, which goes last, or all. */
export type Saturation = "none" | "marketing" | "all";

/** What a lane looks like when it is asked how long it takes. */
export interface LaneLoad {
  readonly nowMs: number;
  /** Segments that wait in front of a new message that is no marketing, and in front of one that is. */
  readonly waiting: number;
  readonly waitingInAll: number;
  /** Places in the window, taken and free. */
  readonly window: number;
  readonly perSecond: number | undefined;
}

/**
 * How fast a carrier takes what it is given, and whether so much waits for it that more
 * had better go elsewhere. Measured over the last two seconds while something waits all
 * the time; before that, what window and latency promise.
 */
export class LanePace {
  private latencyMs: number | undefined;
  private readonly accepted = Array.from({ length: SLOTS }, () => 0);
  private slot = 0;
  private backlogSinceMs: number | undefined;
  private saturation: Saturation = "none";
  private changedMs = -Infinity;

  /** The carrier took a part. */
  took(latencyMs: number, nowMs: number): void {
    this.latencyMs =
      this.latencyMs === undefined ? latencyMs : this.latencyMs + (latencyMs - this.latencyMs) * LATENCY_SHARE;
    this.turn(nowMs);
    this.accepted[this.slot % SLOTS] = (this.accepted[this.slot % SLOTS] ?? 0) + 1;
  }

  /** Parts a second that the carrier took, over the last two seconds. */
  perSecond(nowMs: number): number {
    this.turn(nowMs);
    const sum = this.accepted.reduce((total, count) => total + count, 0);
    return (sum / (SLOT_MS * SLOTS)) * 1_000;
  }

  /** For what it was saturated when that was asked last. */
  get saturated(): Saturation {
    return this.saturation;
  }

  /** For what the carrier is saturated, where that differs from what was said before. */
  notice(load: LaneLoad): Saturation | undefined {
    const { nowMs, waiting, waitingInAll } = load;
    if (waitingInAll === 0) this.backlogSinceMs = undefined;
    else this.backlogSinceMs ??= nowMs;
    if (nowMs - this.changedMs < STAYS_MS) return undefined;
    const { saturation } = this;
    const rate = waitingInAll === 0 ? undefined : this.rate(load);
    const isFull = (segments: number, wasFull: boolean): boolean =>
      rate !== undefined && (segments / rate) * 1_000 > (wasFull ? RELIEVED_MS : SATURATED_MS);
    const forAll = isFull(waiting, saturation === "all");
    const next = forAll ? "all" : isFull(waitingInAll, saturation !== "none") ? "marketing" : "none";
    if (next === saturation) return undefined;
    this.saturation = next;
    this.changedMs = nowMs;
    return next;
  }

  /** Segments a second that the carrier takes; `undefined` where nothing is known of it. */
  private rate({ nowMs, window, perSecond = Infinity }: LaneLoad): number | undefined {
    if (this.latencyMs === undefined) return undefined;
    const spanMs = SLOT_MS * SLOTS;
    const promised = (Math.max(1, window) / Math.max(1, this.latencyMs)) * 1_000;
    let rate = Math.min(perSecond, promised);
    if (this.backlogSinceMs !== undefined && nowMs - this.backlogSinceMs >= spanMs) {
      this.turn(nowMs);
      const sum = this.accepted.reduce((total, count) => total + count, 0);
      rate = Math.min(rate, (sum / spanMs) * 1_000);
    }
    return rate;
  }

  /** Begins the slots that time has reached. */
  private turn(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot === this.slot) return;
    for (let n = Math.max(this.slot + 1, slot - SLOTS + 1); n <= slot; n += 1) this.accepted[n % SLOTS] = 0;
    this.slot = slot;
  }
}

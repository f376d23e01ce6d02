/** How long the least delay of a peer is remembered at least, and at most twice as long. */
const LEAST_DELAY_KEPT_MS = 10_000;
/** Long before anything, and still a number to count with. */
const NEVER_MS = -1e12;

/**
 * How old the news of one process of the system are, whatever its clock says. Each news
 * carries the sender's own time. The least difference between its time and ours in the
 * last ten seconds is taken for the usual delay; what a news took more than that, it is older.
 */
export class PeerNews {
  readonly generation: number;
  /** No share of any limit is kept for it: it has stopped, or a newer process has its place. */
  isGone = false;
  /** Whether it was fresh when shares were last made. */
  isFresh = false;
  private readonly usualDelayMs: number;
  private stampMs = 0;
  private heardMs = NEVER_MS;
  private lateMs = 0;
  private least = Infinity;
  private leastBefore = Infinity;
  private turnedMs = -Infinity;

  constructor(generation: number, usualDelayMs: number) {
    this.generation = generation;
    this.usualDelayMs = usualDelayMs;
  }

  /** Notes news that were sent at `stampMs` of the sender's time. */
  hear(stampMs: number, nowMs: number): void {
    const difference = nowMs - stampMs;
    if (nowMs - this.turnedMs > LEAST_DELAY_KEPT_MS) {
      this.leastBefore = this.least;
      this.least = Infinity;
      this.turnedMs = nowMs;
    }
    this.least = Math.min(this.least, difference);
    this.stampMs = stampMs;
    this.heardMs = nowMs;
    this.lateMs = difference - Math.min(this.least, this.leastBefore);
  }

  /** How long ago its newest news were sent, in milliseconds. */
  ageMs(nowMs: number): number {
    return this.usualDelayMs + this.lateMs + (nowMs - this.heardMs);
  }

  /** What its clock says now. */
  theirMs(nowMs: number): number {
    return this.stampMs + this.ageMs(nowMs);
  }

  /** Until when, in our time, its news are younger than `staleMs`. */
  freshUntilMs(staleMs: number): number {
    return this.heardMs + staleMs - this.usualDelayMs - this.lateMs;
  }
}

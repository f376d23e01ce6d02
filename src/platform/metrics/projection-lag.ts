import type { Clock, Timer } from "../ports.ts";

const SAMPLE_MS = 1_000;
/** An hour; what is older than that is shown as an hour. */
const MAX_SAMPLES = 3_600;

/**
 * How far the database is behind, in seconds: the age of the oldest record whose changes are not in
 * it yet. Where the log stood is written down every second, so the answer is right to a second.
 */
export class ProjectionLag {
  private readonly clock: Clock;
  private readonly end: () => number;
  private readonly firstUnprojected: () => number | undefined;
  private readonly samples: { readonly atMs: number; readonly end: number }[] = [];
  private timer: Timer | undefined;

  constructor(options: {
    readonly clock: Clock;
    /** The end of what has been applied. */
    readonly end: () => number;
    /** The offset of the oldest change that is not projected; `undefined` where there is none. */
    readonly firstUnprojected: () => number | undefined;
  }) {
    this.clock = options.clock;
    this.end = options.end;
    this.firstUnprojected = options.firstUnprojected;
  }

  start(): void {
    this.sample();
  }

  stop(): void {
    this.timer?.cancel();
  }

  seconds(): number {
    const first = this.firstUnprojected();
    if (first === undefined) return 0;
    const nowMs = this.clock.monotonicMs();
    // The last sample that was taken before the record was written is from before it.
    let sinceMs = this.samples[0]?.atMs ?? nowMs;
    for (const { atMs, end } of this.samples) {
      if (end > first) break;
      sinceMs = atMs;
    }
    return (nowMs - sinceMs) / 1_000;
  }

  private readonly sample = (): void => {
    this.samples.push({ atMs: this.clock.monotonicMs(), end: this.end() });
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
    this.timer = this.clock.after(SAMPLE_MS, this.sample);
  };
}

import type { Clock, Timer } from "../../../platform/ports.ts";
import { Fifo, TokenBucket } from "../../../platform/queue/index.ts";
import type { Carrier } from "../carriers/carrier.ts";

/** The queue in front of one carrier: its order, its rate and its window. */
export class Lane {
  readonly carrier: Carrier;
  readonly queue = new Fifo();
  private readonly clock: Clock;
  private readonly bucket: TokenBucket | undefined;
  private reserved = 0;
  private unanswered = 0;
  private wasUp = false;
  private timer: Timer | undefined;

  constructor(carrier: Carrier, clock: Clock) {
    this.carrier = carrier;
    this.clock = clock;
    const rate = carrier.messagesPerSecond;
    this.bucket = rate === undefined ? undefined : new TokenBucket(rate, clock.nowMs());
  }

  /** Parts that may be journalled now, for which both the window and the rate have room. */
  room(): number {
    const window = this.carrier.capacity() - this.reserved;
    return this.bucket === undefined ? window : Math.min(window, this.bucket.available(this.clock.nowMs()));
  }

  /** Keeps places in the window until the journal entry stands. */
  reserve(parts: number): void {
    this.reserved += parts;
    this.bucket?.take(parts);
  }

  release(parts: number): void {
    this.reserved -= parts;
  }

  /** A part was given to the carrier. */
  submitted(): void {
    this.unanswered += 1;
  }

  answered(): void {
    this.unanswered -= 1;
  }

  /** True where so many parts may be given to the carrier, now or at least not sooner by waiting for its answers. */
  fits(parts: number): boolean {
    const isIdle = this.unanswered === 0 && this.reserved === 0;
    return isIdle || parts <= this.carrier.capacity() - this.reserved;
  }

  /** Calls `run` when the rate allows again, once, if the rate is what is missing. */
  whenRateAllows(run: () => void): void {
    if (this.bucket === undefined || this.timer !== undefined) return;
    const waitMs = this.bucket.waitMs();
    if (waitMs === 0) return;
    this.timer = this.clock.after(waitMs, () => {
      this.timer = undefined;
      run();
    });
  }

  /** Whether the carrier went up or down since this was asked last. */
  noticeUp(): boolean {
    const changed = this.wasUp !== this.carrier.up;
    this.wasUp = this.carrier.up;
    return changed;
  }

  close(): void {
    this.timer?.cancel();
  }
}

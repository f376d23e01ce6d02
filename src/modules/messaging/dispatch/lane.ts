import type { Clock, Timer } from "../../../platform/ports.ts";
import { FairQueue, TokenBucket, type FairQueueOptions } from "../../../platform/queue/index.ts";
import { TRAFFIC_CLASSES, type TrafficClass } from "../../routing/index.ts";
import type { Carrier } from "../carriers/index.ts";
import { LanePace, type Saturation } from "./lane-pace.ts";

const MARKETING_LANE = TRAFFIC_CLASSES.indexOf("marketing");

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A carrier is paused when more than one in so many answers says "too fast". */
const PAUSE_SHARE = 4;
/** After so many accepted parts the answers before are forgotten. */
const FORGOTTEN_AFTER = 100;
/** A carrier that was stopped by its health is looked at this often, for a probe. */
const PROBE_LOOK_MS = 250;

export interface LaneOptions {
  readonly carrier: Carrier;
  readonly clock: Clock;
  /** Whether the sender and the account may send so much now, and else when. */
  readonly gate: NonNullable<FairQueueOptions["gate"]>;
  /** Something that waited for a rate can go now. */
  readonly onReady: () => void;
  /** Whether health lets messages go to the carrier: all, one to try it, or none. */
  readonly allows: (carrier: string) => "all" | "probe" | "none";
}

/** What the operator is shown of a lane. */
export interface LaneLook {
  /** Messages that wait, by class. */
  readonly waiting: Readonly<Record<TrafficClass, number>>;
  /** Parts that were given to the carrier and have no answer yet. */
  readonly inFlight: number;
  /** Parts that could be given to it now. */
  readonly free: number;
  /** Parts a second that the carrier may be given; `undefined` without a limit. */
  readonly limitPerSecond: number | undefined;
  /** Parts a second that it took in the last two seconds. */
  readonly perSecond: number;
  /** For which messages so much waits that they had better go elsewhere. */
  readonly saturation: Saturation;
  /** Until when it is left alone because it said "too fast", in epoch milliseconds. */
  readonly pausedUntilMs: number | undefined;
}

/** The queue in front of one carrier: its order, its rate and its window, and a pause when it says that this is too much. */
export class Lane {
  readonly carrier: Carrier;
  readonly queue: FairQueue;
  private readonly clock: Clock;
  private readonly allows: LaneOptions["allows"];
  private readonly bucket: TokenBucket | undefined;
  private readonly pace = new LanePace();
  /** Journal entries that are not durable yet. */
  journals = 0;
  private whenJournalled: (() => void) | undefined;
  private reserved = 0;
  private unanswered = 0;
  private wasUp = false;
  /** Pauses in a row without an accepted part between them. */
  private pauses = 0;
  private pausedUntilMs = 0;
  /** After a pause one part goes alone, to see whether the carrier is ready again. */
  private isTesting = false;
  /** Answers since the carrier was last content, or last paused. */
  private accepted = 0;
  private throttled = 0;
  private isProbing = false;
  private timer: Timer | undefined;

  constructor(options: LaneOptions) {
    const { carrier, clock, gate, onReady } = options;
    this.carrier = carrier;
    this.clock = clock;
    this.allows = options.allows;
    this.queue = new FairQueue({ clock, lanes: TRAFFIC_CLASSES.length, gate, onReady });
    const rate = carrier.messagesPerSecond;
    this.bucket = rate === undefined ? undefined : new TokenBucket(rate, clock.nowMs());
  }

  /** A journal entry is durable, or was refused. */
  journalDone(): void {
    this.journals -= 1;
    // What the entry sets in motion comes right after this.
    if (this.journals === 0) queueMicrotask(() => this.whenJournalled?.());
  }

  /** Resolves when no journal entry is under way. */
  journalled(): Promise<void> {
    if (this.journals === 0) return Promise.resolve();
    return new Promise((resolve) => (this.whenJournalled = resolve));
  }

  /** For the operator. */
  look(): LaneLook {
    const nowMs = this.clock.nowMs();
    const [urgent = 0, transactional = 0, marketing = 0] = TRAFFIC_CLASSES.map((_, lane) =>
      this.queue.lengthOfLane(lane),
    );
    return {
      waiting: { urgent, transactional, marketing },
      inFlight: this.unanswered,
      free: Math.max(0, this.carrier.capacity() - this.reserved),
      limitPerSecond: this.carrier.messagesPerSecond,
      perSecond: this.pace.perSecond(nowMs),
      saturation: this.pace.saturated,
      pausedUntilMs: this.pausedUntilMs > nowMs ? this.pausedUntilMs : undefined,
    };
  }

  /** Parts that may be journalled now, for which the window, the rate and the carrier's health have room. */
  room(): number {
    if (this.queue.length === 0 || this.clock.nowMs() < this.pausedUntilMs) return 0;
    if (this.isTesting && this.unanswered + this.reserved > 0) return 0;
    const window = this.isTesting ? Math.min(1, this.carrier.capacity()) : this.carrier.capacity() - this.reserved;
    const room = this.bucket === undefined ? window : Math.min(window, this.bucket.available(this.clock.nowMs()));
    if (room <= 0) return 0;
    const allowed = this.allows(this.carrier.name);
    this.isProbing = allowed !== "all";
    return allowed === "all" ? room : allowed === "probe" ? 1 : 0;
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

  /**
   * The carrier answered, or never will. A carrier that says "too fast" to a quarter of what
   * it is given is left alone, longer each time, until it accepts again; to less than that,
   * its window answers by becoming smaller.
   */
  answered(kind: "accepted" | "throttled" | "other", latencyMs: number): void {
    this.unanswered -= 1;
    const now = this.clock.nowMs();
    if (kind === "accepted") this.pace.took(latencyMs, now);
    // What was on its way when the pause began says nothing about the pause.
    if (now < this.pausedUntilMs || kind === "other") return;
    if (kind === "accepted") {
      this.accepted += 1;
      this.isTesting = false;
      this.pauses = 0;
      if (this.accepted >= FORGOTTEN_AFTER) this.forgetAnswers();
      return;
    }
    this.throttled += 1;
    if (this.throttled * PAUSE_SHARE < this.accepted) return;
    this.pausedUntilMs = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.pauses);
    this.pauses += 1;
    this.isTesting = true;
    this.forgetAnswers();
  }

  private forgetAnswers(): void {
    this.accepted = 0;
    this.throttled = 0;
  }

  /** True where so many parts may be given to the carrier, now or at least not sooner by waiting for its answers. */
  fits(parts: number): boolean {
    const isIdle = this.unanswered === 0 && this.reserved === 0;
    return isIdle || parts <= this.carrier.capacity() - this.reserved;
  }

  /** Calls `run` when the pause is over, the rate allows again or health may, once, if that is what is missing. */
  whenRateAllows(run: () => void): void {
    if (this.timer !== undefined || this.queue.length === 0) return;
    const pauseMs = this.pausedUntilMs - this.clock.nowMs();
    const waitMs = Math.max(this.bucket?.waitMs() ?? 0, pauseMs, this.isProbing ? PROBE_LOOK_MS : 0, 0);
    if (waitMs === 0) return;
    this.timer = this.clock.after(waitMs, () => {
      this.timer = undefined;
      run();
    });
  }

  /** For which messages so much waits that they had better go elsewhere, where that has changed since this was asked last. */
  noticeSaturation(): Saturation | undefined {
    // What waits for its sender's rate is not held up by the carrier.
    let waiting = 0;
    for (let lane = 0; lane < MARKETING_LANE; lane += 1) waiting += this.queue.readyCostOfLane(lane);
    return this.pace.notice({
      nowMs: this.clock.nowMs(),
      waiting,
      waitingInAll: waiting + this.queue.readyCostOfLane(MARKETING_LANE),
      window: this.carrier.capacity() + this.unanswered,
      perSecond: this.carrier.messagesPerSecond,
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
    this.queue.close();
  }
}

import { WindowLimiter } from "../../smpp/index.ts";
import { ROUTE_CLASSES, type Priority, type RouteClass } from "../route-classes.ts";

/** How a request ended: the cell answered; nothing came in time; or it says nothing of how busy the cell is. */
export type Outcome = "answered" | "silent" | "unknown";

/** The place that a request takes in a cell. Given back once, with {@link CellLoad.leave}. */
export interface Ticket {
  readonly load: CellLoad;
  readonly routeClass: RouteClass;
  readonly sinceMs: number;
}

/** Up to which share of the window a priority may fill it. What is over for the lower ones is not for the higher. */
const SHARES: Readonly<Record<Priority, number>> = { 0: 1.25, 1: 0.9, 2: 0.75, 3: 0.5 };
/** What is kept for the highest priority beyond the window, however small that is. */
const MIN_RESERVE = 4;
/** A window below this would be measured from too little. */
const FLOOR = 4;
/**
 * A queue of this is no trouble yet: clients that keep many connections busy make one in any
 * server that they drive to its limit, and would rather wait than be refused.
 */
const SLACK_MS = 100;
/** Bulk requests in one cell: each is the work of thousands, whatever the window says. */
const MAX_BULK = 32;
/** A kind of request that was not answered for so long has no say in how much there may be of all. */
const HEARD_MS = 5_000;

/** The window that one kind of requests finds right for the cell. */
class Yardstick {
  readonly limiter: WindowLimiter;
  heardMs = Number.NEGATIVE_INFINITY;

  constructor(maxInFlight: number) {
    this.limiter = new WindowLimiter({ limit: maxInFlight, floor: FLOOR, slackMs: SLACK_MS });
  }
}

/**
 * What one cell has to do for this process, and how much it may have. Creates, writes and
 * reads each find from how long their answers take how many requests, of all kinds, the cell
 * serves without making them wait (`WindowLimiter`); the smallest of these windows counts.
 * They are kept apart because a create waits for the disk and a read does not: measured
 * together, a change of the mix would look like a queue.
 *
 * Pure: it is told times and owns no clock.
 */
export class CellLoad {
  private readonly maxInFlight: number;
  private readonly creates: Yardstick;
  private readonly writes: Yardstick;
  private readonly reads: Yardstick;
  private count = 0;
  private bulk = 0;

  constructor(maxInFlight: number) {
    this.maxInFlight = maxInFlight;
    this.creates = new Yardstick(maxInFlight);
    this.writes = new Yardstick(maxInFlight);
    this.reads = new Yardstick(maxInFlight);
  }

  /** Requests in the cell now. */
  get inFlight(): number {
    return this.count;
  }

  /** How many requests the cell may have now, before priorities. */
  window(nowMs: number): number {
    let size = this.maxInFlight;
    const sinceMs = nowMs - HEARD_MS;
    const { creates, writes, reads } = this;
    if (creates.heardMs > sinceMs && creates.limiter.size < size) size = creates.limiter.size;
    if (writes.heardMs > sinceMs && writes.limiter.size < size) size = writes.limiter.size;
    if (reads.heardMs > sinceMs && reads.limiter.size < size) size = reads.limiter.size;
    return size;
  }

  /** A place for a request, or `undefined` where its kind has none now. */
  admit(routeClass: RouteClass, nowMs: number): Ticket | undefined {
    const { priority } = ROUTE_CLASSES[routeClass];
    if (this.count >= this.places(priority, this.window(nowMs))) return undefined;
    if (priority === 3) {
      if (this.bulk >= MAX_BULK) return undefined;
      this.bulk += 1;
    }
    this.count += 1;
    return { load: this, routeClass, sinceMs: nowMs };
  }

  /** A request is through. */
  leave(ticket: Ticket, outcome: Outcome, nowMs: number): void {
    const outstanding = this.count;
    this.count -= 1;
    const { routeClass, sinceMs } = ticket;
    const { priority, isYardstick } = ROUTE_CLASSES[routeClass];
    if (priority === 3) this.bulk -= 1;
    if (outcome === "unknown") return;
    const yardstick = this.yardstickOf(routeClass);
    if (outcome === "silent") yardstick.limiter.timedOut(sinceMs, nowMs);
    else if (isYardstick) yardstick.limiter.answered(sinceMs, nowMs, outstanding);
    else return;
    yardstick.heardMs = nowMs;
  }

  private places(priority: Priority, window: number): number {
    const share = Math.floor(window * SHARES[priority]);
    return priority === 0 ? Math.max(share, window + MIN_RESERVE) : Math.max(1, share);
  }

  private yardstickOf(routeClass: RouteClass): Yardstick {
    if (routeClass === "read") return this.reads;
    return routeClass === "create" || routeClass === "priority-create" ? this.creates : this.writes;
  }
}

import { assert } from "../../kernel/assert.ts";
import type { Clock } from "../ports.ts";
import { FairLane, Turn } from "./fair-lane.ts";
import { Ring } from "./ring.ts";
import { SenderLine, type Flow, type QueuedItem } from "./sender-line.ts";
import { steadyClock } from "./steady-clock.ts";
import { TimingWheel } from "./timing-wheel.ts";

/** Each take looks at every lane. */
const MAX_LANES = 16;
const MINIMUM_SHARE = 0.05;
const QUANTUM = 1;
/** A gate that asks for more is asked again after this time. */
const LONGEST_PARK_MS = 3_600_000;

/**
 * Empty lines that are kept in any case; beyond it, as many as there are lines with items. A
 * Map finds a key through everything that was deleted under it since it was laid out anew,
 * so that a sender who comes and goes among 300,000 others would cost a millisecond each
 * time. A key that is forgotten only after that many others is met but a few times.
 */
const KEPT_EMPTY = 1_024;

/** What a fair queue is made of. */
export interface FairQueueOptions {
  readonly clock: Clock;
  /** How many lanes there are, at most 16. */
  readonly lanes: number;
  /**
   * The share of the takes, 0 to 1, that each lane but the most urgent one gets while a more
   * urgent one is never empty, so that nothing starves; 0.05 where absent.
   */
  readonly minimumShare?: number;
  /** The cost that an account of weight 1 may take before it is the next one's turn; 1 where absent. */
  readonly quantum?: number;
  /** An account's share in comparison with others, 0.1 to 100; asked at each of its turns. 1 where absent. */
  readonly weightOf?: (account: string) => number;
  /**
   * Whether a sender may go now: 0, or the milliseconds that it must wait (at most an hour,
   * then it is asked again). It must not call the queue. A sender that waits takes no part
   * and costs nothing until then.
   */
  readonly gate?: (flow: Flow, cost: number, nowMs: number) => number;
  /** Something that waited for its gate can be looked at again. Not called for what is pushed. */
  readonly onReady: () => void;
}

/** An account with items: its lines by sender and its place in each lane. */
class Account {
  readonly lines = new Map<string, SenderLine>();
  readonly turns: (Turn | undefined)[] = [];
}

/**
 * The queue in front of one carrier: the most urgent lane first, in a lane the accounts in
 * turn by what their items cost, in an account the senders in turn, and the items of one
 * sender in their order. Every operation but `drain` takes constant time, amortised,
 * whatever the number of items, senders and accounts: a sender whose gate is shut waits in
 * a timing wheel, and what is empty is forgotten after a while. An account's item waits for at most a
 * quantum of each other account of its lane that has something to take.
 *
 * It has no maximum of its own: whoever pushes bounds it by `length` and the costs.
 */
export class FairQueue {
  private readonly options: FairQueueOptions;
  private readonly steady: Clock;
  private readonly lanes: readonly FairLane[];
  private readonly minimumShare: number;
  private readonly accounts = new Map<string, Account>();
  private readonly wheel: TimingWheel<SenderLine>;
  /** Lines without items, the one that is empty for longest first. */
  private empty = new Ring<SenderLine>();
  /** Lines with items. */
  private busy = 0;
  private count = 0;
  /** The line whose first item `peek` gave. */
  private found: SenderLine | undefined;

  constructor(options: FairQueueOptions) {
    const { lanes, minimumShare = MINIMUM_SHARE, quantum = QUANTUM, weightOf = () => 1 } = options;
    assert(Number.isInteger(lanes) && lanes >= 1 && lanes <= MAX_LANES, "a fair queue has 1 to 16 lanes");
    assert(minimumShare >= 0 && minimumShare * (lanes - 1) < 1, "the minimum shares leave something to the first lane");
    assert(quantum > 0, "a quantum is more than nothing");
    this.options = options;
    this.minimumShare = minimumShare;
    this.steady = steadyClock(options.clock);
    this.lanes = Array.from({ length: lanes }, () => new FairLane({ quantum, weightOf }));
    this.wheel = new TimingWheel({ clock: this.steady, onDue: (lines) => this.unpark(lines) });
  }

  /** How many items wait. */
  get length(): number {
    return this.count;
  }

  /** How many items wait in a lane. */
  lengthOfLane(lane: number): number {
    return this.lane(lane).length;
  }

  /** What all items of a lane cost. */
  costOfLane(lane: number): number {
    return this.lane(lane).cost;
  }

  /** What those items of a lane cost that no gate holds back, as far as gates were asked. */
  readyCostOfLane(lane: number): number {
    const { cost, parkedCost } = this.lane(lane);
    return Math.max(0, cost - parkedCost);
  }

  /** What all items of a sender cost, in all lanes. */
  costOf(account: string, sender: string): number {
    let cost = 0;
    let line = this.accounts.get(account)?.lines.get(sender);
    for (; line !== undefined; line = line.sibling) cost += line.cost;
    return cost;
  }

  /** Adds an item behind those of its sender in its lane. The cost is more than 0. */
  push(item: string, flow: Flow, cost: number): void {
    const line = this.enter(flow, cost);
    line.push(item, cost);
    if (line.parked !== undefined) this.lane(flow.lane).parkedCost += cost;
  }

  /**
   * Puts an item in front of those of its sender in its lane: one that was taken and could
   * not go. Several that came back are put in front with the last of them first.
   */
  pushFront(item: string, flow: Flow, cost: number): void {
    const line = this.enter(flow, cost);
    line.pushFront(item, cost);
    if (line.parked !== undefined) this.lane(flow.lane).parkedCost += cost;
    if (this.found === line) this.found = undefined;
  }

  /** Counts an item and finds or makes its line; a new line takes part at once. */
  private enter(flow: Flow, cost: number): SenderLine {
    assert(cost > 0 && cost < Infinity, "an item costs something");
    const lane = this.lane(flow.lane);
    lane.count(cost);
    this.count += 1;
    let account = this.accounts.get(flow.account);
    if (account === undefined) this.accounts.set(flow.account, (account = new Account()));
    const first = account.lines.get(flow.sender);
    let line = first;
    while (line !== undefined && line.lane !== flow.lane) line = line.sibling;
    if (line === undefined) {
      const turn = (account.turns[flow.lane] ??= new Turn(flow.account));
      line = new SenderLine(flow, turn);
      line.sibling = first;
      account.lines.set(flow.sender, line);
    } else if (line.length > 0) return line;
    else this.empty.remove(line);
    this.busy += 1;
    // The line gets its item before anybody can look at it.
    lane.enter(line);
    return line;
  }

  private lane(index: number): FairLane {
    const lane = this.lanes[index];
    assert(lane !== undefined, "the lane exists");
    return lane;
  }

  /**
   * The item that goes next, or `undefined` where none can go now. It stays the same until
   * something is taken, dropped or pushed, or its gate shuts; senders whose gate is shut are
   * put aside, each once until their time has come.
   */
  peek(): QueuedItem | undefined {
    const nowMs = this.options.gate === undefined ? 0 : this.options.clock.nowMs();
    for (;;) {
      const lane = this.nextLane();
      const line = lane?.front();
      if (lane === undefined || line === undefined) {
        this.found = undefined;
        return undefined;
      }
      const cost = line.firstCost;
      const waitMs = this.options.gate?.(line, cost, nowMs) ?? 0;
      if (waitMs > 0) {
        lane.leave(line);
        lane.parkedCost += line.cost;
        line.parked = this.wheel.add(line, this.steady.nowMs() + Math.min(LONGEST_PARK_MS, waitMs));
        continue;
      }
      this.found = line;
      return { item: line.firstItem, cost, flow: line };
    }
  }

  /** The most urgent lane that has something to look at, or one behind it that is owed a take. */
  private nextLane(): FairLane | undefined {
    let first: FairLane | undefined;
    for (const lane of this.lanes) {
      if (!lane.isReady) continue;
      if (first === undefined) first = lane;
      else if (lane.isOwed) return lane;
    }
    return first;
  }

  /** Removes what `peek` gave and charges its account for it. Nothing may have come in front of it in between. */
  take(): void {
    const line = this.found;
    assert(line !== undefined, "what is taken was looked at");
    const served = this.lane(line.lane);
    let isFirst = true;
    for (const lane of this.lanes) {
      if (!lane.isReady) continue;
      if (!isFirst) lane.earn(this.minimumShare);
      if (lane === served) lane.credit = isFirst ? 0 : lane.credit - 1;
      isFirst = false;
    }
    line.turn.charge(line.firstCost);
    this.shift(served, line);
  }

  /** Removes what `peek` gave and charges nothing for it, for what need not go any more. */
  drop(): void {
    const line = this.found;
    assert(line !== undefined, "what is dropped was looked at");
    this.shift(this.lane(line.lane), line);
  }

  private shift(lane: FairLane, line: SenderLine): void {
    this.found = undefined;
    const cost = line.shift();
    lane.discount(cost);
    this.count -= 1;
    if (line.length > 0) return;
    lane.leave(line);
    this.busy -= 1;
    line.clear();
    this.empty.append(line);
    while (this.empty.size > Math.max(KEPT_EMPTY, this.busy)) this.forgetOne();
  }

  private forgetOne(): void {
    const line = this.empty.cursor;
    assert(line !== undefined, "there is an empty line");
    this.empty.remove(line);
    this.forget(line);
  }

  /** Forgets an empty line, and its account if that was its last. */
  private forget(line: SenderLine): void {
    const lines = this.accounts.get(line.account)?.lines;
    const first = lines?.get(line.sender);
    assert(lines !== undefined && first !== undefined, "a line belongs to an account");
    if (first !== line) {
      let before = first;
      while (before.sibling !== line && before.sibling !== undefined) before = before.sibling;
      before.sibling = line.sibling;
    } else if (line.sibling !== undefined) lines.set(line.sender, line.sibling);
    else lines.delete(line.sender);
    if (lines.size === 0) this.accounts.delete(line.account);
  }

  private unpark(lines: readonly SenderLine[]): void {
    for (const line of lines) {
      line.parked = undefined;
      const lane = this.lane(line.lane);
      lane.parkedCost -= line.cost;
      lane.enter(line);
    }
    this.options.onReady();
  }

  /** The gate of a sender may be open sooner than it said: it is asked again, in all lanes. */
  wake(flow: { readonly account: string; readonly sender: string }): void {
    const woken: SenderLine[] = [];
    let line = this.accounts.get(flow.account)?.lines.get(flow.sender);
    for (; line !== undefined; line = line.sibling) {
      if (line.parked === undefined) continue;
      this.wheel.cancel(line.parked);
      woken.push(line);
    }
    if (woken.length > 0) this.unpark(woken);
  }

  /** Takes everything out, lane by lane, the items of each sender in their order. */
  drain(): QueuedItem[] {
    const byLane: SenderLine[][] = this.lanes.map(() => []);
    for (const { lines } of this.accounts.values()) {
      for (const first of lines.values()) {
        for (let line: SenderLine | undefined = first; line !== undefined; line = line.sibling) {
          (byLane[line.lane] as SenderLine[]).push(line);
        }
      }
    }
    const all: QueuedItem[] = [];
    for (const [index, lines] of byLane.entries()) {
      const lane = this.lane(index);
      for (const line of lines) {
        if (line.length === 0) continue;
        if (line.parked === undefined) lane.leave(line);
        else this.wheel.cancel(line.parked);
        for (const item of line.list({ lane: line.lane, account: line.account, sender: line.sender })) all.push(item);
      }
      lane.clear();
    }
    this.accounts.clear();
    this.empty = new Ring();
    this.busy = 0;
    this.count = 0;
    this.found = undefined;
    return all;
  }

  /** Calls `onReady` no more. What is in the queue can still be drained. */
  close(): void {
    this.wheel.close();
  }
}

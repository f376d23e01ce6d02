import type { Turn } from "./fair-lane.ts";
import { RingMember } from "./ring.ts";

/** Whose an item is: the lane that it takes, the account that pays and the sender that it goes out by. */
export interface Flow {
  /** 0 is the most urgent. */
  readonly lane: number;
  readonly account: string;
  readonly sender: string;
}

/** An item as a fair queue gives it out. */
export interface QueuedItem {
  readonly item: string;
  readonly cost: number;
  readonly flow: Flow;
}

/** Taken places at the front of a line are cut off when there are so many and they are half of it. */
const CUT_AT = 1_024;

/** The items of one sender in one lane in their order, with what each of them costs. */
export class SenderLine extends RingMember<SenderLine> implements Flow {
  readonly lane: number;
  readonly account: string;
  readonly sender: string;
  /** Its account's place in its lane. */
  readonly turn: Turn;
  /** The line of the same sender in another lane. */
  sibling: SenderLine | undefined = undefined;
  /** Where it waits for its gate; `undefined` while it takes its turns. */
  parked: number | undefined = undefined;
  /** What all of its items cost. */
  cost = 0;
  private items: string[] = [];
  private costs: number[] = [];
  private head = 0;
  /** Items that came back, the first of them last. */
  private returned: { item: string; cost: number }[] | undefined = undefined;

  constructor(flow: Flow, turn: Turn) {
    super();
    this.turn = turn;
    this.lane = flow.lane;
    this.account = flow.account;
    this.sender = flow.sender;
  }

  get length(): number {
    return this.items.length - this.head + (this.returned?.length ?? 0);
  }

  push(item: string, cost: number): void {
    // Most lines hold one item, and a literal takes less memory than an array that was pushed to.
    if (this.items.length === 0) {
      this.items = [item];
      this.costs = [cost];
    } else {
      this.items.push(item);
      this.costs.push(cost);
    }
    this.cost += cost;
  }

  pushFront(item: string, cost: number): void {
    this.returned ??= [];
    this.returned.push({ item, cost });
    this.cost += cost;
  }

  /** The first item of a line that is not empty. */
  get firstItem(): string {
    return this.returned?.at(-1)?.item ?? (this.items[this.head] as string);
  }

  /** What the first item of a line that is not empty costs. */
  get firstCost(): number {
    return this.returned?.at(-1)?.cost ?? (this.costs[this.head] as number);
  }

  /** Removes the first item of a line that is not empty and returns its cost. */
  shift(): number {
    const cost = this.firstCost;
    this.cost -= cost;
    if (this.returned !== undefined) {
      this.returned.pop();
      if (this.returned.length === 0) this.returned = undefined;
      return cost;
    }
    this.head += 1;
    if (this.head >= CUT_AT && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.costs = this.costs.slice(this.head);
      this.head = 0;
    }
    return cost;
  }

  /** Gives the memory of an empty line back. */
  clear(): void {
    this.items = [];
    this.costs = [];
    this.head = 0;
    this.cost = 0;
  }

  /** Everything in its order. */
  list(flow: Flow): QueuedItem[] {
    const all: QueuedItem[] = (this.returned ?? []).toReversed().map(({ item, cost }) => ({ item, cost, flow }));
    for (let at = this.head; at < this.items.length; at += 1) {
      all.push({ item: this.items[at] as string, cost: this.costs[at] as number, flow });
    }
    return all;
  }
}

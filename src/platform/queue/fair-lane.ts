import { assert } from "../../kernel/assert.ts";
import { Ring, RingMember } from "./ring.ts";
import type { SenderLine } from "./sender-line.ts";

/** Weights beyond these are taken as these, so that finding the next item stays constant work. */
const MIN_WEIGHT = 0.1;
const MAX_WEIGHT = 100;
/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-9;
/** A lane that waits for its minimum share never saves up more takes than this. */
const MAX_CREDIT = 2;

/** An account's place in one lane: its lines that may be taken from, and the cost that it may still take in this round. */
export class Turn extends RingMember<Turn> {
  readonly account: string;
  readonly ready = new Ring<SenderLine>();
  private deficit = 0;

  constructor(account: string) {
    super();
    this.account = account;
  }

  /** The cost that it may take beyond what it was given, 0 where it may take as much now. */
  lacks(cost: number): number {
    return this.deficit + ROUNDING >= cost ? 0 : cost - this.deficit;
  }

  /** Adds to the cost that it may take. */
  give(cost: number): void {
    this.deficit += cost;
  }

  /** Takes the cost off and gives the turn to the next line. */
  charge(cost: number): void {
    this.deficit -= cost;
    this.ready.advance();
  }

  /** Forgets what was not used. */
  clear(): void {
    this.deficit = 0;
  }
}

/** How an account's turns are measured. */
export interface Quanta {
  readonly quantum: number;
  readonly weightOf: (account: string) => number;
}

/**
 * One lane: deficit round robin over the accounts that have something to take, one item
 * after the other from each of their senders (Shreedhar and Varghese, "Efficient fair
 * queueing using deficit round robin", 1995).
 */
export class FairLane {
  /** Items and their cost, those of parked lines too. */
  length = 0;
  cost = 0;
  /** Of that, the cost of parked lines. */
  parkedCost = 0;
  /** Takes that the lane has saved up while more urgent lanes went first. */
  credit = 0;
  private readonly ring = new Ring<Turn>();
  private readonly quanta: Quanta;
  /** Whether the account whose turn it is was given its quantum. */
  private granted = false;

  constructor(quanta: Quanta) {
    this.quanta = quanta;
  }

  /** Whether there are lines to look at. */
  get isReady(): boolean {
    return this.ring.size > 0;
  }

  /** Whether the lane is owed a take although more urgent lanes have something. */
  get isOwed(): boolean {
    return this.credit >= 1 - ROUNDING;
  }

  /** Lets a line take part; its turn comes after the account's other lines, and a new account's after all others. */
  enter(line: SenderLine): void {
    const { turn } = line;
    turn.ready.append(line);
    if (turn.ready.size === 1) this.ring.append(turn);
  }

  /** Takes a line out that takes part. An account without lines loses what it has not used. */
  leave(line: SenderLine): void {
    const { turn } = line;
    turn.ready.remove(line);
    if (turn.ready.size > 0) return;
    if (this.ring.cursor === turn) this.granted = false;
    this.ring.remove(turn);
    turn.clear();
  }

  /** The line whose turn it is, and which its account may pay for; `undefined` where none takes part. */
  front(): SenderLine | undefined {
    for (;;) {
      const turn = this.ring.cursor;
      if (turn === undefined) return undefined;
      const line = turn.ready.cursor;
      assert(line !== undefined, "an account in the ring has a line");
      const cost = line.firstCost;
      if (!this.granted) this.grant(turn, cost);
      if (turn.lacks(cost) === 0) return line;
      this.ring.advance();
      this.granted = false;
    }
  }

  /** Gives an account its quantum; one that is alone gets as many as it needs, because nobody waits for it. */
  private grant(turn: Turn, cost: number): void {
    const { quantum, weightOf } = this.quanta;
    const share = quantum * Math.min(MAX_WEIGHT, Math.max(MIN_WEIGHT, weightOf(turn.account)));
    const rounds = this.ring.size > 1 ? 1 : Math.max(1, Math.ceil(turn.lacks(cost) / share));
    turn.give(rounds * share);
    this.granted = true;
  }

  /** Counts an item that came. */
  count(cost: number): void {
    this.length += 1;
    this.cost += cost;
  }

  /** Counts an item that went. */
  discount(cost: number): void {
    this.length -= 1;
    this.cost = this.length === 0 ? 0 : this.cost - cost;
  }

  /** Counts everything as gone. */
  clear(): void {
    this.length = 0;
    this.cost = 0;
    this.parkedCost = 0;
    this.credit = 0;
  }

  /** Counts a take, of this lane or another one, while a more urgent lane had something too. */
  earn(share: number): void {
    this.credit = Math.min(MAX_CREDIT, this.credit + share);
  }
}

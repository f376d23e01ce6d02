import type { GossipView } from "../gossip/index.ts";
import { CounterPages, encodeCounter, type PagedCounter } from "./counter-page.ts";
import { KeySlots } from "./key-slots.ts";
import { PeerCounters, smoothWeight } from "./peer-counters.ts";
import type { CompiledRate, CompiledRule } from "./rules.ts";

/** How a fleet's windows are kept. */
export interface FleetWindowOptions {
  readonly gossip: GossipView;
  /** Keys that are counted at once; 65,536 where absent, which takes 6 MB. */
  readonly maxKeys?: number;
  /** How often news are told, in milliseconds; 100 where absent. */
  readonly gossipMs?: number;
  /** How long news take to the farthest process as a rule; 60 ms where absent. */
  readonly delayMs?: number;
  /** News older than this count for nothing, and their sender for its share; three times `gossipMs` and two times `delayMs` where absent. More where gossip takes several rounds. */
  readonly staleMs?: number;
  /**
   * How many processes share the limits, this one included, where the operator knows. As long
   * as fewer are known, what is admitted is the share of those: so a process that has just
   * started, or is cut off, does not take the whole limit. 1 where absent.
   */
  readonly expectedProcesses?: number;
  /** Pages of counters that are told at a tick, of 768 octets at most; 4 where absent. */
  readonly maxPagesPerTick?: number;
}

const MAX_KEYS = 65_536;
const GOSSIP_MS = 100;
const DELAY_MS = 60;
const MAX_PAGES_PER_TICK = 4;
/** A key is told from this share of its limit on: below it, the whole fleet cannot go far beyond. */
const WORTH_TELLING = 0.01;
/** How much a new measurement of a rate counts. */
const SMOOTHING = 0.5;
/** How much faster than its part of the limit a process may go, so that room that others leave is used. */
const PACE = 1.3;
/** How far ahead of that pace it may be. */
const PACE_BURST_MS = 50;
/** Below this, in admissions a second, a rate is nothing. */
const LEAST_RATE = 0.05;

/** What is kept of a key: one line of the processor's cache. */
const FIELDS = 8;
/** The window that was counted in last, what was admitted in it, and in the one before. */
const WINDOW = 0;
const CURRENT = 1;
const PREVIOUS = 2;
/** Since the last tick. */
const ADMITTED = 3;
const ASKED = 4;
/** What a key is asked for lately, in each millisecond; and that in the long run, of times when all processes were heard. */
const ASKED_PER_MS = 5;
const WEIGHT = 6;
/** When the next one is due for a key that several processes compete for. */
const DUE = 7;

/** The hash of a rule and a subject. */
interface KeyHash {
  readonly low: number;
  readonly high: number;
}

/** One admission to be counted. */
export interface FleetCharge extends KeyHash {
  readonly rule: CompiledRule;
  readonly rate: CompiledRate;
  readonly cost: number;
  readonly pacedMs: number;
}

/** A key that others might be told of. */
interface Candidate {
  readonly slot: number;
  readonly rule: CompiledRule;
  readonly perWindow: number;
}

/** A key that others are told of. */
interface Told extends PagedCounter {
  readonly slot: number;
  readonly rule: CompiledRule;
  perMs: number;
}

/**
 * Sliding windows over all processes of the system. Each counts what it admits, in two windows
 * of its own time, and tells the others; a decision adds up what all have told, and what they
 * will have admitted since. Of a process whose news are too old nothing is known: then its
 * share of the limit is left to it, and the others divide the rest.
 *
 * Decisions read memory only. Times are of one clock of this process that does not go back.
 */
export class FleetWindow {
  private readonly slots: KeySlots;
  /** {@link FIELDS} numbers for each slot, next to each other in memory. */
  private readonly numbers: Float64Array;
  private readonly told = new Map<number, Told>();
  private changed: Candidate[] = [];
  /** Keys that are worth telling while there is no room to tell them: they keep to the own share. */
  private readonly untold = new Map<number, Candidate>();
  private readonly pages: CounterPages;
  private readonly peers: PeerCounters;
  private readonly maxPagesPerTick: number;
  private tickedMs = -1;
  private readonly gossipMs: number;
  /** Set by `waitMs`: what is left of the window's limit after what is used. */
  remaining = 0;
  /** Set by `waitMs`: when the one after this one is due, for `charge`; 0 where nobody competes. */
  pacedMs = 0;

  constructor(options: FleetWindowOptions) {
    const { gossipMs = GOSSIP_MS, delayMs = DELAY_MS } = options;
    this.gossipMs = gossipMs;
    this.slots = new KeySlots(options.maxKeys ?? MAX_KEYS);
    const { size } = this.slots;
    this.numbers = new Float64Array(size * FIELDS);
    this.pages = new CounterPages(options.gossip);
    this.maxPagesPerTick = options.maxPagesPerTick ?? MAX_PAGES_PER_TICK;
    this.peers = new PeerCounters({
      gossip: options.gossip,
      delayMs,
      staleMs: options.staleMs ?? 3 * gossipMs + 2 * delayMs,
      expectedProcesses: options.expectedProcesses ?? 1,
      slots: size,
      slotOf: (low, high, nowMs, untilMs) => this.keepSlot({ low, high }, nowMs, untilMs),
    });
  }

  /** How many processes share the limits, and of how many the news are fresh, this one included. */
  shares(nowMs: number): { readonly processes: number; readonly fresh: number } {
    const { processes, fresh } = this.peers.shares(nowMs);
    return { processes, fresh };
  }

  /** The slot of a key, −1 where it has none. */
  find(low: number, high: number): number {
    return this.slots.find(low, high);
  }

  /** Begins to hear others; what they say after this is heard when it comes. */
  listen(nowOf: () => number): void {
    this.peers.listen(nowOf);
  }

  /** Says that this process takes no share of anything any more, and hears nothing more. */
  leave(): void {
    this.peers.leave();
  }

  /** Milliseconds until one more might be admitted, 0 for now. */
  waitMs(slot: number, rule: CompiledRule, rate: CompiledRate, nowMs: number): number {
    if (rate.perWindow === 0) return Infinity;
    const { windowMs } = rule;
    const shares = this.peers.shares(nowMs);
    let part = shares.fresh / shares.processes;
    this.pacedMs = 0;
    if (slot < 0) return this.room(rate.perWindow * part, 0) ? 0 : windowMs;
    this.set(slot, ASKED, this.get(slot, ASKED) + 1);
    const window = Math.floor(nowMs / windowMs);
    const left = (window + 1) * windowMs - nowMs;
    let falling = this.previousAt(slot, window);
    let used = this.currentAt(slot, window) + (falling * left) / windowMs;
    const remotes = this.peers.bySlot[slot];
    let othersPerMs = 0;
    if (remotes !== undefined) {
      for (const remote of remotes) {
        used += remote.usedAt(windowMs, nowMs);
        falling += remote.previous;
        if (remote.peer.isFresh) othersPerMs += remote.askedPerMs;
      }
      if (part < 1 && rule.byDemand) part = this.peers.partByDemand(remotes, this.get(slot, WEIGHT), shares);
    }
    if (this.untold.size > 0 && this.untold.has(slot)) part = 1 / shares.processes;
    const budget = rate.perWindow * part;
    if (!this.room(budget, used)) {
      const needed = ((used - budget + 1) * windowMs) / Math.max(1, falling);
      return Math.max(1, Math.min(needed, left));
    }
    return othersPerMs > 0 ? this.paceMs(slot, { othersPerMs, limitPerMs: budget / windowMs, nowMs }) : 0;
  }

  private room(budget: number, used: number): boolean {
    this.remaining = Math.max(0, Math.floor(budget - used));
    return used < budget;
  }

  /**
   * Where more is asked of all together than the limit, each goes at its part of the limit by
   * what it is asked for, and a little faster. Otherwise all would see the same room at once,
   * fill it before they hear of each other, and wait together for the next.
   */
  private paceMs(slot: number, among: { othersPerMs: number; limitPerMs: number; nowMs: number }): number {
    const { othersPerMs, limitPerMs, nowMs } = among;
    const own = this.get(slot, ASKED_PER_MS);
    const all = own + othersPerMs;
    if (own === 0 || all <= limitPerMs) return 0;
    const intervalMs = all / (own * limitPerMs * PACE);
    const aheadMs = Math.min(Math.max(0, this.get(slot, DUE) - nowMs), PACE_BURST_MS + intervalMs);
    if (aheadMs > PACE_BURST_MS) return aheadMs - PACE_BURST_MS;
    this.pacedMs = nowMs + aheadMs + intervalMs;
    return 0;
  }

  /** Counts what was admitted. `charge` is what `waitMs` found; the key may have no slot yet. */
  charge(charge: FleetCharge, nowMs: number): void {
    const { rule, rate, cost } = charge;
    const { windowMs } = rule;
    const window = Math.floor(nowMs / windowMs);
    const slot = this.keepSlot(charge, nowMs, (window + 2) * windowMs);
    this.rollTo(slot, window);
    if (charge.pacedMs > 0) this.set(slot, DUE, charge.pacedMs);
    this.set(slot, CURRENT, this.get(slot, CURRENT) + cost);
    if (this.get(slot, ADMITTED) === 0 && !this.told.has(slot))
      this.changed.push({ slot, rule, perWindow: rate.perWindow });
    this.set(slot, ADMITTED, this.get(slot, ADMITTED) + cost);
  }

  /** Tells the others what has changed since the last tick. Call it every `gossipMs`, also when nothing happens. */
  tick(nowMs: number): void {
    const passedMs = this.tickedMs < 0 ? this.gossipMs : Math.max(1, nowMs - this.tickedMs);
    this.tickedMs = nowMs;
    const begun = this.changed;
    this.changed = [];
    for (const candidate of begun) if (!this.untold.has(candidate.slot)) this.consider(candidate, nowMs);
    for (const candidate of this.untold.values()) this.consider(candidate, nowMs);
    for (const told of this.told.values()) this.retell(told, nowMs, passedMs);
    this.pages.publish(this.maxPagesPerTick);
    this.peers.tick(nowMs);
  }

  /** Begins to tell of a key that is worth it, where there is room. */
  private consider(candidate: Candidate, nowMs: number): void {
    const { slot, rule, perWindow } = candidate;
    if (this.told.has(slot)) return;
    const window = Math.floor(nowMs / rule.windowMs);
    const isWorth = this.currentAt(slot, window) + this.previousAt(slot, window) >= perWindow * WORTH_TELLING;
    const told: Told = { slot, rule, text: "", page: 0, perMs: 0 };
    if (isWorth && this.pages.add(told)) {
      this.untold.delete(slot);
      this.told.set(slot, told);
      this.set(slot, ASKED, this.get(slot, ADMITTED));
      return;
    }
    if (isWorth) this.untold.set(slot, candidate);
    else this.untold.delete(slot);
    this.forgetRates(slot);
  }

  private retell(told: Told, nowMs: number, passedMs: number): void {
    const { slot, rule } = told;
    const window = Math.floor(nowMs / rule.windowMs);
    const current = this.currentAt(slot, window);
    const previous = this.previousAt(slot, window);
    if (current + previous === 0 && this.get(slot, ASKED) === 0) {
      this.end(told);
      return;
    }
    const isMeasured = told.text !== "";
    const rate = (before: number, count: number): number => {
      const measured = count / passedMs;
      const smooth = isMeasured ? before + SMOOTHING * (measured - before) : measured;
      return smooth * 1_000 < LEAST_RATE ? 0 : smooth;
    };
    told.perMs = rate(told.perMs, this.get(slot, ADMITTED));
    this.set(slot, ASKED_PER_MS, rate(this.get(slot, ASKED_PER_MS), this.get(slot, ASKED)));
    if (this.peers.isWhole) this.set(slot, WEIGHT, smoothWeight(this.get(slot, WEIGHT), this.get(slot, ASKED_PER_MS)));
    this.forgetRates(slot);
    this.rollTo(slot, window);
    const { low, high } = this.slots.hashOf(slot);
    const perSecond = told.perMs * 1_000;
    const askedPerSecond = this.get(slot, ASKED_PER_MS) * 1_000;
    this.pages.change(told, encodeCounter({ low, high, window, current, previous, perSecond, askedPerSecond }));
  }

  private end(told: Told): void {
    this.pages.remove(told);
    this.told.delete(told.slot);
    this.set(told.slot, ASKED_PER_MS, 0);
    this.set(told.slot, WEIGHT, 0);
    this.forgetRates(told.slot);
  }

  private get(slot: number, field: number): number {
    return this.numbers[slot * FIELDS + field] as number;
  }

  private set(slot: number, field: number, value: number): void {
    this.numbers[slot * FIELDS + field] = value;
  }

  private forgetRates(slot: number): void {
    this.set(slot, ADMITTED, 0);
    this.set(slot, ASKED, 0);
  }

  private currentAt(slot: number, window: number): number {
    return this.get(slot, WINDOW) === window ? this.get(slot, CURRENT) : 0;
  }

  private previousAt(slot: number, window: number): number {
    const known = this.get(slot, WINDOW);
    if (known === window) return this.get(slot, PREVIOUS);
    return known === window - 1 ? this.get(slot, CURRENT) : 0;
  }

  private rollTo(slot: number, window: number): void {
    if (this.get(slot, WINDOW) === window) return;
    this.set(slot, PREVIOUS, this.previousAt(slot, window));
    this.set(slot, CURRENT, 0);
    this.set(slot, WINDOW, window);
  }

  /** The slot of a key, which counts until `untilMs` at least. A new one is empty. */
  private keepSlot({ low, high }: KeyHash, nowMs: number, untilMs: number): number {
    let slot = this.slots.find(low, high);
    if (slot < 0) {
      slot = this.slots.claim(low, high, nowMs);
      const told = this.told.get(slot);
      if (told !== undefined) this.end(told);
      this.untold.delete(slot);
      this.forgetRates(slot);
      this.set(slot, WINDOW, -2);
      this.set(slot, ASKED_PER_MS, 0);
      this.set(slot, DUE, 0);
      this.peers.bySlot[slot] = undefined;
    }
    if (this.slots.untilMs(slot) < untilMs) this.slots.setUntilMs(slot, untilMs);
    return slot;
  }
}

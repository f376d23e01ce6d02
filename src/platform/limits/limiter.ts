import { assert } from "../../kernel/assert.ts";
import type { Tier } from "../fleet/index.ts";
import type { Clock, Timer } from "../ports.ts";
import { FleetWindow, type FleetWindowOptions } from "./fleet-window.ts";
import { Gcra } from "./gcra.ts";
import {
  compileLimits,
  MAX_RULES_A_CLASS,
  rateOf,
  type CompiledRate,
  type CompiledRule,
  type LimitSettings,
  type LimitSnapshot,
  type LimitSubject,
} from "./rules.ts";
import { mix, SubjectHash } from "./subject-hash.ts";

/** What is to be decided. A rule whose subject is absent does not apply. */
export interface LimitRequest {
  /** For example `messages.create`. A class that no rule names is asked for the rules that name none. */
  readonly routeClass: string;
  readonly accountSid?: string | undefined;
  readonly keySid?: string | undefined;
  readonly ip?: string | undefined;
  readonly sender?: string | undefined;
  readonly tier?: Tier | undefined;
  /** Of the clock that the limiter was given, monotonic. */
  readonly nowMs: number;
  /** 1 where absent; a whole number. */
  readonly cost?: number;
}

/** What was decided, and by which rule: the one that refused, or the one with the least left. */
export interface LimitDecision {
  readonly admitted: boolean;
  /** How long until the same might be admitted: 0 where it was, infinite where it never is. */
  readonly retryAfterMs: number;
  /** How many in `windowMs`; infinite where no rule applied. */
  readonly limit: number;
  readonly windowMs: number;
  /** How many more would be admitted at once now. */
  readonly remaining: number;
  /** `undefined` where no rule applied. */
  readonly rule: string | undefined;
}

/** How often a rule said what. */
export interface RuleCounts {
  admitted: number;
  refused: number;
  /** What a rule in shadow mode would have refused. */
  wouldRefuse: number;
}

/** How a limiter is made. */
export interface LimiterOptions {
  /** The secret under which subjects are told to other processes: `FleetKey.derive("limits", 32)`. */
  readonly key: Uint8Array;
  readonly settings: LimitSettings;
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  /** Keys of all rules together that are not at rest; a million where absent. */
  readonly maxKeys?: number;
  /** Where absent, rules of the scope `fleet` hold for this process alone. */
  readonly fleet?: FleetWindowOptions;
}

const GOSSIP_MS = 100;
const UNLIMITED: LimitDecision = {
  admitted: true,
  retryAfterMs: 0,
  limit: Infinity,
  windowMs: 1_000,
  remaining: Infinity,
  rule: undefined,
};

/** A rule that admitted, until all have been asked. Made once and used again. */
class Pending {
  low = 0;
  high = 0;
  slot = -1;
  rule: CompiledRule;
  rate: CompiledRate;
  cost = 1;
  pacedMs = 0;
  fleetRemaining = Infinity;

  constructor(rule: CompiledRule) {
    this.rule = rule;
    this.rate = rule.base;
  }
}

/**
 * Decides requests by rules. Every rule that applies is asked in its order; the first that
 * refuses ends it, and then nothing is charged to anybody: what is refused costs no rule anything.
 * Only when all admit, all are charged. Deciding reads and writes memory of this process only.
 */
export class Limiter {
  private readonly hash: SubjectHash;
  private readonly gcra: Gcra;
  private readonly fleet: FleetWindow | undefined;
  private readonly clock: Pick<Clock, "monotonicMs" | "after">;
  private readonly gossipMs: number;
  private readonly pending: Pending[] = [];
  private snapshot: LimitSnapshot;
  private countsOf: RuleCounts[] = [];
  private countsByName = new Map<string, RuleCounts>();
  private timer: Timer | undefined;

  constructor(options: LimiterOptions) {
    this.hash = new SubjectHash(options.key);
    this.gcra = new Gcra({ hash: this.hash, ...(options.maxKeys === undefined ? {} : { maxKeys: options.maxKeys }) });
    this.fleet = options.fleet === undefined ? undefined : new FleetWindow(options.fleet);
    this.gossipMs = options.fleet?.gossipMs ?? GOSSIP_MS;
    this.clock = options.clock;
    this.snapshot = this.compile(options.settings);
    this.use(this.snapshot);
  }

  /** Compiles settings for `use`. Throws an assertion on settings that contradict themselves. */
  compile(settings: LimitSettings): LimitSnapshot {
    return compileLimits(settings, this.hash);
  }

  /** From the next decision on these rules hold. What rules of the same name have counted stays. */
  use(snapshot: LimitSnapshot): void {
    this.snapshot = snapshot;
    const before = this.countsByName;
    this.countsByName = new Map();
    this.countsOf = snapshot.rules.map(({ name }) => {
      const counts = before.get(name) ?? { admitted: 0, refused: 0, wouldRefuse: 0 };
      this.countsByName.set(name, counts);
      return counts;
    });
    const [any] = snapshot.rules;
    while (any !== undefined && this.pending.length < MAX_RULES_A_CLASS) this.pending.push(new Pending(any));
  }

  /** Begins to tell other processes, and to hear them. */
  start(): void {
    const { fleet } = this;
    if (fleet === undefined || this.timer !== undefined) return;
    fleet.listen(() => this.clock.monotonicMs());
    const tick = (): void => {
      this.timer = this.clock.after(this.gossipMs, tick);
      fleet.tick(this.clock.monotonicMs());
    };
    tick();
  }

  /** Gives this process's share of the limits to the others, and stops telling. */
  stop(): void {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = undefined;
    this.fleet?.leave();
  }

  /** By rule, how often it said what, since the start. */
  counts(): ReadonlyMap<string, Readonly<RuleCounts>> {
    return this.countsByName;
  }

  /** How many processes share the limits, and how many of them are heard, this one included. */
  shares(): { readonly processes: number; readonly fresh: number } {
    return this.fleet?.shares(this.clock.monotonicMs()) ?? { processes: 1, fresh: 1 };
  }

  /** Decides, and charges what is admitted. Never throws, never waits. */
  decide(request: LimitRequest): LimitDecision {
    const { snapshot } = this;
    const rules = snapshot.byClass.get(request.routeClass) ?? snapshot.general;
    const own =
      snapshot.overrides.size === 0 || request.accountSid === undefined
        ? undefined
        : snapshot.overrides.get(request.accountSid);
    let asked = 0;
    let hashed: LimitSubject | undefined;
    let low = 0;
    let high = 0;
    for (const rule of rules) {
      if (rule.subject !== hashed) {
        if (!this.hashSubject(rule.subject, request)) continue;
        hashed = rule.subject;
        ({ low, high } = this.hash);
      }
      const pending = this.pending[asked] as Pending;
      pending.low = mix(low ^ rule.saltLow);
      pending.high = mix(high ^ rule.saltHigh);
      pending.rule = rule;
      pending.rate = rateOf(rule, request.tier, own?.[rule.index]);
      pending.cost = request.cost ?? 1;
      const waitMs = this.waitMs(pending, request.nowMs);
      if (waitMs === 0) {
        asked += 1;
        continue;
      }
      const counts = this.countsOf[rule.index] as RuleCounts;
      if (!rule.isShadow) {
        counts.refused += 1;
        return refusal(pending, waitMs);
      }
      counts.wouldRefuse += 1;
    }
    return asked === 0 ? UNLIMITED : this.charge(asked, request.nowMs);
  }

  private waitMs(pending: Pending, nowMs: number): number {
    const { gcra, fleet } = this;
    const { rule, rate, low, high } = pending;
    pending.slot = gcra.slots.find(low, high);
    const waitMs = gcra.waitMs(pending.slot, rate.shape, nowMs, pending.cost);
    pending.fleetRemaining = Infinity;
    if (waitMs > 0 || !rule.isFleet || fleet === undefined) return waitMs;
    const fleetWaitMs = fleet.waitMs(fleet.find(low, high), rule, rate, nowMs);
    pending.pacedMs = fleet.pacedMs;
    pending.fleetRemaining = fleet.remaining;
    return fleetWaitMs;
  }

  private charge(asked: number, nowMs: number): LimitDecision {
    const { gcra, fleet } = this;
    let least: Pending | undefined;
    let remaining = Infinity;
    for (let at = 0; at < asked; at += 1) {
      const pending = this.pending[at] as Pending;
      const { rule, rate } = pending;
      const slot = this.slotOf(pending, nowMs);
      gcra.charge(slot, rate.shape, nowMs, pending.cost);
      if (rule.isFleet && fleet !== undefined) fleet.charge(pending, nowMs);
      (this.countsOf[rule.index] as RuleCounts).admitted += 1;
      const left = Math.min(
        gcra.remaining(slot, rate.shape, nowMs),
        Math.max(0, pending.fleetRemaining - pending.cost),
      );
      if (left < remaining || least === undefined) {
        remaining = left;
        least = pending;
      }
    }
    assert(least !== undefined, "a rule admitted");
    const { shape } = least.rate;
    return {
      admitted: true,
      retryAfterMs: 0,
      limit: shape.count,
      windowMs: shape.windowMs,
      remaining,
      rule: least.rule.name,
    };
  }

  /** Where to charge. Another rule of the same decision may just have taken a slot that counted no more. */
  private slotOf({ slot, low, high }: Pending, nowMs: number): number {
    const { slots } = this.gcra;
    return slot >= 0 && slots.holds(slot, low, high) ? slot : slots.claim(low, high, nowMs);
  }

  /** Hashes what a rule counts of; `false` where the request has none. */
  private hashSubject(subject: LimitSubject, request: LimitRequest): boolean {
    const { hash } = this;
    if (subject === "account-route-class") {
      if (request.accountSid === undefined) return false;
      hash.of(request.routeClass);
      const { low, high } = hash;
      hash.of(request.accountSid);
      hash.low = mix(hash.low + Math.imul(low, 5));
      hash.high = mix(hash.high + Math.imul(high, 5));
      return true;
    }
    const text = textOf(subject, request);
    if (text === undefined) return false;
    hash.of(text);
    return true;
  }
}

function textOf(subject: LimitSubject, request: LimitRequest): string | undefined {
  switch (subject) {
    case "account":
      return request.accountSid;
    case "key":
      return request.keySid;
    case "ip":
      return request.ip;
    case "sender":
      return request.sender;
    default:
      return request.routeClass;
  }
}

function refusal({ rate, rule }: Pending, retryAfterMs: number): LimitDecision {
  const { count, windowMs } = rate.shape;
  return { admitted: false, retryAfterMs, limit: count, windowMs, remaining: 0, rule: rule.name };
}

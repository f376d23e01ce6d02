import { assert } from "../../kernel/assert.ts";
import type { Tier } from "../fleet/index.ts";
import type { Rate } from "./shape.ts";
import { Shape } from "./shape.ts";
import type { SubjectHash } from "./subject-hash.ts";
import { mix } from "./subject-hash.ts";

/** Of what a rule counts: one counter for each value. `route-class` counts all callers of a class together. */
export type LimitSubject = "account" | "key" | "ip" | "sender" | "route-class" | "account-route-class";

/** Whose requests a rule counts: those of this `process`; or those of the whole `fleet`, in all regions. */
export type LimitScope = "process" | "fleet";

/** How a limit of the fleet is divided while some of it cannot be heard: evenly, or by what was asked of each before. */
export type StaleShares = "equal" | "demand";

/** One limit, as data. */
export interface LimitRule {
  /** Unique; stands in answers and counters. The same in every process whose counts are to meet. */
  readonly name: string;
  readonly subject: LimitSubject;
  readonly scope: LimitScope;
  readonly rate: Rate;
  /** What holds for accounts of a tier in place of `rate`. */
  readonly tiers?: Readonly<Partial<Record<Tier, Rate>>>;
  /** The route classes that the rule is for; all where absent. */
  readonly routeClasses?: readonly string[];
  /** Counts, and reports what it would have refused, but refuses nothing. */
  readonly shadow?: boolean;
  /** For the scope `fleet`; `equal` where absent. */
  readonly whenStale?: StaleShares;
}

/** Rates of single accounts, by rule. They go before those of tiers. */
export type RateOverrides = Readonly<Record<string, Rate>>;

/** Everything that a limiter obeys at one time. */
export interface LimitSettings {
  /** In the order in which they are asked. */
  readonly rules: readonly LimitRule[];
  /** By account SID. */
  readonly overrides?: ReadonlyMap<string, RateOverrides>;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** The most rules of one snapshot; a decision asks only those of its route class. */
export const MAX_RULES = 64;
/** The most rules of one route class, all of which a decision asks. */
export const MAX_RULES_A_CLASS = 16;
/** Windows across the fleet are no longer than that: an hour. */
const MAX_FLEET_WINDOW_MS = 3_600_000;

/** One rate of a rule, for one process and across the fleet. */
export interface CompiledRate {
  readonly shape: Shape;
  /** Across the fleet: how many in `CompiledRule.windowMs`. */
  readonly perWindow: number;
}

/** A rule as a decision wants it. */
export interface CompiledRule {
  readonly name: string;
  /** Its place in the snapshot. */
  readonly index: number;
  readonly subject: LimitSubject;
  readonly isFleet: boolean;
  readonly isShadow: boolean;
  readonly byDemand: boolean;
  /** The window across the fleet: long enough for twenty of the base rate, so that shares of it are whole numbers. */
  readonly windowMs: number;
  readonly base: CompiledRate;
  readonly enterprise: CompiledRate;
  readonly midMarket: CompiledRate;
  readonly smb: CompiledRate;
  /** Mixed into the hash of every subject, so that rules do not meet. */
  readonly saltLow: number;
  readonly saltHigh: number;
}

/** Settings, compiled. Immutable: a limiter changes from one to the next between two decisions. */
export interface LimitSnapshot {
  readonly rules: readonly CompiledRule[];
  /** By route class that a rule names. */
  readonly byClass: ReadonlyMap<string, readonly CompiledRule[]>;
  /** For every other class. */
  readonly general: readonly CompiledRule[];
  /** By account SID, then by the rule's index. */
  readonly overrides: ReadonlyMap<string, readonly (CompiledRate | undefined)[]>;
}

/** A fleet's window holds so many of the base rate, or lasts a minute: less would make shares of it too coarse. */
const LEAST_PER_WINDOW = 20;
const LONGEST_GROWN_MS = 60_000;

/**
 * Compiles settings. `hash` is the one of the limiter. Throws an assertion on what no settings
 * may say: two rules of one name, too many rules, an override of a rule that is not there.
 */
export function compileLimits(settings: LimitSettings, hash: SubjectHash): LimitSnapshot {
  assert(settings.rules.length <= MAX_RULES, `at most ${MAX_RULES} rules`);
  const rules = settings.rules.map((rule, index) => compileRule(rule, index, hash));
  const names = new Map(rules.map((rule) => [rule.name, rule]));
  assert(names.size === rules.length, "each rule has a name of its own");
  const classes = new Set(settings.rules.flatMap(({ routeClasses }) => routeClasses ?? []));
  const rulesOf = (routeClass: string | undefined): CompiledRule[] => {
    const found = rules.filter((_, at) => {
      const named = settings.rules[at]?.routeClasses;
      return named === undefined || (routeClass !== undefined && named.includes(routeClass));
    });
    assert(found.length <= MAX_RULES_A_CLASS, `at most ${MAX_RULES_A_CLASS} rules for a route class`);
    return found;
  };
  const overrides = new Map<string, (CompiledRate | undefined)[]>();
  for (const [accountSid, rates] of settings.overrides ?? []) {
    const row: (CompiledRate | undefined)[] = Array.from({ length: rules.length });
    for (const [name, rate] of Object.entries(rates)) {
      const rule = names.get(name);
      assert(rule !== undefined, `an override is of a rule that there is, not of ${name}`);
      row[rule.index] = compileRate(rate, rule.windowMs);
    }
    overrides.set(accountSid, row);
  }
  const byClass = new Map(Array.from(classes, (routeClass) => [routeClass, rulesOf(routeClass)]));
  return { rules, byClass, general: rulesOf(undefined), overrides };
}

/** What holds for a caller: the account's own rate, its tier's, or the rule's. */
export function rateOf(rule: CompiledRule, tier: Tier | undefined, own: CompiledRate | undefined): CompiledRate {
  if (own !== undefined) return own;
  if (tier === undefined) return rule.base;
  if (tier === "smb") return rule.smb;
  return tier === "enterprise" ? rule.enterprise : rule.midMarket;
}

function compileRule(rule: LimitRule, index: number, hash: SubjectHash): CompiledRule {
  assert(NAME.test(rule.name), `a rule cannot be called ${JSON.stringify(rule.name)}`);
  const windowMs = fleetWindowMs(rule.rate);
  const base = compileRate(rule.rate, windowMs);
  const ofTier = (tier: Tier): CompiledRate => {
    const rate = rule.tiers?.[tier];
    return rate === undefined ? base : compileRate(rate, windowMs);
  };
  // The window is in the salt: counts of different windows cannot be compared.
  hash.of(`${rule.name}/${windowMs}`);
  return {
    name: rule.name,
    index,
    subject: rule.subject,
    isFleet: rule.scope === "fleet",
    isShadow: rule.shadow ?? false,
    byDemand: rule.whenStale === "demand",
    windowMs,
    base,
    enterprise: ofTier("enterprise"),
    midMarket: ofTier("mid-market"),
    smb: ofTier("smb"),
    saltLow: mix(hash.low),
    saltHigh: mix(hash.high),
  };
}

function fleetWindowMs(rate: Rate): number {
  const windowMs = rate.windowMs ?? 1_000;
  const grown = rate.count > 0 ? Math.ceil(LEAST_PER_WINDOW / rate.count) * windowMs : windowMs;
  return Math.min(MAX_FLEET_WINDOW_MS, Math.max(windowMs, Math.min(grown, LONGEST_GROWN_MS)));
}

function compileRate(rate: Rate, windowMs: number): CompiledRate {
  const shape = new Shape(rate);
  return { shape, perWindow: (shape.count * windowMs) / shape.windowMs };
}

import type { Metric, SeriesFilter } from "../query.ts";

/** The most rules of one account, and of a cell. */
export const MAX_RULES_PER_ACCOUNT = 1_000;
export const MAX_RULES = 20_000;
/** The most destinations of each kind. */
export const MAX_DESTINATIONS = 5;

/** So many of the last intervals are above or below a limit. */
export interface ThresholdCondition {
  readonly kind: "threshold";
  readonly comparison: "above" | "below";
  readonly limit: number;
  /** What firing ends at, on the good side of `limit` or at it: between the two nothing changes. */
  readonly resolveLimit: number;
  readonly intervalMs: number;
  readonly needed: number;
  readonly of: number;
  /** Of latencies: which share of all was not slower. */
  readonly quantile: number;
}

/** The error budget of a service level is used up too fast, seen over a long and over a short time. */
export interface BurnRateCondition {
  readonly kind: "burn-rate";
  /** The service level, for example 0.999. */
  readonly target: number;
  /** So many times as fast as what would use up the budget just in time. */
  readonly factor: number;
  readonly longMs: number;
  readonly shortMs: number;
}

/** Nothing was counted for so long. */
export interface AbsenceCondition {
  readonly kind: "absence";
  readonly forMs: number;
}

export type AlertCondition = ThresholdCondition | BurnRateCondition | AbsenceCondition;

/** Who is told. */
export interface AlertDestinations {
  readonly webhookUrls: readonly string[];
  readonly emails: readonly string[];
  readonly texts: readonly string[];
  /** One of the account's numbers; empty where no texts are sent. */
  readonly textFrom: string;
}

/** What an account wants to be told of. */
export interface AlertRule {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  /** `all`: every account of all cells; the operator's rules only. */
  readonly scope: "account" | "all";
  readonly metric: Metric;
  readonly filter: SeriesFilter;
  readonly condition: AlertCondition;
  readonly destinations: AlertDestinations;
  /** While it fires it is told again after so long; 0 for never. */
  readonly repeatMs: number;
  /** Until then nobody is told; 0 where it is not muted. */
  readonly mutedUntilMs: number;
  readonly isEnabled: boolean;
  /** Grows with every change. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

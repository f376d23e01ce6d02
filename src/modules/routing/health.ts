/**
 * What is known of the carriers' health at one moment, as the router sees it. Values are
 * quantised where they are measured, and the version changes only when one of them does,
 * so that a decision can be made again later from the numbers of table and snapshot.
 */
export interface HealthSnapshot {
  /** Counts up; 0 is the snapshot in which nothing is known and every carrier is usable. */
  readonly version: number;
  /** By carrier name. A carrier that is missing is usable and average. */
  readonly carriers: ReadonlyMap<string, CarrierHealth>;
}

/** The health of one carrier. */
export interface CarrierHealth {
  /** False while it is not bound, its breaker is open, or a maintenance window runs. */
  readonly usable: boolean;
  /** Why it is not usable, for people: `down`, `breaker`, `maintenance`, `stalled`. */
  readonly reason?: string;
  /**
   * So much waits for it that a further message, or one of marketing, which goes last, would
   * wait for long: for those it is asked after carriers with room.
   */
  readonly saturated?: "marketing" | "all";
  /** How well it does overall. */
  readonly quality: Quality;
  /** How well it does by destination network (its MCC and MNC as digits); where missing, as overall. */
  readonly networks?: ReadonlyMap<string, Quality>;
}

/** Quantised measurements. `undefined` where too little is known. */
export interface Quality {
  /** Share of submits that were accepted, 0 to 1 in steps of 0.05. */
  readonly acceptRatio?: number;
  /** Share of accepted parts whose receipt said delivered, 0 to 1 in steps of 0.05. */
  readonly deliveryRatio?: number;
  /** Median of the time from accepted to receipt, rounded up to a power of two of milliseconds. */
  readonly receiptLatencyMs?: number;
}

/** Nothing is known, everything is usable. */
export const UNKNOWN_HEALTH: HealthSnapshot = { version: 0, carriers: new Map() };

/** A data point of every candidate that is computed, not given in the table. Points are `weight × value`, more are better. */
export interface ComputedInput<Facts> {
  /** The name of its weight in a table. */
  readonly name: string;
  /** What one point of weight means, for people. */
  readonly summary: string;
  /** Where the table names no weight. */
  readonly defaultWeight: number;
  readonly value: (facts: Facts) => number;
}

/** What a table says of a route; inputs over it are added up when the table is compiled. */
export interface RouteFacts {
  /** For each segment, in millionths of the table's currency. */
  readonly priceMicros: number;
  readonly priority: number;
}

/** What is known or assumed of a carrier towards a network; inputs over it are computed for each health snapshot. */
export interface HealthFacts {
  readonly acceptRatio: number;
  readonly deliveryRatio: number;
  readonly receiptLatencyMs: number;
}

export type RouteInput = ComputedInput<RouteFacts>;
export type HealthInput = ComputedInput<HealthFacts>;

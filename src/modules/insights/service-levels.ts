import type { SeriesReader } from "./query.ts";

/** What is promised, and how it is kept. Numbers, not shares, so that the answers of cells add up. */
export interface ServiceLevel {
  /** `delivery`, or `api-` and a tier. */
  readonly name: string;
  /** The share that is promised. */
  readonly objective: number;
  /** Of the last 30 days. */
  readonly good: number;
  readonly of: number;
  /** What is left of the failures that the promise allows: 1 is all, 0 none, negative a broken promise; `null` where nothing was. */
  readonly budgetLeft: number | null;
  readonly windows: readonly BurnWindow[];
}

/** How fast the budget is used up: at 1 it lasts exactly 30 days. */
export interface BurnWindow {
  readonly name: "5min" | "1h" | "6h";
  readonly good: number;
  readonly of: number;
  readonly burnRate: number | null;
}

/** Availability of the API that is promised to a tier; `none` are requests that came to no cell. */
export const API_OBJECTIVES: Readonly<Record<string, number>> = {
  enterprise: 0.9999,
  "mid-market": 0.9995,
  smb: 0.999,
};

/** The share of messages that is to be delivered within 5 s, of those that were delivered or failed. */
export const DELIVERY_OBJECTIVE = 0.95;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BUDGET_MS = 30 * DAY_MS;
/** Each window is read from bins that are fine enough for it to slide. */
const WINDOWS = [
  { name: "5min", spanMs: 5 * MINUTE_MS, alignMs: 10_000 },
  { name: "1h", spanMs: HOUR_MS, alignMs: 10_000 },
  { name: "6h", spanMs: 6 * HOUR_MS, alignMs: MINUTE_MS },
] as const;

/** What is asked. */
export interface LevelsAsked {
  readonly accounts: readonly string[] | "all";
  readonly nowMs: number;
  readonly deliveryObjective?: number;
}

interface Kept {
  readonly good: number;
  readonly of: number;
}

/** The service levels that somebody sees: those of deliveries, and for the operator of the API by tier. */
export function serviceLevels(reader: SeriesReader, asked: LevelsAsked): ServiceLevel[] {
  const { deliveryObjective = DELIVERY_OBJECTIVE } = asked;
  const delivery = level("delivery", deliveryObjective, (spanMs, alignMs) =>
    keptIn(reader, { ...asked, spanMs, alignMs }),
  );
  if (asked.accounts !== "all") return [delivery];
  const tiers = Object.entries(API_OBJECTIVES).map(([tier, objective]) =>
    level(`api-${tier}`, objective, (spanMs, alignMs) => keptIn(reader, { ...asked, spanMs, alignMs, tier })),
  );
  return [delivery, ...tiers];
}

function level(name: string, objective: number, read: (spanMs: number, alignMs: number) => Kept): ServiceLevel {
  const { good, of } = read(BUDGET_MS, HOUR_MS);
  const windows = WINDOWS.map(({ name: window, spanMs, alignMs }): BurnWindow => {
    const kept = read(spanMs, alignMs);
    return { name: window, ...kept, burnRate: burnRate(kept, objective) };
  });
  const burnt = burnRate({ good, of }, objective);
  return { name, objective, good, of, budgetLeft: burnt === null ? null : 1 - burnt, windows };
}

function burnRate({ good, of }: Kept, objective: number): number | null {
  return of === 0 ? null : (of - good) / of / (1 - objective);
}

function keptIn(
  reader: SeriesReader,
  { accounts, nowMs, spanMs, alignMs, tier }: LevelsAsked & { spanMs: number; alignMs: number; tier?: string },
): Kept {
  // What happens now is in it.
  const endMs = nowMs - (nowMs % alignMs) + alignMs;
  const range = { accounts, startMs: endMs - spanMs, endMs, stepMs: spanMs };
  const { groups } =
    tier === undefined
      ? reader.read({ metric: "within_5s", ...range })
      : reader.read({ metric: "availability", filter: { tier: [tier] }, ...range });
  const [group] = groups;
  return { good: group?.counts?.[0] ?? 0, of: group?.of?.[0] ?? 0 };
}

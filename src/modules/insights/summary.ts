import { pointValue, type SeriesGroup } from "../../protocols/sketches/index.ts";
import type { SeriesQuery, SeriesReader } from "./query.ts";

/** The numbers of now. */
export interface InsightSummary {
  /** Messages a second, over the last whole ten seconds. */
  readonly outboundPerSecond: number;
  readonly inboundPerSecond: number;
  /** Of the last 5 minutes: delivered within 5 s, of those that ended. */
  readonly within5s: { readonly good: number; readonly of: number };
  /** Of the last 15 minutes. */
  readonly delivered: { readonly good: number; readonly of: number };
  /** Of the last 5 minutes, in milliseconds; `null` where nothing was delivered. */
  readonly deliveryMs: { readonly p50: number | null; readonly p99: number | null };
  /** The error codes of the last 15 minutes, the most frequent first; `null` are all further ones together. */
  readonly errors: readonly { readonly code: string | null; readonly count: number }[];
  /** For the operator: API answers a second over the last whole ten seconds that edges have told, and of 5 minutes. */
  readonly api?: { readonly perSecond: number; readonly good: number; readonly of: number };
}

const BIN_MS = 10_000;
const MINUTE_MS = 60_000;
const MAX_ERRORS = 10;
/** Edges tell of ten seconds when they are over. */
const TOLD_MS = 2 * BIN_MS;

/** Reads them. */
export function summarise(
  reader: SeriesReader,
  { accounts, nowMs }: { readonly accounts: readonly string[] | "all"; readonly nowMs: number },
): InsightSummary {
  const binMs = nowMs - (nowMs % BIN_MS);
  const last = (spanMs: number): Pick<SeriesQuery, "accounts" | "startMs" | "endMs" | "stepMs"> => ({
    accounts,
    startMs: binMs + BIN_MS - spanMs,
    endMs: binMs + BIN_MS,
    stepMs: spanMs,
  });
  const bin = { accounts, startMs: binMs - BIN_MS, endMs: binMs, stepMs: BIN_MS };
  const directions = reader.read({ ...bin, metric: "messages", by: ["direction"] }).groups;
  const perSecond = (direction: string): number =>
    (directions.find(({ key }) => key[0] === direction)?.counts?.[0] ?? 0) / (BIN_MS / 1_000);
  const [latency] = reader.read({ ...last(5 * MINUTE_MS), metric: "delivered_latency" }).groups;
  const errors = reader.read({ ...last(15 * MINUTE_MS), metric: "messages", by: ["error"], top: MAX_ERRORS + 1 });
  return {
    outboundPerSecond: perSecond("outbound"),
    inboundPerSecond: perSecond("inbound"),
    within5s: kept(reader.read({ ...last(5 * MINUTE_MS), metric: "within_5s" }).groups[0]),
    delivered: kept(reader.read({ ...last(15 * MINUTE_MS), metric: "delivered_rate" }).groups[0]),
    deliveryMs: { p50: quantile(latency, 0.5), p99: quantile(latency, 0.99) },
    errors: errors.groups
      .map(({ key, counts }) => ({ code: key[0] ?? null, count: counts?.[0] ?? 0 }))
      .filter(({ code }) => code !== ""),
    ...(accounts === "all" ? { api: apiOf(reader, binMs) } : {}),
  };
}

function apiOf(reader: SeriesReader, binMs: number): NonNullable<InsightSummary["api"]> {
  const told = { accounts: "all", startMs: binMs - TOLD_MS, endMs: binMs - BIN_MS, stepMs: BIN_MS } as const;
  const requests = reader.read({ ...told, metric: "api_requests" }).groups[0]?.counts?.[0] ?? 0;
  const spanMs = 5 * MINUTE_MS;
  const range = { accounts: "all", startMs: binMs - spanMs, endMs: binMs, stepMs: spanMs } as const;
  return {
    perSecond: requests / (BIN_MS / 1_000),
    ...kept(reader.read({ ...range, metric: "availability" }).groups[0]),
  };
}

function kept(group: SeriesGroup | undefined): { readonly good: number; readonly of: number } {
  return { good: group?.counts?.[0] ?? 0, of: group?.of?.[0] ?? 0 };
}

function quantile(group: SeriesGroup | undefined, q: number): number | null {
  return group === undefined ? null : pointValue(group, 0, q);
}

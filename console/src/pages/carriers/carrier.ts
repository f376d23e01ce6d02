/** A carrier and how it does, as the API tells. */
import type { Tone } from "../../ui/index.ts";

export const CARRIERS = "/trunkline/v1/Carriers";

/** What is broken on purpose. */
export interface Chaos {
  readonly mode: "none" | "blackhole" | "refuse" | "slow";
  readonly until: string | null;
  readonly delay_ms: number | null;
}

/** One bind. */
export interface Bind {
  readonly state: string;
  readonly kind: string | null;
  readonly outstanding: number;
  readonly detail: string | null;
  readonly since: string | null;
  readonly window: number | null;
  readonly window_limit: number | null;
  readonly peer_system_id: string | null;
  readonly version: string | null;
  readonly retry_at: string | null;
}

/** Counts of the last minute. */
export interface LastMinute {
  readonly submitted: number;
  readonly accepted: number;
  readonly throttled: number;
  readonly refused: number;
  readonly unknown: number;
  readonly not_sent: number;
  readonly delivered: number;
  readonly undelivered: number;
}

/** How a carrier does. What only one that runs has is optional. */
export interface CarrierStatus {
  readonly name: string;
  readonly type: string | null;
  readonly source: "settings" | "added";
  readonly enabled: boolean;
  readonly phase: "running" | "changing" | "disabled" | "broken";
  readonly problem: string | null;
  readonly up: boolean;
  readonly usable: boolean;
  readonly reason: string | null;
  readonly since: string | null;
  readonly chaos: Chaos;
  readonly binds: readonly Bind[];
  readonly queue: {
    readonly total: number;
    readonly urgent: number;
    readonly transactional: number;
    readonly marketing: number;
  } | null;
  readonly in_flight: number;
  readonly free: number;
  readonly window: number;
  readonly window_limit: number;
  readonly per_second: number;
  readonly limit_per_second: number | null;
  readonly saturation: "none" | "marketing" | "all";
  readonly paused_until: string | null;
  readonly breaker?: "closed" | "open" | "half-open";
  readonly probes_at?: string | null;
  readonly last_submit?: string | null;
  readonly latency_ms?: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly last_minute?: LastMinute;
  readonly accept_ratio?: number | null;
  readonly delivery_ratio?: number | null;
  readonly receipt_latency_ms?: number | null;
  readonly maintenance?: readonly string[];
  readonly maintenance_changes?: string | null;
  readonly routing?: RoutePlace | null;
  /** The carrier was taken away; of the live topic alone. */
  readonly gone?: boolean;
}

/** Where a carrier stands for a number. */
export interface RoutePlace {
  readonly to: string;
  readonly table_version: number;
  readonly place: number | null;
  readonly of: number;
  readonly order: readonly string[];
  readonly usable: number;
  readonly left_out: string | null;
}

/** A carrier as it is set up. */
export interface Carrier {
  readonly name: string;
  readonly type: string | null;
  readonly source: "settings" | "added";
  readonly read_only: boolean;
  readonly enabled: boolean;
  readonly phase: CarrierStatus["phase"];
  readonly problem: string | null;
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly revision: number;
  readonly date_created: string | null;
  readonly date_updated: string | null;
  readonly chaos: Chaos;
}

/** A carrier of the list. */
export interface ListedCarrier extends Carrier {
  readonly status: CarrierStatus;
}

const REASONS: Readonly<Record<string, string>> = {
  down: "not connected",
  breaker: "too many failures",
  stalled: "does not answer",
  maintenance: "in maintenance",
};

/** The state of a carrier in a few words, and how good that is. */
export function stateOf(status: CarrierStatus): { readonly text: string; readonly tone: Tone } {
  if (status.phase === "disabled") return { text: "switched off", tone: "neutral" };
  if (status.phase === "broken") return { text: "cannot be used", tone: "bad" };
  if (status.phase === "changing") return { text: "changing", tone: "warn" };
  if (!status.usable) {
    const reason = status.reason ?? "down";
    return { text: REASONS[reason] ?? reason, tone: reason === "maintenance" ? "warn" : "bad" };
  }
  if (status.saturation === "all") return { text: "saturated", tone: "warn" };
  if (status.paused_until !== null) return { text: "throttled", tone: "warn" };
  return { text: "up", tone: "good" };
}

/** The tone of a bind's state. */
export function toneOfBind(state: string): Tone {
  if (/bound$|^open$/.test(state)) return "good";
  if (/waiting$|unreachable|closed/.test(state)) return "bad";
  return "warn";
}

/** A share as per cent; a dash where too little is known. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`;
}

/** Milliseconds, short. */
export function shortMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(ms >= 10_000 ? 0 : 1)} s` : `${ms >= 10 ? Math.round(ms) : ms} ms`;
}

/** A rate: whole above ten. */
export function shortRate(perSecond: number): string {
  return perSecond >= 10 || perSecond === 0 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}

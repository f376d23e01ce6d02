import { iso8601 } from "../../../kernel/time.ts";
import { showMaintenanceWindow } from "../../../platform/config/index.ts";
import type { JsonObject } from "../../../platform/http/index.ts";
import type { LaneStatus } from "../dispatch/dispatcher.ts";
import type { CarrierHealthStatus } from "../health/index.ts";
import type { BindStatus, ChaosState } from "../carriers/index.ts";
import type { CarrierBook } from "./carrier-book.ts";
import type { KnownCarrier } from "./known-carrier.ts";

export const CARRIERS = "/trunkline/v1/Carriers";

/** How a carrier does, from all that know something of it. */
export interface CarrierLook {
  readonly lane: LaneStatus | undefined;
  readonly health: CarrierHealthStatus | undefined;
}

/** A carrier as it is set up. Secrets are masked. */
export function viewCarrier(book: CarrierBook, known: KnownCarrier, baseUrl: string): JsonObject {
  const { name, source, settings, enabled, phase, problem, revision, createdMs, updatedMs } = known;
  const url = `${baseUrl}${CARRIERS}/${encodeURIComponent(name)}`;
  return {
    name,
    type: settings?.type ?? null,
    source,
    read_only: source === "settings",
    enabled,
    phase,
    problem: problem ?? null,
    settings: book.shown(known),
    revision,
    date_created: createdMs === undefined ? null : iso8601(createdMs),
    date_updated: updatedMs === undefined ? null : iso8601(updatedMs),
    chaos: viewChaos(known.chaos?.state),
    url,
    links: { status: `${url}/Status`, chaos: `${url}/Chaos` },
  };
}

/** What is broken on purpose. */
export function viewChaos(state: ChaosState | undefined): JsonObject {
  if (state === undefined) return { mode: "none", until: null, delay_ms: null };
  return { mode: state.mode, until: iso8601(state.untilMs), delay_ms: state.mode === "slow" ? state.delayMs : null };
}

/** How a carrier does. */
export function viewStatus(known: KnownCarrier, { lane, health }: CarrierLook): JsonObject {
  return {
    name: known.name,
    type: known.settings?.type ?? null,
    source: known.source,
    enabled: known.enabled,
    phase: known.phase,
    problem: known.problem ?? null,
    up: lane?.up ?? false,
    usable: health?.usable ?? false,
    reason: health?.reason ?? null,
    since: health === undefined ? null : iso8601(health.sinceMs),
    chaos: viewChaos(known.chaos?.state),
    binds: (lane?.binds ?? []).map(viewBind),
    queue: lane === undefined ? null : { total: lane.queued, ...lane.waiting },
    in_flight: lane?.inFlight ?? 0,
    free: lane?.free ?? 0,
    window: sumOf(lane, "window"),
    window_limit: sumOf(lane, "windowLimit"),
    per_second: lane?.perSecond ?? 0,
    limit_per_second: lane?.limitPerSecond ?? null,
    saturation: lane?.saturation ?? "none",
    paused_until: lane?.pausedUntilMs === undefined ? null : iso8601(lane.pausedUntilMs),
    ...viewHealth(health),
  };
}

function sumOf(lane: LaneStatus | undefined, key: "window" | "windowLimit"): number {
  return (lane?.binds ?? []).reduce((sum, bind) => sum + (bind.kind === "receiver" ? 0 : (bind[key] ?? 0)), 0);
}

function viewBind(bind: BindStatus): JsonObject {
  const { state, kind, outstanding, detail, sinceMs, window, windowLimit, peer, version, retryAtMs } = bind;
  return {
    state,
    kind: kind ?? null,
    outstanding,
    detail: detail ?? null,
    since: sinceMs === undefined ? null : iso8601(sinceMs),
    window: window ?? null,
    window_limit: windowLimit ?? null,
    peer_system_id: peer ?? null,
    version: version ?? null,
    retry_at: retryAtMs === undefined ? null : iso8601(retryAtMs),
  };
}

function viewHealth(health: CarrierHealthStatus | undefined): JsonObject {
  if (health === undefined) return {};
  const { acceptRatio, deliveryRatio, receiptLatencyMs } = health.quality;
  const { submitted, accepted, throttled, refused, unknown, notSent, delivered, undelivered } = health.lastMinute;
  return {
    breaker: health.breaker,
    probes_at: health.probesAtMs === undefined ? null : iso8601(health.probesAtMs),
    last_submit: health.submittedMs === undefined ? null : iso8601(health.submittedMs),
    latency_ms: health.latencyMs === undefined ? null : { ...health.latencyMs },
    last_minute: { submitted, accepted, throttled, refused, unknown, not_sent: notSent, delivered, undelivered },
    accept_ratio: acceptRatio ?? null,
    delivery_ratio: deliveryRatio ?? null,
    receipt_latency_ms: receiptLatencyMs ?? null,
    networks: health.networks,
    maintenance: health.maintenance.map(showMaintenanceWindow),
    maintenance_changes: health.maintenanceChangesMs === undefined ? null : iso8601(health.maintenanceChangesMs),
  };
}

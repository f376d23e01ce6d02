import { otlpExporter } from "../adapters/opentelemetry/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import type { Machine } from "../platform/cell/index.ts";
import type { CellRouter } from "../platform/cell-router/index.ts";
import type { AccessRecord } from "../platform/edge/index.ts";
import { INTERNAL_PREFIX, type FleetKey } from "../platform/fleet/index.ts";
import type { RequestAnswerer } from "../platform/http/index.ts";
import { openLog, nodeFiles, type Log, type LogOptions } from "../platform/log/index.ts";
import {
  addBuildInfo,
  ProjectionLag,
  watchDisks,
  watchFiles,
  watchLog,
  watchMessages,
  WatchedSender,
  webhookMeasures,
  type FailingHost,
  type Metrics,
} from "../platform/metrics/index.ts";
import type { Clock, Logger } from "../platform/ports.ts";
import { KeptTraces, keptTracesTarget, TracedSender, Tracing, watchTracing } from "../platform/tracing/index.ts";
import type { Sender, WebhookState } from "../platform/webhooks/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { urlOf } from "./fleet/cell-calls.ts";
import { signedCall } from "./fleet/signed-call.ts";
import { watchEdge } from "./metrics.ts";
import { readVersion } from "./package-folder.ts";
import { sharedSettings } from "./fleet/shared-settings.ts";
import type { Shutdown } from "./shutdown.ts";

/** What watches a process while it works. */
export interface Observing {
  readonly metrics: Metrics;
  /** Absent where no collector is configured: then nothing is traced, and nothing is spent on it. */
  readonly tracing: Tracing | undefined;
}

/** What a process is, for those who watch it. */
export interface Observed {
  readonly settings: ProgramSettings;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
  readonly metrics: Metrics;
  readonly name: string;
  /** `all`, `edge`, `cell`, `control`. */
  readonly role: string;
}

/** An edge holds its spans a little longer than a cell, which tells it what is worth to be kept. */
const EDGE_WAIT_MS = 75_000;
/** Well below the time for which an edge holds its spans. */
const KEPT_TIMEOUT_MS = 2_000;

/** Begins to watch a process: says what it is, and traces where a collector is configured. First of all, so that it ends last. */
export function observe({ settings, logger, shutdown, metrics, name, role }: Observed): Observing {
  const version = readVersion();
  const { region, tracing: wanted, data } = settings;
  addBuildInfo(metrics, { version, role, name, configHash: sharedSettings(settings).root });
  watchDisks(metrics, { data });
  if (wanted.otlpUrl === undefined) return { metrics, tracing: undefined };
  const { headers, keepOneIn, slowMs } = wanted;
  const exporter = otlpExporter({ url: String(wanted.otlpUrl), headers, instance: name, role, region, version });
  const waits = role === "edge" ? { waitMs: EDGE_WAIT_MS, lingerMs: EDGE_WAIT_MS } : {};
  const tracing = new Tracing({ exporter, clock: systemClock, logger, keepOneIn, slowMs, ...waits });
  watchTracing(metrics, tracing);
  shutdown.add("traces", () => tracing.close());
  return { metrics, tracing };
}

/** Opens a log whose disk is watched. */
export async function openWatchedLog(options: LogOptions, metrics: Metrics | undefined): Promise<Log> {
  if (metrics === undefined) return openLog(options);
  const nowMs = (): number => options.clock.monotonicMs();
  const log = await openLog({ ...options, files: watchFiles(metrics, nodeFiles, nowMs) });
  return watchLog(metrics, log, nowMs);
}

/** The machines of a cell, with those that watch. */
export function watchMachines(observing: Observing | undefined, machines: readonly Machine[]): readonly Machine[] {
  if (observing === undefined) return machines;
  const { metrics, tracing } = observing;
  watchTables(metrics, machines);
  if (tracing === undefined) return [...machines, watchMessages(metrics)];
  const counting = watchMessages(metrics, (sid) => tracing.messages.keptTraceOf(sid));
  // The counts come first: a message's trace is forgotten with its end.
  return [counting, ...tracing.messages.watch(machines)];
}

/** A sender that is watched, and what it says of hosts that fail. */
export function watchSender(
  observing: Observing | undefined,
  sender: Sender,
  { clock, state }: { readonly clock: Clock; readonly state: WebhookState },
): { readonly sender: Sender; readonly failingHosts: () => readonly FailingHost[] } {
  if (observing === undefined) return { sender, failingHosts: () => [] };
  const { metrics, tracing } = observing;
  const watched = new WatchedSender(sender, metrics, () => clock.monotonicMs());
  const failingHosts = (): readonly FailingHost[] => watched.failing();
  if (tracing === undefined) return { sender: watched, failingHosts };
  const { sampler, slowMs } = tracing;
  return { sender: new TracedSender(watched, { sampler, clock, slowMs, jobs: state.jobs }), failingHosts };
}

/** Traces the requests that an edge answers. */
export function tracedEdge(tracing: Tracing | undefined, next: RequestAnswerer): RequestAnswerer {
  return tracing === undefined ? next : tracing.requests.around("edge", "server", next);
}

/** Traces the requests that a cell answers: over a socket, or of an edge in the same process. */
export function tracedCell(
  tracing: Tracing | undefined,
  kind: "server" | "internal",
  next: RequestAnswerer,
): RequestAnswerer {
  return tracing === undefined ? next : tracing.requests.around("cell", kind, next);
}

/** Tells metrics and traces what an edge answered. `tierOf` must answer at once. */
export function tellEdge(
  { metrics, tracing }: Observing,
  tierOf: (accountSid: string | undefined) => string | undefined,
): (record: AccessRecord) => void {
  const watch = watchEdge(metrics);
  const count = countByTier(metrics, tierOf);
  return (record) => {
    watch(record);
    count(record);
    tracing?.requests.edgeAnswered(record);
  };
}

/** For promises about availability: how the API answered, by tier. What a client got wrong is his own affair. */
function countByTier(
  metrics: Metrics,
  tierOf: (accountSid: string | undefined) => string | undefined,
): (record: AccessRecord) => void {
  const answers = metrics.counter({
    name: "trunkline_api_answers_total",
    help: "Answers of the API at this edge, by the tier of the account, the class of the request and that of the status (2xx …). Without health, metrics and console.",
    labels: ["tier", "class", "status"],
  });
  return ({ routeClass, accountSid, status }) => {
    if (NO_API.has(routeClass)) return;
    const tier = tierOf(accountSid) ?? "unknown";
    answers.with({ tier, class: routeClass, status: `${Math.floor(status / 100)}xx` }).inc();
  };
}

const NO_API: ReadonlySet<string> = new Set(["own", "console", "public"]);

/** Until when certificates are valid, by what they are for. At most a hundred. */
export function watchCertificates(
  metrics: Metrics,
  read: () => Iterable<{ readonly name: string; readonly endsMs: number }>,
): void {
  const ends = metrics.gauge(
    {
      name: "trunkline_certificate_ends_seconds",
      help: "When a certificate ends, in seconds since 1970, by what it is for.",
      labels: ["certificate"],
    },
    () => {
      for (const { name, endsMs } of read()) ends.with({ certificate: name }).set(endsMs / 1_000);
    },
  );
}

/** How large the tables of a cell are. */
function watchTables(metrics: Metrics, machines: readonly Machine[]): void {
  const tables = machines.flatMap((machine) => machine.tables);
  const rows = metrics.gauge(
    { name: "trunkline_table_rows", help: "Rows in the cell's memory, by table.", labels: ["table"], maxSeries: 200 },
    () => {
      for (const table of tables) {
        const { size } = table as { readonly size?: unknown };
        if (typeof size === "number") rows.with({ table: table.name }).set(size);
      }
    },
  );
}

/** Lets an edge keep what the cells keep. Returns what ends it. */
export function followKeptTraces(
  tracing: Tracing | undefined,
  router: Pick<CellRouter, "cells" | "cell">,
  fleetKey: FleetKey,
): () => void {
  if (tracing === undefined) return () => {};
  const kept = new KeptTraces({
    sampler: tracing.sampler,
    clock: systemClock,
    cells: () => router.cells().map(({ name }) => name),
    ask: async (name, after) => {
      const cell = router.cell(name);
      if (cell === undefined) return null;
      const target = `${INTERNAL_PREFIX}${keptTracesTarget(after)}`;
      const call = { method: "GET", target, timeoutMs: KEPT_TIMEOUT_MS } as const;
      const { status, json } = await signedCall(urlOf(cell.address), fleetKey, call);
      return status === 200 ? json : null;
    },
  });
  kept.start();
  return () => kept.stop();
}

/** Shows how far the database is behind. Returns what ends it. */
export function watchProjection(metrics: Metrics | undefined, lag: ProjectionLag): () => void {
  lag.start();
  const seconds = metrics?.gauge(
    {
      name: "trunkline_projection_lag_seconds",
      help: "Age of the oldest change that is not in PostgreSQL yet, right to a second.",
    },
    () => seconds?.with({}).set(lag.seconds()),
  );
  return () => lag.stop();
}

/** Declares everything above for the reference; nothing of it is watched. */
export function declareObserved(metrics: Metrics, absent: never): void {
  addBuildInfo(metrics, { version: "", role: "", name: "", configHash: "" });
  watchDisks(metrics, {});
  watchFiles(metrics, absent, absent);
  watchLog(metrics, { append: () => undefined } as unknown as Log, absent);
  watchMessages(metrics);
  watchTables(metrics, []);
  webhookMeasures(metrics, () => 0);
  countByTier(metrics, absent);
  watchCertificates(metrics, () => []);
  const stop = watchProjection(
    metrics,
    new ProjectionLag({ clock: systemClock, end: () => 0, firstUnprojected: () => undefined }),
  );
  stop();
  watchTracing(metrics, absent);
}

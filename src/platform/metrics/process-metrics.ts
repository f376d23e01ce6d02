import { readdirSync, readFileSync } from "node:fs";
import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { Metrics } from "./metrics.ts";

const NANOSECONDS_A_MILLISECOND = 1e6;

/** Pauses of garbage collection, in seconds. */
const PAUSE_BUCKETS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
/** How often the event loop is looked at. */
const DELAY_RESOLUTION_MS = 20;

/** Node's kinds of garbage collection, by the numbers of `perf_hooks`. */
const COLLECTIONS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weak-callbacks"],
]);

/** Adds what is worth knowing of the process itself: memory, CPU time, event loop, garbage collection, files. Call `stop` when the process ends. */
export function addProcessMetrics(metrics: Metrics): { stop(): void } {
  addMemory(metrics);
  addTimes(metrics);
  addFiles(metrics);
  const stops = [addEventLoop(metrics), addCollections(metrics)];
  return {
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function addMemory(metrics: Metrics): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const series = metrics.gauge({ name, help }, () => series.with({}).set(read()));
  };
  gauge("trunkline_process_resident_octets", "Memory of the process.", () => process.memoryUsage.rss());
  gauge("trunkline_process_heap_octets", "Used part of the JavaScript heap.", () => process.memoryUsage().heapUsed);
  gauge(
    "trunkline_process_heap_limit_octets",
    "What the JavaScript heap may grow to; the process ends beyond it.",
    () => {
      return getHeapStatistics().heap_size_limit;
    },
  );
  gauge("trunkline_process_external_octets", "Memory of buffers outside the JavaScript heap.", () => {
    return process.memoryUsage().external;
  });
}

function addTimes(metrics: Metrics): void {
  const cpu = metrics.gauge(
    { name: "trunkline_process_cpu_seconds", help: "CPU time since the start, by mode.", labels: ["mode"] },
    () => {
      const { user, system } = process.cpuUsage();
      cpu.with({ mode: "user" }).set(user / 1e6);
      cpu.with({ mode: "system" }).set(system / 1e6);
    },
  );
  const start = metrics.gauge({
    name: "trunkline_process_start_time_seconds",
    help: "When the process was started, in seconds since 1970.",
  });
  start.with({}).set(performance.timeOrigin / 1_000);
}

/** What Linux says under /proc; not shown elsewhere. */
function addFiles(metrics: Metrics): void {
  const open = metrics.gauge(
    { name: "trunkline_process_open_files", help: "Open files and sockets; 0 where that cannot be told." },
    () => open.with({}).set(countFiles()),
  );
  const limit = metrics.gauge({
    name: "trunkline_process_open_files_limit",
    help: "How many files and sockets may be open; 0 where that cannot be told.",
  });
  limit.with({}).set(filesLimit());
}

function countFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** The soft limit; what is unlimited counts as 0, because there is nothing to warn of. */
function filesLimit(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function addEventLoop(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const shown = metrics.gauge(
    {
      name: "trunkline_event_loop_delay_seconds",
      help: "How late the event loop came to its work since the last reading, by percentile.",
      labels: ["percentile"],
    },
    () => {
      for (const percentile of [50, 99, 100]) {
        // Node measures from one look to the next, and looks every 20 ms.
        const lateMs = delay.percentile(percentile) / NANOSECONDS_A_MILLISECOND - DELAY_RESOLUTION_MS;
        shown.with({ percentile: String(percentile) }).set(Math.max(0, lateMs) / 1_000);
      }
      delay.reset();
    },
  );
  let last = performance.eventLoopUtilization();
  const busy = metrics.gauge(
    {
      name: "trunkline_event_loop_utilization",
      help: "Share of the time since the last reading in which the event loop was busy, 0 to 1.",
    },
    () => {
      const now = performance.eventLoopUtilization();
      busy.with({}).set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  );
  return () => void delay.disable();
}

function addCollections(metrics: Metrics): () => void {
  const pauses = metrics.histogram(
    { name: "trunkline_gc_seconds", help: "Pauses of garbage collection, by kind.", labels: ["kind"] },
    PAUSE_BUCKETS,
  );
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind = 0 } = (entry as { readonly detail?: { readonly kind?: number } }).detail ?? {};
      pauses.with({ kind: COLLECTIONS.get(kind) ?? "unknown" }).observe(entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}

/** What a process is, in labels of a gauge that is always 1. */
export interface BuildInfo {
  readonly version: string;
  /** `all`, `edge`, `cell`, `control`. */
  readonly role: string;
  readonly name: string;
  /** Of the settings that all processes share: the beginning of their digest. */
  readonly configHash: string;
}

const HASH_CHARACTERS = 12;

/** Says what runs: program, version, Node, and a digest of the settings, to see where they differ. */
export function addBuildInfo(metrics: Metrics, { version, role, name, configHash }: BuildInfo): void {
  const info = metrics.gauge({
    name: "trunkline_build_info",
    help: "Always 1; the labels say what runs. `config` is the beginning of the digest of the shared settings.",
    labels: ["version", "runtime", "role", "name", "config"],
  });
  const config = configHash.slice(0, HASH_CHARACTERS);
  info.with({ version, runtime: process.version, role, name, config }).set(1);
}

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "./metrics.ts";

const NANOSECONDS = 1e9;

/** Adds what is worth knowing of the process itself: memory, CPU time, event-loop delay. Call `stop` when the process ends. */
export function addProcessMetrics(metrics: Metrics): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  metrics.gauge({ name: "trunkline_process_resident_octets", help: "Memory of the process." }, (gauge) =>
    gauge.with({}).set(process.memoryUsage.rss()),
  );
  metrics.gauge({ name: "trunkline_process_heap_octets", help: "Used part of the JavaScript heap." }, (gauge) =>
    gauge.with({}).set(process.memoryUsage().heapUsed),
  );
  metrics.gauge(
    { name: "trunkline_process_cpu_seconds", help: "CPU time since the start, by mode.", labels: ["mode"] },
    (gauge) => {
      const { user, system } = process.cpuUsage();
      gauge.with({ mode: "user" }).set(user / 1e6);
      gauge.with({ mode: "system" }).set(system / 1e6);
    },
  );
  metrics.gauge(
    {
      name: "trunkline_event_loop_delay_seconds",
      help: "Delay of the event loop since the last reading, by quantile.",
      labels: ["quantile"],
    },
    (gauge) => {
      gauge.with({ quantile: "0.5" }).set(delay.percentile(50) / NANOSECONDS);
      gauge.with({ quantile: "0.99" }).set(delay.percentile(99) / NANOSECONDS);
      delay.reset();
    },
  );
  return { stop: () => void delay.disable() };
}

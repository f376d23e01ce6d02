/** Counters, gauges and histograms with bounded series, in the Prometheus text format. */
export type {
  Counter,
  CounterSeries,
  Gauge,
  GaugeSeries,
  Histogram,
  HistogramSeries,
  MetricSpec,
} from "./instruments.ts";
export { SECONDS_BUCKETS } from "./instruments.ts";
export { documentMetrics, Metrics } from "./metrics.ts";
export { watchDisks } from "./disk-metrics.ts";
export { watchFiles, watchLog } from "./log-metrics.ts";
export { watchMessages } from "./message-metrics.ts";
export { addBuildInfo, addProcessMetrics } from "./process-metrics.ts";
export { ProjectionLag } from "./projection-lag.ts";
export { WatchedSender, webhookMeasures, type FailingHost } from "./webhook-metrics.ts";

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
export { addProcessMetrics } from "./process-metrics.ts";
export { EXPOSITION_CONTENT_TYPE } from "./render.ts";

export { insightErrors } from "./errors.ts";
export { insightsModule, type InsightsModule, type InsightsOptions } from "./module.ts";
export {
  DIMENSIONS,
  dimensionsOf,
  METRIC_KINDS,
  METRICS,
  type Dimension,
  type Metric,
  type SeriesAnswer,
  type SeriesFilter,
  type SeriesQuery,
  type SeriesReader,
} from "./query.ts";
export type { LiveSeriesItem, LiveSeriesQuery } from "./series-source.ts";
export { API_OBJECTIVES, DELIVERY_OBJECTIVE, serviceLevels, type ServiceLevel } from "./service-levels.ts";
export type { InsightStatus } from "./status.ts";
export * from "./alerts/index.ts";
export * from "./events/index.ts";

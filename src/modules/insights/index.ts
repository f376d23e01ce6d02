export { insightErrors } from "./errors.ts";
export { insightsModule, type InsightsModule, type InsightsOptions } from "./module.ts";
export type { Dimension, Metric, SeriesAnswer, SeriesFilter, SeriesQuery, SeriesReader } from "./query.ts";
export type { LiveSeriesItem, LiveSeriesQuery } from "./series-source.ts";
export type { ServiceLevel } from "./service-levels.ts";
export type { InsightStatus } from "./status.ts";
export * from "./alerts/index.ts";
export * from "./events/index.ts";

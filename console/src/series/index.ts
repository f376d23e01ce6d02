/** Series of the analytics, watched while they grow and put together over cells. */
export { type SeriesAsked, type SeriesShown, useSeries, valuesOf } from "./use-series.ts";

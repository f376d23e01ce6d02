/** Series of the analytics, watched while they grow and put together over cells. */
export { SeriesBoard, type SeriesItem, type SeriesWindow } from "./series-board.ts";
export { type SeriesAsked, type SeriesShown, useSeries, valuesOf } from "./use-series.ts";

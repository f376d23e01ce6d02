import uPlot from "uplot";
import { formatCount } from "./numbers.ts";
import type { ChartSeries } from "./time-chart.tsx";

/** Colours as a canvas takes them. */
export interface ChartPalette {
  readonly colorOf: (token: string) => string;
  readonly text: string;
  readonly line: string;
}

/** What a chart is made of. */
export interface ChartInput {
  readonly series: readonly ChartSeries[];
  readonly kind: "line" | "bar" | "stack";
  readonly unit: string;
  readonly palette: ChartPalette;
  readonly width: number;
  readonly height: number;
  /** The number of a series (by its place in `series`) at a point: in a stack the drawing knows only sums. */
  readonly valueAt: (series: number, point: number) => number | null;
}

const COLORS = 6;
const FONT = "11px system-ui, sans-serif";

/** The token of the colour of a series. */
export function tokenOf(series: ChartSeries, index: number): string {
  return series.color ?? `--series-${(index % COLORS) + 1}`;
}

/** Numbers as the drawing takes them: in a stack each series stands on those before it. */
export function chartData(
  series: readonly ChartSeries[],
  times: readonly number[],
  kind: ChartInput["kind"],
): uPlot.AlignedData {
  const seconds = times.map((ms) => ms / 1_000);
  if (kind !== "stack") return [seconds, ...series.map(({ values }) => [...values])];
  const below = times.map(() => 0);
  const stacked = series.map(({ values }) =>
    times.map((_, index) => {
      below[index] = (below[index] ?? 0) + (values[index] ?? 0);
      return below[index] ?? 0;
    }),
  );
  // The highest first, so that those below it are drawn over it.
  return [seconds, ...stacked.reverse()];
}

/** The places of numbers without a neighbour: no line leads to them, so they are drawn as dots. */
export function lonePoints(values: ArrayLike<number | null | undefined> | undefined): number[] {
  const isKnown = (at: number): boolean => (values?.[at] ?? null) !== null;
  return Array.from({ length: values?.length ?? 0 }, (_, at) => at).filter(
    (at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1),
  );
}

/** The options of the drawing. */
export function chartOptions({ series, kind, unit, palette, width, height, valueAt }: ChartInput): uPlot.Options {
  const axis = { stroke: palette.text, font: FONT, grid: { stroke: palette.line, width: 1 }, ticks: { show: false } };
  const drawn = series.map((one, index) => ({ one, index, color: palette.colorOf(tokenOf(one, index)) }));
  if (kind === "stack") drawn.reverse();
  const bars = kind === "line" ? undefined : uPlot.paths.bars?.({ size: [0.8, 24], radius: 0 });
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true, isolate: true },
    scales: { y: { range: (_, __, highest) => [0, highest > 0 ? highest * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, values: (_, ticks) => timeTexts(ticks) },
      { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => formatCount(tick, true) + unit) },
    ],
    series: [
      { label: "Time", value: (_: uPlot, seconds: number | null) => (seconds === null ? "–" : momentText(seconds)) },
      ...drawn.map(({ one, index, color }) => ({
        label: one.label,
        stroke: color,
        width: kind === "line" ? 2 : 0,
        ...(kind === "line" ? {} : { fill: color }),
        ...(bars === undefined ? {} : { paths: bars }),
        points:
          kind === "line"
            ? { show: true, size: 5, filter: (plot: uPlot, at: number) => lonePoints(plot.data[at]) }
            : { show: false },
        value: (_: uPlot, __: number | null, ___: number, point: number | null) =>
          valueText(point === null ? null : valueAt(index, point), unit),
      })),
    ],
  };
}

function valueText(value: number | null, unit: string): string {
  return value === null ? "–" : `${formatCount(value)}${unit}`;
}

const DAY_SECONDS = 86_400;

/** Times of day, or days where the chart shows many. */
function timeTexts(ticks: readonly number[]): string[] {
  const gap = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  return ticks.map((seconds) => {
    const date = new Date(seconds * 1_000);
    if (gap >= DAY_SECONDS) return date.toLocaleDateString(undefined, { month: "short", day: "numeric" });
    const precise = gap < 60 ? { second: "2-digit" as const } : {};
    return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", ...precise });
  });
}

function momentText(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
}

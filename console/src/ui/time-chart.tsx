import { lazy, Suspense } from "react";
import styles from "./chart.module.css";

/** One line, or the bars of one colour. */
export interface ChartSeries {
  readonly label: string;
  /** One for each time; `null` where nothing is known. */
  readonly values: readonly (number | null)[];
  /** `--series-1` … by order unless told: a token (`--good`). */
  readonly color?: string;
}

/** Props of a chart over time. */
export interface TimeChartProps {
  readonly series: readonly ChartSeries[];
  /** Epoch milliseconds, ascending. */
  readonly times: readonly number[];
  readonly kind?: "line" | "bar" | "stack";
  /** Stands behind the numbers: `/s`, `ms`. */
  readonly unit?: string;
  readonly height?: number;
  /** What it shows, for screen readers. */
  readonly label?: string;
}

const Drawing = lazy(() => import("./chart-drawing.tsx"));

/** Numbers over time. A table of the same numbers is there for screen readers. */
export function TimeChart(props: TimeChartProps) {
  const { height = 200 } = props;
  return (
    <figure className={styles.figure} aria-label={props.label ?? props.series.map(({ label }) => label).join(", ")}>
      <Suspense fallback={<div style={{ height }} />}>
        <Drawing {...props} height={height} />
      </Suspense>
    </figure>
  );
}

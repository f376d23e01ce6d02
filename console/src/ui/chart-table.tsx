import styles from "./chart.module.css";
import { formatCount } from "./numbers.ts";
import type { TimeChartProps } from "./time-chart.tsx";

/** A screen reader does not need every point of a long series. */
const MAX_ROWS = 100;

/** The numbers of a chart as a table that only screen readers see. */
export function ChartTable({ series, times, unit = "" }: Pick<TimeChartProps, "series" | "times" | "unit">) {
  const step = Math.max(1, Math.ceil(times.length / MAX_ROWS));
  const rows = times.map((at, index) => ({ at, index })).filter(({ index }) => index % step === 0);
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {series.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, index }) => (
          <tr key={at}>
            <th scope="row">{new Date(at).toLocaleTimeString()}</th>
            {series.map(({ label, values }) => (
              <td key={label}>{cellText(values[index] ?? null, unit)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellText(value: number | null, unit: string): string {
  return value === null ? "–" : formatCount(value) + unit;
}

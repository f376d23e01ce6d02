import styles from "./chart.module.css";

/** Props of a sparkline. */
export interface SparklineProps {
  readonly values: readonly number[];
  /** For screen readers; without it the line is decoration. */
  readonly label?: string;
  readonly width?: number;
  readonly height?: number;
}

/** The shape of a series, without axes. */
export function Sparkline({ values, label, width = 120, height = 28 }: SparklineProps) {
  const highest = Math.max(1e-9, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(height - 2 - (value / highest) * (height - 4)).toFixed(1)}`,
  );
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <polygon points={`0,${height} ${points.join(" ")} ${width},${height}`} className={styles.sparkArea} />
      <polyline points={points.join(" ")} className={styles.sparkLine} />
    </svg>
  );
}

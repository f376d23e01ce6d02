import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./chart.module.css";
import { chartData, chartOptions, type ChartPalette } from "./chart-options.ts";
import { ChartTable } from "./chart-table.tsx";
import type { TimeChartProps } from "./time-chart.tsx";

/** The drawing of a chart and its table. Loaded with the first chart of a page. */
export default function ChartDrawing(props: TimeChartProps & { readonly height: number }) {
  const { series, times, kind = "line", unit = "", height } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const palette = usePalette(host);
  const latest = useRef(series);
  latest.current = series;
  const shape = JSON.stringify([kind, unit, height, series.map(({ label, color }) => [label, color])]);
  useEffect(() => {
    const { current } = host;
    if (current === null || palette === undefined) return undefined;
    const valueAt = (index: number, point: number): number | null => latest.current[index]?.values[point] ?? null;
    const options = chartOptions({ series, kind, unit, palette, width: current.clientWidth, height, valueAt });
    const made = new uPlot(options, chartData(series, times, kind), current);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // The data follow below: only another shape or palette needs another plot.
  }, [shape, palette]);
  useEffect(() => {
    plot.current?.setData(chartData(series, times, kind));
  }, [series, times, kind]);
  return (
    <>
      <div ref={host} className={styles.plot} aria-hidden="true" />
      <ChartTable series={series} times={times} unit={unit} />
    </>
  );
}

/** The colours of now: a canvas does not follow the style sheet by itself. */
function usePalette(host: React.RefObject<HTMLDivElement | null>): ChartPalette | undefined {
  const [palette, setPalette] = useState<ChartPalette>();
  useEffect(() => {
    const read = (): void => {
      const probe = host.current;
      if (probe !== null) setPalette(readPalette(probe));
    };
    read();
    const media = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    media.addEventListener("change", read);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", read);
    };
  }, [host]);
  return palette;
}

function readPalette(probe: HTMLElement): ChartPalette {
  const { color: before, transition } = probe.style;
  const colorOf = (token: string): string => {
    // A transition, be it of a hundredth of a millisecond, would begin with the colour of before.
    probe.style.transition = "none";
    probe.style.color = `var(${token})`;
    const { color } = getComputedStyle(probe);
    probe.style.color = before;
    probe.style.transition = transition;
    return color;
  };
  return { colorOf, text: colorOf("--text-soft"), line: colorOf("--line") };
}

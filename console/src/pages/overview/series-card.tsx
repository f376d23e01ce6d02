import { type ReactNode, useState } from "react";
import { type SeriesAsked, useSeries, valuesOf } from "../../series/index.ts";
import { Badge, Card, type ChartSeries, Empty, ErrorNote, Select, TimeChart } from "../../ui/index.ts";

/** Props of a chart of one series. */
export interface SeriesCardProps {
  readonly title: string;
  readonly asked: SeriesAsked;
  /** What it can be grouped by; the first at the beginning. */
  readonly groupings?: readonly { readonly value: string; readonly label: string }[];
  readonly kind: "line" | "bar" | "stack";
  readonly unit: string;
  /** Turns what is counted into what is shown; for a rate a second, one over the seconds of a step. */
  readonly scale?: number;
  /** For durations: which quantiles are lines. */
  readonly quantiles?: readonly number[];
  readonly empty: ReactNode;
}

/** Colours that say what a status is. */
const STATUS_COLORS: Readonly<Record<string, string>> = {
  delivered: "--good",
  sent: "--series-1",
  queued: "--series-6",
  sending: "--info",
  failed: "--bad",
  undelivered: "--warn",
  received: "--series-4",
};

/** A chart that grows while one looks. */
export function SeriesCard(props: SeriesCardProps) {
  const { title, asked, groupings = [], kind, unit, empty } = props;
  const [chosen, setBy] = useState("");
  const by = (groupings.find(({ value }) => value === chosen) ?? groupings[0])?.value ?? "";
  const series = useSeries({ ...asked, ...(by === "" ? {} : { by: [by] }) });
  const { piece, times, error, lost } = series;
  const lines = piece === undefined ? [] : linesOf(piece, props, by);
  return (
    <Card
      title={title}
      actions={
        <>
          {lost.size > 0 && <Badge tone="warn">{`without ${[...lost.keys()].join(", ")}`}</Badge>}
          {groupings.length > 1 && <Select label="By" hidesLabel options={groupings} value={by} onChange={setBy} />}
        </>
      }
    >
      {error !== undefined && <ErrorNote error={error} />}
      {lines.length === 0 ? (
        <Empty title="Nothing in this time">{empty}</Empty>
      ) : (
        <TimeChart series={lines} times={times} kind={kind} unit={unit} label={title} height={200} />
      )}
    </Card>
  );
}

type Piece = NonNullable<ReturnType<typeof useSeries>["piece"]>;

function linesOf(piece: Piece, { quantiles, scale = 1 }: SeriesCardProps, by: string): readonly ChartSeries[] {
  if (quantiles !== undefined && piece.groups.length > 0) {
    return quantiles.map((quantile) => ({
      label: `p${quantile * 100}`,
      values: valuesOf(piece, 0, quantile, scale),
    }));
  }
  return piece.groups.map((group, at) => {
    const label = nameOf(group.key, by);
    const color = by === "status" ? STATUS_COLORS[label] : undefined;
    return { label, values: valuesOf(piece, at, undefined, scale), ...(color === undefined ? {} : { color }) };
  });
}

function nameOf(key: readonly (string | null)[], by: string): string {
  if (key.length === 0) return "all";
  return key.map((part) => (part === null ? "others" : part === "" ? `no ${by}` : part)).join(" · ");
}

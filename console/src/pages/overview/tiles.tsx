import { useSeries, valuesOf } from "../../series/index.ts";
import { Card, Count, Grid, Sparkline } from "../../ui/index.ts";
import { percent } from "./levels.ts";
import styles from "./overview.module.css";

const MINUTES = 60_000;
const STEP_MS = 10_000;
/** The point that is counted in now is not whole: what is shown is the one before. */
const LAST_WHOLE = -2;

/** The numbers of now, each with its last ten minutes. */
export function Tiles({ all }: { readonly all: boolean }) {
  const range = { rangeMs: 10 * MINUTES, stepMs: STEP_MS, all };
  const messages = useSeries({ ...range, metric: "messages", by: ["direction"] });
  const within = useSeries({ ...range, metric: "within_5s" });
  const latency = useSeries({ ...range, metric: "delivered_latency" });
  const rate = (direction: string): (number | null)[] => {
    const at = messages.piece?.groups.findIndex(({ key }) => key[0] === direction) ?? -1;
    return messages.piece === undefined || at < 0 ? [] : valuesOf(messages.piece, at, undefined, 1_000 / STEP_MS);
  };
  const p50 = latency.piece === undefined ? [] : valuesOf(latency.piece, 0, 0.5);
  const p99 = latency.piece === undefined ? [] : valuesOf(latency.piece, 0, 0.99);
  const shares = within.piece === undefined ? [] : valuesOf(within.piece, 0);
  return (
    <Grid min="s">
      <Tile title="Sent" unit="/s" values={rate("outbound")} />
      <Tile title="Received" unit="/s" values={rate("inbound")} />
      <Tile title="Within 5 s" values={shares} show={(value) => percent(value)} isLatest />
      <Tile title="Delivery, median" unit="ms" values={p50} isLatest />
      <Tile title="Delivery, p99" unit="ms" values={p99} isLatest />
    </Grid>
  );
}

interface TileProps {
  readonly title: string;
  readonly unit?: string;
  readonly values: readonly (number | null)[];
  readonly show?: (value: number) => string;
  /** Shows the latest that is known, and not nothing where nothing was in the last ten seconds. */
  readonly isLatest?: boolean;
}

function Tile({ title, unit, values, show, isLatest = false }: TileProps) {
  const value = isLatest ? values.findLast((each) => each !== null) : (values.at(LAST_WHOLE) ?? 0);
  return (
    <Card>
      <p className={styles.tileTitle}>{title}</p>
      <p className={styles.tileValue}>
        {value === undefined || value === null ? (
          "–"
        ) : show === undefined ? (
          <Count value={round(value)} />
        ) : (
          show(value)
        )}
        {unit !== undefined && value !== undefined && <span className={styles.tileUnit}> {unit}</span>}
      </p>
      <Sparkline values={values.map((each) => each ?? 0)} width={160} height={28} label={`${title}, ten minutes`} />
    </Card>
  );
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}

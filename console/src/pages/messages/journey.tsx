import { Check, X } from "lucide-react";
import { classes, formatDuration, formatTime } from "../../ui/index.ts";
import { type Station, stationsOf } from "./stations.ts";
import styles from "./journey.module.css";
import type { TimelineAnswer } from "./timeline-data.ts";

/** The way of a message as stations on a line. */
export function Journey({ timeline }: { readonly timeline: TimelineAnswer }) {
  return (
    <ol className={styles.journey} aria-label="The way of the message">
      {stationsOf(timeline).map((station, index) => (
        <li key={index} className={classes(styles.station, styles[station.state])}>
          <span className={styles.track}>
            <span className={styles.dot}>
              <Mark station={station} />
            </span>
            {station.tookMs !== undefined && <span className={styles.took}>{formatDuration(station.tookMs)}</span>}
          </span>
          <span className={styles.name}>{station.name}</span>
          <span className={styles.time}>{timeOf(station)}</span>
        </li>
      ))}
    </ol>
  );
}

function timeOf({ atMs, state }: Station): string {
  if (atMs !== undefined) return formatTime(atMs);
  return state === "ahead" || state === "now" ? " " : "time not kept";
}

function Mark({ station: { state } }: { readonly station: Station }) {
  if (state === "done") return <Check size={13} strokeWidth={3} aria-label="done" />;
  if (state === "failed") return <X size={13} strokeWidth={3} aria-label="failed" />;
  return <span className={styles.hidden}>{state === "now" ? "under way" : "ahead"}</span>;
}

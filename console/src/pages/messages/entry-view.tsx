import { Badge, type TimelineItem } from "../../ui/index.ts";
import { APP_VIEWS } from "./entry-app.tsx";
import { ARRIVAL_VIEWS } from "./entry-arrival.tsx";
import { CARRIER_VIEWS } from "./entry-carrier.tsx";
import { MONEY_VIEWS } from "./entry-money.tsx";
import type { Shown, Views } from "./entry-parts.tsx";
import { QUEUE_VIEWS } from "./entry-queue.tsx";
import { STATE_VIEWS } from "./entry-state.tsx";
import type { Entry, EntryData } from "./timeline-data.ts";
import styles from "./timeline.module.css";

const VIEWS: Views<keyof EntryData> = {
  ...ARRIVAL_VIEWS,
  ...STATE_VIEWS,
  ...MONEY_VIEWS,
  ...QUEUE_VIEWS,
  ...CARRIER_VIEWS,
  ...APP_VIEWS,
};

/** An entry as the kit's timeline takes it. What has no time any more stands where it belongs, and says so. */
export function itemOf(entry: Entry, lastMs: number, key: number): TimelineItem {
  const view = VIEWS[entry.kind] as (data: unknown, entry: unknown) => Shown;
  const { title, icon, tone, children } = view(entry.data, entry);
  return {
    id: `${entry.kind}-${key}`,
    at: entry.at === null ? lastMs : Date.parse(entry.at),
    title: entry.kept ? (
      title
    ) : (
      <span className={styles.title}>
        {title} <Badge tone="neutral">{entry.at === null ? "time not kept" : "details not kept"}</Badge>
      </span>
    ),
    icon,
    tone: tone ?? "neutral",
    children,
  };
}

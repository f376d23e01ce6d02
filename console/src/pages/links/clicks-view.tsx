import { Fragment, useState } from "react";
import { useApi } from "../../api/index.ts";
import {
  Empty,
  ErrorNote,
  formatCount,
  Grid,
  Row,
  SegmentedControl,
  Skeleton,
  Stack,
  TimeChart,
} from "../../ui/index.ts";
import { filledSeries, LINKS, type LinkAnalytics, type Ranked } from "./link.ts";
import styles from "./links.module.css";

const DAY_MS = 86_400_000;
const SPANS = [
  { value: "1", label: "24 h" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
] as const;
const REFRESH_MS = 10_000;
const SHOWN_NAMES = 5;

/** Who came by a link, and when. */
export function ClicksView({ linkSid }: { readonly linkSid: string }) {
  const [span, setSpan] = useState<(typeof SPANS)[number]["value"]>("7");
  // The time of the question stands still while the drawer is open, or each look would be another question.
  const [openedMs] = useState(() => Date.now());
  const granularity = span === "30" ? "day" : "hour";
  const asked = useApi<LinkAnalytics>(`${LINKS}/${linkSid}/Analytics`, {
    query: { StartDate: new Date(openedMs - Number(span) * DAY_MS), Granularity: granularity },
    everyMs: REFRESH_MS,
    keepsLast: true,
  });
  const analytics = asked.data;
  if (asked.error !== null) return <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />;
  if (analytics === undefined) return <Skeleton lines={5} />;
  const series = filledSeries(analytics, granularity);
  const isEmpty = analytics.clicks + analytics.previews + analytics.bots === 0;
  return (
    <Stack>
      <Row>
        <SegmentedControl label="Time" size="s" options={SPANS} value={span} onChange={setSpan} />
      </Row>
      <div className={styles.figures}>
        <Figure label="clicks" value={analytics.clicks} />
        <Figure label="previews by apps" value={analytics.previews} />
        <Figure label="bots" value={analytics.bots} />
      </div>
      {isEmpty ? (
        <Empty title="Nobody came yet">Clicks are seen here seconds after they are made.</Empty>
      ) : (
        <>
          <TimeChart
            label="Clicks"
            kind="bar"
            height={180}
            times={[...series.times]}
            series={[{ label: "Clicks", values: [...series.clicks] }]}
          />
          <Grid min="s">
            <Ranks title="Countries" names={analytics.countries} />
            <Ranks title="Devices" names={analytics.devices} />
            <Ranks title="Browsers" names={analytics.browsers} />
            <Ranks title="From" names={analytics.referrers} />
          </Grid>
        </>
      )}
    </Stack>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: number }) {
  return (
    <div className={styles.figure}>
      <strong>{formatCount(value)}</strong>
      <span>{label}</span>
    </div>
  );
}

function Ranks({ title, names }: { readonly title: string; readonly names: readonly Ranked[] }) {
  if (names.length === 0) return null;
  return (
    <div>
      <h4 className={styles.rankTitle}>{title}</h4>
      <dl className={styles.ranks}>
        {names.slice(0, SHOWN_NAMES).map(({ name, clicks }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(clicks)}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

import { useSession } from "../../api/index.ts";
import { Grid, LinkButton, Page, Section, SegmentedControl, useSearchParams } from "../../ui/index.ts";
import { SeriesCard } from "./series-card.tsx";
import { SloCards } from "./slo-cards.tsx";
import { Tiles } from "./tiles.tsx";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How far back, and how fine. */
const RANGES = [
  { value: "15m", label: "15 min", rangeMs: 15 * MINUTE_MS, stepMs: 10_000 },
  { value: "1h", label: "1 h", rangeMs: HOUR_MS, stepMs: 10_000 },
  { value: "6h", label: "6 h", rangeMs: 6 * HOUR_MS, stepMs: MINUTE_MS },
  { value: "24h", label: "24 h", rangeMs: 24 * HOUR_MS, stepMs: MINUTE_MS },
  { value: "30d", label: "30 d", rangeMs: 30 * 24 * HOUR_MS, stepMs: HOUR_MS },
] as const;

interface Grouping {
  readonly value: string;
  readonly label: string;
}

const GROUPINGS = [
  { value: "status", label: "by status" },
  { value: "carrier", label: "by carrier" },
  { value: "country", label: "by country" },
  { value: "sender", label: "by sender" },
  { value: "account", label: "by account" },
  { value: "cell", label: "by cell" },
  { value: "tier", label: "by tier" },
];
const ERRORS = [
  { value: "error", label: "by code" },
  { value: "carrier", label: "by carrier" },
  { value: "country", label: "by country" },
];
const ANSWERS = [
  { value: "answer", label: "by answer" },
  { value: "class", label: "by class" },
  { value: "tier", label: "by tier" },
];

const SPEND = [
  { value: "currency", label: "by currency" },
  { value: "country", label: "by country" },
  { value: "carrier", label: "by carrier" },
];

/** What goes on, as it goes on. */
export default function OverviewPage() {
  const { isOperator, features, account, accountSid } = useSession();
  const search = useSearchParams();
  const chosen = RANGES.find(({ value }) => value === search.get("range")) ?? RANGES[0];
  const all = isOperator && search.get("scope") !== "account";
  const { rangeMs, stepMs } = chosen;
  const range = { rangeMs, stepMs, all };
  const scale = 1_000 / stepMs;
  // Nobody else is told by which carriers his messages leave.
  const seesCarriers = isOperator && (all || accountSid === account.sid);
  const forViewer = (groupings: readonly Grouping[]) =>
    seesCarriers ? groupings : groupings.filter(({ value }) => value !== "carrier");
  const nothing =
    features.simulator === true ? "Send a text from the Phones page, and it shows here within a second." : undefined;
  return (
    <Page
      title="Overview"
      actions={
        <>
          {isOperator && (
            <SegmentedControl
              label="Whose"
              options={[
                { value: "all", label: "All accounts" },
                { value: "account", label: "This account" },
              ]}
              value={all ? "all" : "account"}
              onChange={(value) => search.set({ scope: value === "all" ? undefined : "account" })}
            />
          )}
          <SegmentedControl
            label="How far back"
            options={RANGES}
            value={chosen.value}
            onChange={(value) => search.set({ range: value === RANGES[0].value ? undefined : value })}
          />
        </>
      }
    >
      <Tiles all={all} />
      <SeriesCard
        title="Messages"
        asked={{ ...range, metric: "messages" }}
        groupings={forViewer(GROUPINGS)}
        kind="line"
        unit="/s"
        scale={scale}
        empty={nothing}
      />
      <Grid min="l">
        <SeriesCard
          title="Time to delivery"
          asked={{ ...range, metric: "delivered_latency" }}
          quantiles={[0.5, 0.9, 0.99]}
          kind="line"
          unit="ms"
          empty="Shown once something was delivered."
        />
        <SeriesCard
          title="Failures"
          asked={{ ...range, metric: "messages", filter: { status: ["failed", "undelivered"] } }}
          groupings={forViewer(ERRORS)}
          kind="bar"
          unit=""
          empty="Nothing failed. Good."
        />
        {all && (
          <SeriesCard
            title="API answers"
            asked={{ ...range, metric: "api_requests" }}
            groupings={ANSWERS}
            kind="line"
            unit="/s"
            scale={scale}
            empty="Edges tell of ten seconds when they are over."
          />
        )}
        <SeriesCard
          title="Spend"
          asked={{ ...range, metric: "price" }}
          groupings={forViewer(SPEND)}
          kind="bar"
          unit=""
          scale={1e-6}
          empty="Prices are known when messages are taken."
        />
      </Grid>
      <Section
        title="Service levels"
        subtitle="What is promised, and what is left of the failures that the promise allows"
        actions={<LinkButton to="/alerts">Alerts</LinkButton>}
      >
        <SloCards all={all} />
      </Section>
    </Page>
  );
}

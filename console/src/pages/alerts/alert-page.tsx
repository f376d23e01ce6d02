import { useState } from "react";
import { api, useApi, useApiChange, useCan, usePages } from "../../api/index.ts";
import {
  Button,
  Card,
  ConfirmDialog,
  Empty,
  ErrorNote,
  go,
  Grid,
  KeyValues,
  Link,
  ListTimeline,
  Menu,
  Page,
  Skeleton,
  useParam,
  When,
} from "../../ui/index.ts";
import { RuleState } from "./alerts-page.tsx";
import { type AlertEvent, type AlertRule, RULES, shownValue, toneOfState } from "./rules.ts";

const HOUR_MS = 3_600_000;
const MUTES = [
  { id: "1", label: "for an hour" },
  { id: "8", label: "for eight hours" },
  { id: "24", label: "for a day" },
];

/** One rule: how it stands, who is told, and what it did. */
export default function AlertPage() {
  const sid = useParam("sid");
  const canWrite = useCan("insights.write");
  const [asks, setAsks] = useState(false);
  const path = `${RULES}/${sid}`;
  const asked = useApi<AlertRule>(path, { everyMs: 5_000 });
  const change = useApiChange((fields: Readonly<Record<string, string>>) => api.post(path, fields), {
    invalidates: [RULES],
  });
  const rule = asked.data;
  if (rule === undefined) return asked.error === null ? <Skeleton lines={5} /> : <ErrorNote error={asked.error} />;
  const until = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  return (
    <Page
      title={rule.friendly_name}
      subtitle={rule.description}
      trail={<Link to="/alerts">Alerts</Link>}
      actions={
        canWrite && (
          <>
            {rule.muted_until === null ? (
              <Menu
                label="Mute"
                trigger={<Button>Mute</Button>}
                items={MUTES.map(({ id, label }) => ({
                  id,
                  label,
                  onSelect: () => change.run({ MutedUntil: until(Number(id)) }),
                }))}
              />
            ) : (
              <Button onPress={() => change.run({ Unmute: "true" })}>Unmute</Button>
            )}
            <Button onPress={() => change.run({ Enabled: String(!rule.enabled) })} isPending={change.isPending}>
              {rule.enabled ? "Switch off" : "Switch on"}
            </Button>
            <Button tone="danger" onPress={() => setAsks(true)}>
              Delete
            </Button>
          </>
        )
      }
    >
      <ErrorNote error={change.error} />
      <Grid min="l">
        <Card title="How it stands">
          <KeyValues
            items={[
              { key: "State", value: <RuleState rule={rule} /> },
              { key: "Now", value: shownValue(rule.metric, rule.value) },
              { key: "Limit", value: shownValue(rule.metric, rule.limit) },
              { key: "Since", value: <When at={rule.since} /> },
              { key: "Looked at", value: <When at={rule.date_evaluated} /> },
              { key: "Whose", value: rule.scope === "all" ? "all accounts" : "this account" },
            ]}
          />
        </Card>
        <Card title="Who is told">
          <KeyValues
            items={[
              { key: "Webhooks", value: rule.webhook_urls.join(", ") || "–" },
              { key: "E-mail", value: rule.emails.join(", ") || "–" },
              { key: "Text", value: rule.texts.join(", ") || "–" },
            ]}
          />
        </Card>
      </Grid>
      <Card title="What it did">
        <EventTimeline path={`${path}/Events`} metric={rule.metric} />
      </Card>
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={`Delete “${rule.friendly_name}”?`}
        confirm="Delete it"
        tone="danger"
        onConfirm={async () => {
          await api.delete(path);
          go("/alerts");
        }}
      >
        Its history is deleted, too.
      </ConfirmDialog>
    </Page>
  );
}

function EventTimeline({ path, metric }: { readonly path: string; readonly metric: string }) {
  const pages = usePages<AlertEvent>(path, "events", { everyMs: 5_000 });
  return (
    <ListTimeline
      list={pages}
      empty={<Empty title="Nothing yet">It has neither fired nor been resolved.</Empty>}
      item={(event) => ({
        at: event.date_created,
        title: `${event.state}${event.repeated ? " still" : ""}`,
        tone: toneOfState(event.state),
        children: `${shownValue(metric, event.value)}, limit ${shownValue(metric, event.limit)} · ${toldOf(event)}`,
      })}
    />
  );
}

function toldOf({ muted, notified }: AlertEvent): string {
  if (muted) return "muted, nobody was told";
  return notified ? "told" : "nobody is to be told";
}

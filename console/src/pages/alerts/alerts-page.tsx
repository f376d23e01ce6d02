import { Plus } from "lucide-react";
import { useState } from "react";
import { askAgain, useCan, useLive, usePages } from "../../api/index.ts";
import { Badge, Button, Card, Empty, go, ListTable, Page, StatusBadge, When } from "../../ui/index.ts";
import { RuleDialog } from "./rule-dialog.tsx";
import { type AlertRule, RULES, shownValue, toneOfState } from "./rules.ts";

const EVERY_MS = 15_000;

/** Rules that watch series, and how they stand. */
export default function AlertsPage() {
  const canWrite = useCan("insights.write");
  const [isOpen, setOpen] = useState(false);
  const pages = usePages<AlertRule>(RULES, "alert_rules", { everyMs: EVERY_MS });
  useLive("alert-states", {}, (items) => {
    if (items.length > 0) askAgain(RULES);
  });
  const button = (
    <Button tone="primary" icon={<Plus size={16} />} onPress={() => setOpen(true)}>
      New rule
    </Button>
  );
  return (
    <Page
      title="Alerts"
      subtitle="Told by webhook, e-mail or text when a series is not as it should be"
      actions={canWrite ? button : undefined}
    >
      <Card isFlush>
        <ListTable<AlertRule>
          label="Alert rules"
          list={pages}
          onRowPress={({ sid }) => go(`/alerts/${sid}`)}
          empty={
            <Empty title="Nobody is told of anything yet" action={canWrite ? button : undefined}>
              A first rule: less than 95 % delivered within 5 s, for three minutes of five.
            </Empty>
          }
          columns={[
            { id: "state", header: "State", width: "120px", cell: (rule) => <RuleState rule={rule} /> },
            { id: "name", header: "Rule", cell: ({ friendly_name: name }) => <strong>{name}</strong> },
            { id: "what", header: "Fires when", isMinor: true, cell: ({ description }) => description },
            { id: "value", header: "Now", align: "end", cell: ({ metric, value }) => shownValue(metric, value) },
            { id: "since", header: "Since", isMinor: true, cell: ({ since }) => <When at={since} /> },
          ]}
        />
      </Card>
      {isOpen && <RuleDialog onClose={() => setOpen(false)} />}
    </Page>
  );
}

/** How a rule stands. */
export function RuleState({ rule }: { readonly rule: AlertRule }) {
  if (!rule.enabled) return <Badge>off</Badge>;
  if (rule.muted_until !== null && Date.parse(rule.muted_until) > Date.now()) return <Badge tone="warn">muted</Badge>;
  if (toneOfState(rule.state) === "neutral") return <StatusBadge status={rule.state} />;
  return (
    <Badge tone={toneOfState(rule.state)} hasDot>
      {rule.state}
    </Badge>
  );
}

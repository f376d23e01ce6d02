import { usePages } from "../../api/index.ts";
import { Empty, ListView, SegmentedControl, TextField, useFilters, When } from "../../ui/index.ts";
import { useState } from "react";
import { type AuditEvent, describeType } from "./audit.ts";
import { AuditDrawer } from "./audit-drawer.tsx";

const PATH = "/v1/Events";
const DAY_MS = 86_400_000;
const SPANS = [
  { value: "", label: "Ever" },
  { value: "1", label: "24 h" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
] as const;

/** Who changed what, from where: a log that nobody can change unseen. */
export function AuditTab() {
  const [openedMs] = useState(() => Date.now());
  const filters = useFilters({ actor: "ActorSid", resource: "ResourceSid", type: "EventType", days: null });
  const { days } = filters.values;
  const pages = usePages<AuditEvent>(PATH, "events", {
    product: "monitor",
    query: {
      ...filters.query,
      StartDate: days === "" ? undefined : new Date(openedMs - Number(days) * DAY_MS),
    },
    keepsLast: true,
  });
  return (
    <ListView<AuditEvent>
      label="Changes"
      list={pages}
      filters={filters}
      fields={
        <>
          <TextField label="What" placeholder="phone-number.updated" {...filters.field("type")} isMono />
          <TextField label="By" placeholder="US… AC… SK…" {...filters.field("actor")} isMono />
          <TextField label="Of" placeholder="PN… MG…" {...filters.field("resource")} isMono />
        </>
      }
      actions={
        <SegmentedControl
          label="Time"
          options={SPANS.map(({ value, label }) => ({ value: value || "ever", label }))}
          value={days || "ever"}
          onChange={(value) => filters.set({ days: value === "ever" ? "" : value })}
        />
      }
      empty={
        <Empty title="Nothing was changed yet">
          Every change that somebody makes stands here, with what was before.
        </Empty>
      }
      noMatch={<Empty title="No change fits">Kinds of changes and SIDs are looked for as a whole.</Empty>}
      drawer={{ param: "event", show: (event, close) => <AuditDrawer event={event} onClose={close} /> }}
      columns={[
        { id: "when", header: "When", width: "120px", cell: ({ event_date }) => <When at={event_date} /> },
        { id: "what", header: "What", width: "1.4fr", cell: ({ event_type }) => describeType(event_type) },
        {
          id: "of",
          header: "Of",
          width: "2fr",
          isMinor: true,
          cell: ({ resource_sid, resource_type }) => <code>{resource_sid ?? resource_type}</code>,
        },
        {
          id: "by",
          header: "By",
          width: "2fr",
          isMinor: true,
          cell: ({ actor_sid, actor_type }) => <code>{actor_sid ?? actor_type}</code>,
        },
        { id: "from", header: "From", isMinor: true, cell: (row) => row.source_ip_address ?? row.source },
      ]}
    />
  );
}

import { usePages } from "../../api/index.ts";
import {
  Empty,
  ErrorNote,
  FilterBar,
  SegmentedControl,
  Stack,
  Table,
  TextField,
  useSearchParams,
  When,
} from "../../ui/index.ts";
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
  const params = useSearchParams();
  const [openedMs] = useState(() => Date.now());
  const [open, setEvent] = useState<AuditEvent>();
  const filters = {
    ActorSid: params.get("actor"),
    ResourceSid: params.get("resource"),
    EventType: params.get("type"),
  };
  const days = params.get("days");
  const isFiltered = days !== "" || Object.values(filters).some((value) => value !== "");
  const pages = usePages<AuditEvent>(PATH, "events", {
    product: "monitor",
    query: {
      ActorSid: filters.ActorSid || undefined,
      ResourceSid: filters.ResourceSid || undefined,
      EventType: filters.EventType || undefined,
      StartDate: days === "" ? undefined : new Date(openedMs - Number(days) * DAY_MS),
    },
    keepsLast: true,
  });
  return (
    <Stack>
      <FilterBar
        actions={
          <SegmentedControl
            label="Time"
            options={SPANS.map(({ value, label }) => ({ value: value || "ever", label }))}
            value={days || "ever"}
            onChange={(value) => params.set({ days: value === "ever" ? "" : value })}
          />
        }
        onClear={isFiltered ? () => params.set({ actor: "", resource: "", type: "", days: "" }) : undefined}
      >
        <TextField
          label="What"
          placeholder="phone-number.updated"
          value={filters.EventType}
          onChange={(type) => params.set({ type })}
          isMono
        />
        <TextField
          label="By"
          placeholder="US… AC… SK…"
          value={filters.ActorSid}
          onChange={(actor) => params.set({ actor })}
          isMono
        />
        <TextField
          label="Of"
          placeholder="PN… MG…"
          value={filters.ResourceSid}
          onChange={(resource) => params.set({ resource })}
          isMono
        />
      </FilterBar>
      <ErrorNote error={pages.error} onRetry={pages.refetch} />
      <Table<AuditEvent>
        label="Changes"
        rows={pages.rows}
        isLoading={pages.isLoading}
        rowKey={({ sid }) => sid}
        onEnd={pages.loadMore}
        onRowPress={setEvent}
        selectedKey={open?.sid}
        empty={
          isFiltered ? (
            <Empty title="No change fits">Kinds of changes and SIDs are looked for as a whole.</Empty>
          ) : (
            <Empty title="Nothing was changed yet">
              Every change that somebody makes stands here, with what was before.
            </Empty>
          )
        }
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
      {open !== undefined && <AuditDrawer key={open.sid} event={open} onClose={() => setEvent(undefined)} />}
    </Stack>
  );
}

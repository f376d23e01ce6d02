import { useState } from "react";
import { useCan, usePages } from "../../api/index.ts";
import {
  Button,
  Empty,
  ErrorNote,
  FilterBar,
  Select,
  Stack,
  Table,
  TextField,
  useSearchParams,
  When,
} from "../../ui/index.ts";
import { ConsentBadge, ConsentDrawer } from "./consent-drawer.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import type { Consent } from "./rules.ts";

const PATH = "/trunkline/v1/OptOuts";
const STATES = [
  { value: "", label: "Any" },
  { value: "opted-out", label: "Opted out" },
  { value: "opted-in", label: "Opted in again" },
];

/** Who does not want to be written to, by whom that was said, and when. */
export function OptOutsTab() {
  const canWrite = useCan("rules.write");
  const params = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const [open, setConsent] = useState<Consent>();
  const filters = { Recipient: params.get("recipient"), Scope: params.get("scope"), State: params.get("state") };
  const isFiltered = Object.values(filters).some((value) => value !== "");
  const pages = usePages<Consent>(PATH, "opt_outs", {
    query: {
      Recipient: filters.Recipient || undefined,
      Scope: filters.Scope || undefined,
      State: filters.State || undefined,
    },
    keepsLast: true,
  });
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Add opt-outs
    </Button>
  );
  return (
    <Stack>
      <FilterBar
        actions={add}
        onClear={isFiltered ? () => params.set({ recipient: "", scope: "", state: "" }) : undefined}
      >
        <TextField
          label="Recipient"
          type="tel"
          placeholder="+15551234567"
          value={filters.Recipient}
          onChange={(recipient) => params.set({ recipient })}
          isMono
        />
        <TextField
          label="Of"
          placeholder="MG… or +1…"
          value={filters.Scope}
          onChange={(scope) => params.set({ scope })}
          isMono
        />
        <Select label="State" options={STATES} value={filters.State} onChange={(state) => params.set({ state })} />
      </FilterBar>
      <ErrorNote error={pages.error} onRetry={pages.refetch} />
      <Table<Consent>
        label="Opt-outs"
        rows={pages.error === null ? pages.rows : []}
        isLoading={pages.isLoading}
        rowKey={({ sid }) => sid}
        onEnd={pages.loadMore}
        onRowPress={setConsent}
        selectedKey={open?.sid}
        empty={
          isFiltered ? (
            <Empty title="Nobody fits">Recipients are looked for by their whole number.</Empty>
          ) : (
            <Empty title="Nobody has opted out">
              Whoever answers STOP stands here at once and is not written to any more. Bring a list with you from
              elsewhere by “Add opt-outs”.
            </Empty>
          )
        }
        columns={[
          { id: "recipient", header: "Recipient", cell: ({ recipient }) => <strong>{recipient}</strong> },
          { id: "state", header: "State", cell: ({ state }) => <ConsentBadge state={state} /> },
          { id: "scope", header: "Of", width: "1.6fr", isMinor: true, cell: ({ scope }) => <code>{scope}</code> },
          {
            id: "how",
            header: "How",
            isMinor: true,
            cell: ({ source, keyword }) => (keyword === null ? source : `${source}: ${keyword}`),
          },
          { id: "when", header: "When", cell: ({ date_changed }) => <When at={date_changed} /> },
        ]}
      />
      {isOpen && <ImportDialog scope={filters.Scope} onClose={() => setOpen(false)} />}
      {open !== undefined && (
        <ConsentDrawer key={open.sid} consent={open} canWrite={canWrite} onClose={() => setConsent(undefined)} />
      )}
    </Stack>
  );
}

import { useState } from "react";
import { useCan, usePages } from "../../api/index.ts";
import { Button, Empty, ListView, Select, TextField, useFilters, When } from "../../ui/index.ts";
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
  const [isOpen, setOpen] = useState(false);
  const filters = useFilters({ recipient: "Recipient", scope: "Scope", state: "State" });
  const pages = usePages<Consent>(PATH, "opt_outs", { query: filters.query, keepsLast: true });
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Add opt-outs
    </Button>
  );
  return (
    <ListView<Consent>
      label="Opt-outs"
      list={pages}
      filters={filters}
      fields={
        <>
          <TextField label="Recipient" type="tel" placeholder="+15551234567" {...filters.field("recipient")} isMono />
          <TextField label="Of" placeholder="MG… or +1…" {...filters.field("scope")} isMono />
          <Select label="State" options={STATES} {...filters.field("state")} />
        </>
      }
      actions={add}
      empty={
        <Empty title="Nobody has opted out">
          Whoever answers STOP stands here at once and is not written to any more. Bring a list with you from elsewhere
          by “Add opt-outs”.
        </Empty>
      }
      noMatch={<Empty title="Nobody fits">Recipients are looked for by their whole number.</Empty>}
      drawer={{
        param: "opt-out",
        show: (consent, close) => <ConsentDrawer consent={consent} canWrite={canWrite} onClose={close} />,
      }}
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
    >
      {isOpen && <ImportDialog scope={filters.values.scope} onClose={() => setOpen(false)} />}
    </ListView>
  );
}

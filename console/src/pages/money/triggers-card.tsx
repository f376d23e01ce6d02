import { useState } from "react";
import { api, useApiChange, useCan, usePages } from "../../api/index.ts";
import {
  Button,
  Card,
  Dialog,
  Empty,
  Form,
  ListTable,
  removeColumn,
  Select,
  Stack,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";

interface Trigger {
  readonly sid: string;
  readonly friendly_name: string;
  readonly usage_category: string;
  readonly trigger_by: string;
  readonly trigger_value: string;
  readonly current_value: string;
  readonly recurring: string | null;
  readonly callback_url: string;
  readonly date_fired: string | null;
}

const PATH = "/2010-04-01/Accounts/{AccountSid}/Usage/Triggers";
const CATEGORIES = ["sms", "sms-outbound", "sms-inbound", "totalprice"].map((value) => ({ value, label: value }));
const MEASURES = ["price", "count", "usage"].map((value) => ({ value, label: value }));
const RHYTHMS = [
  { value: "", label: "once" },
  ...["daily", "monthly", "yearly"].map((value) => ({ value, label: value })),
];

/** Usage triggers: a webhook when so much was used. */
export function TriggersCard() {
  const canWrite = useCan("money.write");
  const [isOpen, setOpen] = useState(false);
  const pages = usePages<Trigger>(`${PATH}.json`, "usage_triggers");
  const remove = useApiChange((sid: string) => api.delete(`${PATH}/${sid}.json`), {
    invalidates: [PATH],
    onFailed: toast.bad,
  });
  return (
    <Card
      title="Usage triggers"
      isFlush
      actions={
        canWrite && (
          <Button size="s" onPress={() => setOpen(true)}>
            New trigger
          </Button>
        )
      }
    >
      <ListTable<Trigger>
        label="Usage triggers"
        list={pages}
        empty={<Empty title="No triggers">A trigger calls your URL when so much was spent or sent.</Empty>}
        columns={[
          { id: "name", header: "Name", cell: (row) => row.friendly_name || row.usage_category },
          {
            id: "at",
            header: "At",
            cell: (row) => `${row.trigger_by} of ${row.usage_category} ≥ ${row.trigger_value}`,
          },
          { id: "now", header: "Now", align: "end", cell: (row) => row.current_value },
          { id: "fired", header: "Fired", isMinor: true, cell: (row) => <When at={row.date_fired} /> },
          canWrite && removeColumn({ label: () => "Remove this trigger", onPress: ({ sid }) => remove.run(sid) }),
        ]}
      />
      {isOpen && <TriggerDialog onClose={() => setOpen(false)} />}
    </Card>
  );
}

function TriggerDialog({ onClose }: { readonly onClose: () => void }) {
  const [category, setCategory] = useState("totalprice");
  const [measure, setMeasure] = useState("price");
  const [rhythm, setRhythm] = useState("monthly");
  const make = useApiChange(
    (fields: Readonly<Record<string, string>>) =>
      api.post(`${PATH}.json`, {
        ...fields,
        UsageCategory: category,
        TriggerBy: measure,
        Recurring: rhythm || undefined,
      }),
    { invalidates: [PATH], onDone: onClose },
  );
  return (
    <Dialog isOpen onClose={onClose} title="New usage trigger">
      <Form onSubmit={(fields) => make.runAsync(fields)}>
        <Stack>
          <TextField label="Name" name="FriendlyName" />
          <Select label="What" options={CATEGORIES} value={category} onChange={setCategory} />
          <Select label="Measured by" options={MEASURES} value={measure} onChange={setMeasure} />
          <TextField label="From" name="TriggerValue" placeholder="100" isRequired isMono />
          <Select label="How often" options={RHYTHMS} value={rhythm} onChange={setRhythm} />
          <TextField label="URL to call" name="CallbackUrl" type="url" placeholder="https://…" isRequired />
          <Button type="submit" tone="primary">
            Make it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

import { useState } from "react";
import { api, askAgain, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Dialog,
  Empty,
  Form,
  Grid,
  ListView,
  removeColumn,
  Select,
  Stack,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import styles from "./rules.module.css";

interface QuietHours {
  readonly sid: string;
  readonly scope: string;
  readonly action: "refuse" | "hold" | "off";
  readonly from: string | null;
  readonly to: string | null;
  readonly date_updated: string;
}

const PATH = "/trunkline/v1/QuietHours";
const ACTIONS = [
  { value: "hold", label: "Hold it back", description: "It is sent when the hours begin again." },
  { value: "refuse", label: "Refuse it", description: "The program gets an error." },
];
const OFF = {
  value: "off",
  label: "Do nothing",
  description: "For the operator to set: the hours of countries are ignored.",
};

/** What becomes of marketing outside the hours in which people may be written to. */
export function QuietHoursTab() {
  const canWrite = useCan("rules.write");
  const { accountSid } = useSession();
  const [isOpen, setOpen] = useState(false);
  const pages = usePages<QuietHours>(PATH, "quiet_hours");
  const remove = useApiChange((sid: string) => api.delete(`${PATH}/${sid}`), {
    invalidates: [PATH],
    onFailed: toast.bad,
  });
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Set quiet hours
    </Button>
  );
  return (
    <ListView<QuietHours>
      label="Quiet hours"
      list={pages}
      actions={add}
      note={
        <p className={styles.soft}>
          Messages with the intent marketing keep to the hours of the recipient’s country, in the recipient’s own time.
          Say here what becomes of those that come too early or too late, and make the hours narrower.
        </p>
      }
      empty={
        <Empty title="The hours of countries hold" action={add}>
          What comes outside of them is treated as the rules of the platform say.
        </Empty>
      }
      columns={[
        {
          id: "scope",
          header: "For",
          width: "1.8fr",
          cell: ({ scope }) => (scope === accountSid ? "the whole account" : <code>{scope}</code>),
        },
        {
          id: "action",
          header: "Outside of them",
          cell: ({ action }) => <Badge tone={action === "off" ? "warn" : "info"}>{action}</Badge>,
        },
        {
          id: "hours",
          header: "Sent from–to",
          cell: ({ from, to }) => (from === null || to === null ? "as the country says" : `${from}–${to}`),
        },
        { id: "when", header: "Changed", isMinor: true, cell: ({ date_updated }) => <When at={date_updated} /> },
        canWrite && removeColumn({ label: () => "Remove these quiet hours", onPress: ({ sid }) => remove.run(sid) }),
      ]}
    >
      {isOpen && <QuietHoursDialog onClose={() => setOpen(false)} />}
    </ListView>
  );
}

function QuietHoursDialog({ onClose }: { readonly onClose: () => void }) {
  const { isOperator } = useSession();
  const [action, setAction] = useState("hold");
  const [scope, setScope] = useState("");
  const canServices = useCan("services.read");
  const services = usePages<{ readonly sid: string; readonly friendly_name: string }>("/v1/Services", "services", {
    product: "messaging",
    isEnabled: canServices,
  });
  const save = async ({ From, To }: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(PATH, {
      Scope: scope || undefined,
      Action: action,
      From: From || undefined,
      To: To || undefined,
    });
    askAgain(PATH);
    toast.good("Saved. It holds from the next message on.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Quiet hours">
      <Form onSubmit={save}>
        <Stack>
          <Select
            label="For"
            options={[
              { value: "", label: "The whole account" },
              ...services.rows.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name })),
            ]}
            value={scope}
            onChange={setScope}
          />
          <Select
            label="What comes outside of the hours"
            options={isOperator ? [...ACTIONS, OFF] : ACTIONS}
            value={action}
            onChange={setAction}
          />
          <Grid min="s">
            <TextField label="Sent from" name="From" placeholder="09:00" maxLength={5} isMono />
            <TextField label="Until" name="To" placeholder="20:00" maxLength={5} isMono />
          </Grid>
          <p className={styles.soft}>Both in the recipient’s time; empty for the hours of the country.</p>
          <Button type="submit" tone="primary">
            Save
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

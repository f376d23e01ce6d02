import { useState } from "react";
import { api, askAgain, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Button,
  ConfirmDialog,
  Dialog,
  Empty,
  Form,
  ListView,
  menuColumn,
  Stack,
  StatusBadge,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";

/** An item of `AlphanumericSenders`. */
interface AlphanumericSender {
  readonly sid: string;
  readonly sender: string;
  readonly iso_country: string | null;
  readonly status: string;
  readonly date_created: string;
}

const LIST = "/trunkline/v1/AlphanumericSenders";
const REVIEWS = [
  { id: "approved", label: "Approve" },
  { id: "rejected", label: "Reject" },
];

/** Names to send from: letters and digits where a number would stand. Nobody can answer them. */
export function NamesTab() {
  const canWrite = useCan("numbers.write");
  const { isOperator } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<AlphanumericSender>();
  const pages = usePages<AlphanumericSender>(LIST, "alphanumeric_senders");
  const review = useApiChange(
    ({ sid, status }: { sid: string; status: string }) =>
      api.post(`${LIST}/${sid}`, { Status: status }, { account: null }),
    { invalidates: [LIST], onFailed: toast.bad },
  );
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Register a name
    </Button>
  );
  return (
    <ListView<AlphanumericSender>
      label="Names"
      list={pages}
      actions={add}
      empty={
        <Empty title="No names yet" action={add}>
          In many countries a text can come from a name, such as ACME, in place of a number. It cannot be answered, and
          some countries want it registered first: see Rules.
        </Empty>
      }
      columns={[
        { id: "sender", header: "Name", cell: ({ sender }) => <strong>{sender}</strong> },
        { id: "country", header: "For", cell: ({ iso_country }) => iso_country ?? "everywhere" },
        { id: "status", header: "State", width: "112px", cell: ({ status }) => <StatusBadge status={status} /> },
        { id: "since", header: "Since", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
        canWrite &&
          menuColumn({
            name: ({ sender }) => sender,
            items: (row) => [
              ...REVIEWS.filter(({ id }) => isOperator && id !== row.status).map(({ id, label }) => ({
                id,
                label,
                description: "As the operator",
                onSelect: () => review.run({ sid: row.sid, status: id }),
              })),
              { id: "remove", label: "Give it up", tone: "danger", onSelect: () => setDoomed(row) },
            ],
          }),
      ]}
    >
      {isOpen && <NameDialog onClose={() => setOpen(false)} />}
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Give up ${doomed.sender}?`}
          confirm="Give it up"
          tone="danger"
          onConfirm={async () => {
            await api.delete(`${LIST}/${doomed.sid}`);
            askAgain(LIST);
          }}
        >
          Nothing can be sent from this name any more, and somebody else may register it.
        </ConfirmDialog>
      )}
    </ListView>
  );
}

function NameDialog({ onClose }: { readonly onClose: () => void }) {
  const register = async ({ Sender, IsoCountry }: Readonly<Record<string, string>>): Promise<void> => {
    const { status } = await api.post<AlphanumericSender>(LIST, {
      Sender,
      IsoCountry: IsoCountry === "" ? undefined : IsoCountry?.toUpperCase(),
    });
    askAgain(LIST);
    toast.good(status === "approved" ? `${Sender} can be sent from.` : `${Sender} waits for its approval.`);
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Register a name">
      <Form onSubmit={register}>
        <Stack>
          <TextField
            label="Name"
            name="Sender"
            placeholder="ACME"
            maxLength={11}
            isRequired
            description="1 to 11 letters, digits and spaces, with at least one letter."
          />
          <TextField
            label="Country"
            name="IsoCountry"
            placeholder="GB"
            maxLength={2}
            description="Two letters; empty for all countries."
          />
          <Button type="submit" tone="primary">
            Register it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

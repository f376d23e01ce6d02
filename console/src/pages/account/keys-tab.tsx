import { useState } from "react";
import { api, askAgain, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Button,
  ConfirmDialog,
  CopyText,
  Dialog,
  Empty,
  Form,
  ListView,
  removeColumn,
  Row,
  Stack,
  TextField,
  When,
} from "../../ui/index.ts";
import { SecretCard } from "./secret-card.tsx";

interface ApiKey {
  readonly sid: string;
  readonly friendly_name: string;
  readonly date_created: string;
}

interface NewApiKey extends ApiKey {
  readonly secret: string;
}

const PATH = "/v1/Keys";
const calledOf = ({ friendly_name: name, sid }: ApiKey): string => name || sid;
const ON_IAM = { product: "iam", account: null } as const;

/** What programs sign in with: a SID and a secret, one for each program, taken back one by one. */
export function KeysTab() {
  const { selected } = useSession();
  const canWrite = useCan("keys.write");
  const [isOpen, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<ApiKey>();
  const pages = usePages<ApiKey>(PATH, "keys", { ...ON_IAM, query: { AccountSid: selected.sid } });
  const create = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      New key
    </Button>
  );
  return (
    <ListView<ApiKey>
      label="API keys"
      list={pages}
      actions={create}
      empty={
        <Empty title="No API keys yet" action={create}>
          Give each program a key of its own in place of the auth token. A key that got out is revoked without touching
          the others.
        </Empty>
      }
      columns={[
        { id: "name", header: "Name", cell: ({ friendly_name: name }) => name || "–" },
        { id: "sid", header: "SID", width: "2fr", cell: ({ sid }) => <CopyText>{sid}</CopyText> },
        { id: "since", header: "Made", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
        canWrite && removeColumn({ label: (row) => `Revoke ${calledOf(row)}`, onPress: setDoomed }),
      ]}
    >
      {isOpen && <KeyDialog accountSid={selected.sid} onClose={() => setOpen(false)} />}
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Revoke ${calledOf(doomed)}?`}
          confirm="Revoke it"
          tone="danger"
          typed={calledOf(doomed)}
          onConfirm={async () => {
            await api.delete(`${PATH}/${doomed.sid}`, ON_IAM);
            askAgain(PATH);
          }}
        >
          Programs that use it are refused at once. It cannot be brought back.
        </ConfirmDialog>
      )}
    </ListView>
  );
}

function KeyDialog({ accountSid, onClose }: { readonly accountSid: string; readonly onClose: () => void }) {
  const [made, setMade] = useState<NewApiKey>();
  const make = async ({ FriendlyName }: Readonly<Record<string, string>>): Promise<void> => {
    setMade(await api.post<NewApiKey>(PATH, { AccountSid: accountSid, FriendlyName }, ON_IAM));
    askAgain(PATH);
  };
  return (
    <Dialog isOpen onClose={onClose} title="New API key">
      {made === undefined ? (
        <Form onSubmit={make}>
          <Stack>
            <TextField
              label="Name"
              name="FriendlyName"
              placeholder="Order service"
              description="The program that will have it."
              maxLength={64}
              autoFocus
            />
            <Button type="submit" tone="primary">
              Make it
            </Button>
          </Stack>
        </Form>
      ) : (
        <Stack>
          <SecretCard title="SID" secret={made.sid} note="The user name." />
          <SecretCard
            title="Secret"
            secret={made.secret}
            note="The password. It is shown only now and cannot be read again."
          />
          <Row>
            <Button tone="primary" onPress={onClose}>
              I have kept it
            </Button>
          </Row>
        </Stack>
      )}
    </Dialog>
  );
}

import { useState } from "react";
import { api, askAgain, select, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
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

/** An item of `Accounts`. Its token is in the answer where the user may see it, and is never looked at here. */
interface AccountItem {
  readonly sid: string;
  readonly friendly_name: string;
  readonly status: string;
  readonly owner_account_sid: string;
  readonly date_created: string;
}

const PATH = "/2010-04-01/Accounts.json";
const pathOf = (sid: string): string => `/2010-04-01/Accounts/${sid}.json`;
const MAIN = { account: null } as const;

/** The accounts below this one: for customers, brands or environments of their own. */
export function SubaccountsTab() {
  const { account, accountSid } = useSession();
  const canWrite = useCan("accounts.write");
  const [isOpen, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<AccountItem>();
  const pages = usePages<AccountItem>(PATH, "accounts", MAIN);
  const rows = pages.rows.filter(({ sid }) => sid !== account.sid);
  const change = useApiChange(
    ({ sid, status }: { sid: string; status: string }) => api.post(pathOf(sid), { Status: status }, MAIN),
    { invalidates: [PATH, "session"], onFailed: (error) => toast.bad(error) },
  );
  const create = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      New subaccount
    </Button>
  );
  const switchTo = (sid: string): void => {
    select({ account: sid === account.sid ? undefined : sid, accountSid: sid });
    toast.info("All pages are about that account now. The picker at the side leads back.");
  };
  return (
    <ListView<AccountItem>
      label="Subaccounts"
      list={{ ...pages, rows }}
      actions={create}
      empty={
        <Empty title="No subaccounts yet" action={create}>
          A subaccount has its own numbers, messages and keys, and is paid by this account. Make one for each customer
          or each environment.
        </Empty>
      }
      columns={[
        {
          id: "name",
          header: "Name",
          width: "1.4fr",
          cell: ({ friendly_name, sid }) => (
            <>
              {friendly_name} {sid === accountSid && <Badge tone="info">selected</Badge>}
            </>
          ),
        },
        { id: "sid", header: "SID", width: "2fr", isMinor: true, cell: ({ sid }) => <code>{sid}</code> },
        { id: "status", header: "State", cell: ({ status }) => <StatusBadge status={status} /> },
        { id: "since", header: "Since", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
        menuColumn({
          name: ({ friendly_name: name }) => name,
          items: (row) =>
            entriesOf(row, canWrite, {
              switchTo,
              setStatus: (status) => change.run({ sid: row.sid, status }),
              close: () => setDoomed(row),
            }),
        }),
      ]}
    >
      {isOpen && <SubaccountDialog onClose={() => setOpen(false)} />}
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Close ${doomed.friendly_name}?`}
          confirm="Close it for ever"
          tone="danger"
          typed={doomed.friendly_name}
          onConfirm={async () => {
            await api.post(pathOf(doomed.sid), { Status: "closed" }, MAIN);
            askAgain(PATH, "session");
            if (doomed.sid === accountSid) switchTo(account.sid);
          }}
        >
          Its numbers are released, its keys stop working, and it cannot be opened again.
        </ConfirmDialog>
      )}
    </ListView>
  );
}

interface AccountActions {
  readonly switchTo: (sid: string) => void;
  readonly setStatus: (status: string) => void;
  readonly close: () => void;
}

function entriesOf({ sid, status }: AccountItem, canWrite: boolean, actions: AccountActions) {
  const entries = [{ id: "switch", label: "Switch to it", onSelect: () => actions.switchTo(sid) }];
  if (!canWrite || status === "closed") return entries;
  const isActive = status === "active";
  return [
    ...entries,
    {
      id: "status",
      label: isActive ? "Suspend it" : "Let it go on",
      description: isActive ? "Its programs are refused until then" : "",
      onSelect: () => actions.setStatus(isActive ? "suspended" : "active"),
    },
    { id: "close", label: "Close it", tone: "danger" as const, onSelect: actions.close },
  ];
}

function SubaccountDialog({ onClose }: { readonly onClose: () => void }) {
  const make = async ({ FriendlyName }: Readonly<Record<string, string>>): Promise<void> => {
    const made = await api.post<AccountItem>(PATH, { FriendlyName }, MAIN);
    askAgain(PATH, "session");
    toast.good(`${made.friendly_name} is made.`);
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="New subaccount">
      <Form onSubmit={make}>
        <Stack>
          <TextField
            label="Name"
            name="FriendlyName"
            placeholder="Shop in Lisbon"
            maxLength={64}
            isRequired
            autoFocus
          />
          <Button type="submit" tone="primary">
            Make it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

import { useState } from "react";
import { api, askAgain, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  ConfirmDialog,
  Dialog,
  Empty,
  Form,
  ListView,
  menuColumn,
  type MenuEntry,
  Select,
  Stack,
  StatusBadge,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import { LinkDialog, type OneTimeLink } from "./one-time-link.tsx";
import { type ConsoleUser, MAIN, nameOf, rolesFor, USERS } from "./user.ts";

type Question = { readonly what: "remove" | "totp"; readonly user: ConsoleUser };

/** The people who may sign in here, and what each may do. */
export function UsersTab() {
  const canWrite = useCan("users.write");
  const { user: me } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [link, setLink] = useState<OneTimeLink>();
  const [asks, setAsks] = useState<Question>();
  const pages = usePages<ConsoleUser>(USERS, "users", MAIN);
  const change = useApiChange(
    ({ sid, fields }: { sid: string; fields: Readonly<Record<string, string>> }) =>
      api.post(`${USERS}/${sid}`, fields, MAIN),
    { invalidates: [USERS], onFailed: (error) => toast.bad(error) },
  );
  const makeLink = useApiChange(
    (user: ConsoleUser) =>
      api.post<{ secret_url: string; date_expires: string }>(
        "/trunkline/v1/Console/SignInLinks",
        { UserSid: user.sid },
        MAIN,
      ),
    {
      onDone: ({ secret_url: url, date_expires: expires }) => setLink({ url, expires }),
      onFailed: (error) => toast.bad(error),
    },
  );
  const invite = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Invite somebody
    </Button>
  );
  return (
    <ListView<ConsoleUser>
      label="Users"
      list={pages}
      actions={invite}
      empty={
        <Empty title="Nobody yet" action={invite}>
          Invite the people who work with this account.
        </Empty>
      }
      columns={[
        {
          id: "name",
          header: "Who",
          width: "1.4fr",
          cell: (user) => (
            <>
              {nameOf(user)} {user.sid === me.sid && <Badge tone="info">you</Badge>}
            </>
          ),
        },
        { id: "email", header: "E-mail", width: "1.4fr", isMinor: true, cell: ({ email }) => email ?? "–" },
        { id: "role", header: "Role", cell: ({ role }) => role },
        { id: "status", header: "State", cell: ({ status }) => <StatusBadge status={status} /> },
        {
          id: "totp",
          header: "Second factor",
          isMinor: true,
          cell: ({ has_totp: has, is_account: isAccount }) =>
            isAccount ? "by link alone" : <Badge tone={has ? "good" : "warn"}>{has ? "on" : "off"}</Badge>,
        },
        { id: "seen", header: "Signed in", isMinor: true, cell: (row) => <When at={row.date_last_sign_in} /> },
        canWrite &&
          menuColumn({
            name: nameOf,
            items: (user) =>
              user.is_account || user.sid === me.sid
                ? []
                : entriesOf(user, me.role, {
                    change: (fields) => change.run({ sid: user.sid, fields }),
                    makeLink: () => makeLink.run(user),
                    ask: (what) => setAsks({ what, user }),
                  }),
          }),
      ]}
    >
      {isOpen && (
        <InviteDialog
          onClose={() => setOpen(false)}
          onInvited={(made) => {
            setOpen(false);
            setLink(made);
          }}
        />
      )}
      {link !== undefined && <LinkDialog link={link} onClose={() => setLink(undefined)} />}
      {asks !== undefined && <QuestionDialog {...asks} onClose={() => setAsks(undefined)} />}
    </ListView>
  );
}

interface UserActions {
  readonly change: (fields: Readonly<Record<string, string>>) => void;
  readonly makeLink: () => void;
  readonly ask: (what: Question["what"]) => void;
}

function entriesOf(user: ConsoleUser, myRole: string, actions: UserActions): MenuEntry[] {
  const { role, status, has_totp: hasTotp } = user;
  const entries: MenuEntry[] = rolesFor(myRole)
    .filter(({ value }) => value !== role)
    .map(({ value, label, description }) => ({
      id: value,
      label: `Make ${label.toLowerCase()}`,
      description,
      onSelect: () => actions.change({ Role: value }),
    }));
  entries.push({
    id: "link",
    label: status === "invited" ? "New invitation link" : "Link to set a new password",
    onSelect: actions.makeLink,
  });
  if (status !== "invited") {
    const isActive = status === "active";
    entries.push({
      id: "status",
      label: isActive ? "Disable" : "Let in again",
      onSelect: () => actions.change({ Status: isActive ? "suspended" : "active" }),
    });
  }
  if (hasTotp) {
    entries.push({ id: "totp", label: "Take the second factor away", onSelect: () => actions.ask("totp") });
  }
  entries.push({ id: "remove", label: "Remove", tone: "danger", onSelect: () => actions.ask("remove") });
  return entries;
}

function QuestionDialog({ what, user, onClose }: Question & { readonly onClose: () => void }) {
  const isRemoval = what === "remove";
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={isRemoval ? `Remove ${nameOf(user)}?` : `Take the second factor of ${nameOf(user)} away?`}
      confirm={isRemoval ? "Remove" : "Take it away"}
      tone="danger"
      onConfirm={async () => {
        await api.delete(isRemoval ? `${USERS}/${user.sid}` : `${USERS}/${user.sid}/Totp`, MAIN);
        askAgain(USERS);
      }}
    >
      {isRemoval
        ? "All sessions of this user end at once. What the user did stays in the audit log."
        : "For somebody who has lost the phone with the app. All sessions of this user end at once. Make sure that it is really who asks you."}
    </ConfirmDialog>
  );
}

interface InviteDialogProps {
  readonly onClose: () => void;
  readonly onInvited: (link: OneTimeLink) => void;
}

function InviteDialog({ onClose, onInvited }: InviteDialogProps) {
  const { user: me } = useSession();
  const [role, setRole] = useState("developer");
  const invite = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    const made = await api.post<{ secret_url: string; date_link_expires: string }>(
      USERS,
      { ...fields, Role: role },
      MAIN,
    );
    askAgain(USERS);
    onInvited({ url: made.secret_url, expires: made.date_link_expires });
  };
  return (
    <Dialog isOpen onClose={onClose} title="Invite somebody">
      <Form onSubmit={invite}>
        <Stack>
          <TextField label="E-mail" name="Email" type="email" placeholder="ada@example.com" isRequired autoFocus />
          <TextField label="Name" name="FriendlyName" maxLength={64} />
          <Select label="Role" options={rolesFor(me.role)} value={role} onChange={setRole} />
          <Button type="submit" tone="primary">
            Make the invitation
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

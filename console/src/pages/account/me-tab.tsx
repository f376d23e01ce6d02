import { useState } from "react";
import { api, askAgain, useApi, useSession } from "../../api/index.ts";
import {
  Button,
  Card,
  CopyText,
  ErrorNote,
  Form,
  Grid,
  KeyValues,
  Row,
  Skeleton,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import styles from "./account.module.css";
import { SecondFactorCard } from "./second-factor-card.tsx";
import { SessionsCard } from "./sessions-card.tsx";
import { type ConsoleUser, MAIN, ROLES, USERS } from "./user.ts";

const LEAST_PASSWORD_CHARACTERS = 12;

/** The one who is signed in: name, password, second factor and sessions. */
export function MeTab() {
  const { user } = useSession();
  const path = `${USERS}/${user.sid}`;
  const asked = useApi<ConsoleUser>(path, MAIN);
  const me = asked.data;
  if (asked.error !== null) return <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />;
  if (me === undefined) return <Skeleton lines={6} />;
  return (
    <Stack>
      <Grid min="l">
        <ProfileCard key={me.sid} me={me} path={path} />
        <PasswordCard me={me} path={path} />
        <SecondFactorCard me={me} />
      </Grid>
      <SessionsCard />
    </Stack>
  );
}

interface MeProps {
  readonly me: ConsoleUser;
  readonly path: string;
}

function ProfileCard({ me, path }: MeProps) {
  const role = ROLES.find(({ value }) => value === me.role);
  const rename = async ({ FriendlyName }: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(path, { FriendlyName }, MAIN);
    askAgain(USERS, "session");
    toast.good("Saved.");
  };
  return (
    <Card title="You">
      <Stack>
        <KeyValues
          items={[
            { key: "SID", value: <CopyText>{me.sid}</CopyText> },
            { key: "E-mail", value: me.email, isShown: me.email !== null },
            { key: "Role", value: `${role?.label ?? me.role}: ${role?.description.toLowerCase() ?? ""}` },
          ]}
        />
        <Form onSubmit={rename}>
          <Stack gap="s">
            <TextField label="Name" name="FriendlyName" defaultValue={me.friendly_name} maxLength={64} />
            <Row>
              <Button type="submit">Save</Button>
            </Row>
          </Stack>
        </Form>
      </Stack>
    </Card>
  );
}

function PasswordCard({ me, path }: MeProps) {
  const [changes, setChanges] = useState(0);
  if (me.is_account) {
    return (
      <Card title="Password">
        <p className={styles.soft}>
          This user stands for whoever holds the credentials of the account. It signs in by one-time links, made with
          them: <code>npx trunkline console</code>. Invite yourself under Users to have a password.
        </p>
      </Card>
    );
  }
  const change = async ({ Password, CurrentPassword, Again }: Readonly<Record<string, string>>): Promise<void> => {
    if (Password !== Again) throw new Error("The two new passwords differ.");
    await api.post(path, { Password, CurrentPassword }, MAIN);
    toast.good("The password is changed. Your other sessions have ended.");
    setChanges(changes + 1);
  };
  return (
    <Card title="Password">
      {/* A new form after each change: passwords do not stay in the page. */}
      <Form key={changes} onSubmit={change}>
        <Stack gap="s">
          <TextField
            label="Password until now"
            name="CurrentPassword"
            type="password"
            autoComplete="current-password"
            isRequired
          />
          <TextField
            label="New password"
            name="Password"
            type="password"
            autoComplete="new-password"
            description={`At least ${LEAST_PASSWORD_CHARACTERS} characters.`}
            isRequired
          />
          <TextField label="Once more" name="Again" type="password" autoComplete="new-password" isRequired />
          <Row>
            <Button type="submit">Change it</Button>
          </Row>
        </Stack>
      </Form>
    </Card>
  );
}

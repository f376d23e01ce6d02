import { useState } from "react";
import { api, askAgain, useApi } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  Code,
  CopyText,
  Dialog,
  ErrorNote,
  Form,
  Row,
  Skeleton,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import styles from "./account.module.css";
import { type ConsoleUser, MAIN, USERS } from "./user.ts";

interface Factor {
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly recovery_left: number;
}

interface NewSecret {
  readonly secret: string;
  readonly secret_qr_svg: string;
}

const TOTP = "/trunkline/v1/Console/Totp";
const FEW_CODES = 3;

/** A code from an app on the phone, beside the password. */
export function SecondFactorCard({ me }: { readonly me: ConsoleUser }) {
  const [secret, setSecret] = useState<NewSecret>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [isRemoving, setRemoving] = useState(false);
  const [error, setError] = useState<unknown>();
  const asked = useApi<Factor>(TOTP, { ...MAIN, isEnabled: !me.is_account });
  const begin = async (): Promise<void> => {
    setError(undefined);
    setSecret(await api.post<NewSecret>(TOTP, {}, MAIN));
  };
  if (me.is_account) {
    return (
      <Card title="Second factor">
        <p className={styles.soft}>Links that work once need none. Users with a password have one.</p>
      </Card>
    );
  }
  return (
    <Card title="Second factor">
      <Stack>
        <ErrorNote error={asked.error ?? error} />
        {asked.isPending && <Skeleton lines={2} />}
        {asked.data !== undefined && (
          <>
            <Row>
              <Badge tone={asked.data.enabled ? "good" : "warn"} hasDot>
                {asked.data.enabled ? "on" : "off"}
              </Badge>
              {asked.data.enabled && (
                <span className={styles.soft}>
                  {asked.data.recovery_left} recovery codes left
                  {asked.data.recovery_left < FEW_CODES && ": set it up anew to have more"}
                </span>
              )}
            </Row>
            <Row>
              {asked.data.enabled ? (
                <Button tone="danger" onPress={() => setRemoving(true)}>
                  Remove it
                </Button>
              ) : (
                <Button tone="primary" onPress={() => void begin().catch(setError)}>
                  Set it up
                </Button>
              )}
            </Row>
          </>
        )}
      </Stack>
      {secret !== undefined && (
        <EnrolDialog
          secret={secret}
          onClose={() => setSecret(undefined)}
          onCodes={(made) => {
            setSecret(undefined);
            setCodes(made);
            askAgain(TOTP, USERS);
          }}
        />
      )}
      {codes !== undefined && <CodesDialog codes={codes} onClose={() => setCodes(undefined)} />}
      {isRemoving && <RemoveDialog onClose={() => setRemoving(false)} />}
    </Card>
  );
}

interface EnrolDialogProps {
  readonly secret: NewSecret;
  readonly onClose: () => void;
  readonly onCodes: (codes: readonly string[]) => void;
}

function EnrolDialog({ secret, onClose, onCodes }: EnrolDialogProps) {
  const confirm = async ({ Code: code }: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await api.post<{ recovery_codes: readonly string[] }>(`${TOTP}/Confirmation`, { Code: code }, MAIN);
    onCodes(answer.recovery_codes);
  };
  return (
    <Dialog isOpen onClose={onClose} title="Set up the second factor">
      <Form onSubmit={confirm}>
        <Stack>
          <p className={styles.soft}>Scan this with an authenticator app, then type the code that it shows.</p>
          <img
            className={styles.picture}
            src={`data:image/svg+xml,${encodeURIComponent(secret.secret_qr_svg)}`}
            alt="QR code for an authenticator app"
          />
          <details>
            <summary>I cannot scan it</summary>
            <CopyText label="Copy the secret">{secret.secret}</CopyText>
          </details>
          <TextField
            label="Code"
            name="Code"
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={8}
            isRequired
            isMono
            autoFocus
          />
          <Button type="submit" tone="primary">
            Confirm
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

function CodesDialog({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="Recovery codes">
      <Stack>
        <p>
          The second factor is on. Each of these codes works once, in the place of one from the app, should you lose the
          phone. They are shown only now: keep them where you keep what matters.
        </p>
        <Code language="recovery codes">{codes.join("\n")}</Code>
        <Row>
          <Button tone="primary" onPress={onClose}>
            I have kept them
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

function RemoveDialog({ onClose }: { readonly onClose: () => void }) {
  const remove = async ({ Code: code }: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(`${TOTP}/Removal`, { Code: code }, MAIN);
    askAgain(TOTP, USERS);
    toast.good("The second factor is off.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Remove the second factor">
      <Form onSubmit={remove}>
        <Stack>
          <TextField
            label="A code of the app, or a recovery code"
            name="Code"
            autoComplete="one-time-code"
            isRequired
            isMono
            autoFocus
          />
          <Button type="submit" tone="danger">
            Remove it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

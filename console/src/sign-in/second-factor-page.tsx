import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { api } from "../api/index.ts";
import { Button, Checkbox, Code, CopyText, ErrorNote, Form, Skeleton, TextField } from "../ui/index.ts";
import { Panel } from "./panel.tsx";
import styles from "./sign-in.module.css";

const TOTP = "/trunkline/v1/Console/Totp";

interface Secret {
  readonly secret: string;
  readonly secret_uri: string;
  readonly secret_qr_svg: string;
}

/** Props of the page. */
export interface SecondFactorPageProps {
  readonly onDone: () => void;
  readonly onLeave: () => void;
}

/** Who has a role that needs a second factor sets it up before anything else. */
export default function SecondFactorPage({ onDone, onLeave }: SecondFactorPageProps) {
  const { secret, error } = useNewSecret();
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes !== undefined) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <Panel
      title="Set up the second factor"
      subtitle="Your role needs one: a code that changes every half a minute, from an app on your phone."
      foot={
        <Button tone="quiet" size="s" onPress={onLeave}>
          Sign out
        </Button>
      }
    >
      <ErrorNote error={error} />
      {secret === undefined && error === undefined && <Skeleton lines={6} />}
      {secret !== undefined && <Enrolment secret={secret} onCodes={setCodes} />}
    </Panel>
  );
}

function useNewSecret(): { readonly secret: Secret | undefined; readonly error: unknown } {
  const [secret, setSecret] = useState<Secret>();
  const [error, setError] = useState<unknown>();
  // Each request makes a new secret: the second of two effects in development must not.
  const isAsked = useRef(false);
  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    api.post<Secret>(TOTP).then(setSecret, setError);
  }, []);
  return { secret, error };
}

interface EnrolmentProps {
  readonly secret: Secret;
  readonly onCodes: (codes: readonly string[]) => void;
}

function Enrolment({ secret, onCodes }: EnrolmentProps) {
  const [code, setCode] = useState("");
  const confirm = async (): Promise<void> => {
    const answer = await api.post<{ recovery_codes: readonly string[] }>(`${TOTP}/Confirmation`, { Code: code });
    onCodes(answer.recovery_codes);
  };
  return (
    <Form onSubmit={confirm} label="Second factor">
      <img
        className={styles.picture}
        src={`data:image/svg+xml,${encodeURIComponent(secret.secret_qr_svg)}`}
        alt="QR code for an authenticator app"
        width={200}
        height={200}
      />
      <details>
        <summary>I cannot scan it: show the secret</summary>
        <div className={styles.secret}>
          <CopyText label="Copy the secret">{secret.secret}</CopyText>
          <a href={secret.secret_uri}>Open it in an app on this device</a>
        </div>
      </details>
      <TextField
        label="The code that the app shows"
        value={code}
        onChange={setCode}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={8}
      />
      <div className={styles.submit}>
        <Button type="submit" tone="primary" isDisabled={code.trim() === ""}>
          Confirm
        </Button>
      </div>
    </Form>
  );
}

/** As a file, made here: no server sees the codes again. */
function download(codes: readonly string[]): void {
  const text = `Recovery codes of the Trunkline console at ${location.host}. Each works once.\n\n${codes.join("\n")}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "trunkline-recovery-codes.txt";
  link.click();
  URL.revokeObjectURL(url);
}

function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const [isKept, setKept] = useState(false);
  return (
    <Panel title="Keep these codes" subtitle="Each lets you in once if you lose your phone. They are shown only now.">
      <Code language="Recovery codes">{codes.join("\n")}</Code>
      <Button icon={<Download size={15} />} onPress={() => download(codes)}>
        Download them
      </Button>
      <Checkbox isSelected={isKept} onChange={setKept}>
        I have put them where only I find them
      </Checkbox>
      <div className={styles.submit}>
        <Button tone="primary" isDisabled={!isKept} onPress={onDone}>
          Go on
        </Button>
      </div>
    </Panel>
  );
}

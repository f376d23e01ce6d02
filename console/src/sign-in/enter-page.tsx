import { useEffect, useRef, useState } from "react";
import { consoleApi, toApiError } from "../api/index.ts";
import { Button, ErrorNote, Form, Skeleton, TextField } from "../ui/index.ts";
import { Panel } from "./panel.tsx";
import styles from "./sign-in.module.css";

/** Unless the edge says otherwise. */
const LEAST_CHARACTERS = 12;

/** What the edge answers to a token: nothing more is needed, or what is. */
interface Entrance {
  readonly need?: "password" | "sign-in";
  readonly email?: string;
  readonly name?: string;
  readonly minCharacters?: number;
}

/** Props of the page. */
export interface EnterPageProps {
  /** Signed in; or on to the sign-in, where the link does not work. */
  readonly onDone: () => void;
  /** The password is set, and a second factor is needed to sign in with it. */
  readonly onPasswordSet: (email: string | undefined) => void;
}

/** By a one-time link: the token is in the fragment, which no server and no log sees. It leaves the address at once. */
export default function EnterPage({ onDone, onPasswordSet }: EnterPageProps) {
  const [token] = useState(takeToken);
  const [invitation, setInvitation] = useState<Entrance>();
  const [error, setError] = useState<unknown>();
  // A link works once: the second of two effects in development must not use it again.
  const isAsked = useRef(false);
  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    enter({ token }).then((answer) => (answer.need === "password" ? setInvitation(answer) : onDone()), setError);
  }, [token, onDone]);
  if (invitation !== undefined) {
    return <ChoosePassword token={token} invitation={invitation} onDone={onDone} onPasswordSet={onPasswordSet} />;
  }
  return (
    <Panel title={error === undefined ? "Signing you in" : "This link does not work"}>
      {error === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <>
          <ErrorNote error={error} />
          <p>
            A link works once and for a short time. On the machine that runs Trunkline,{" "}
            <code>npx trunkline console</code> prints a new one.
          </p>
          <Button onPress={onDone}>To the sign-in</Button>
        </>
      )}
    </Panel>
  );
}

function takeToken(): string {
  const token = location.hash.slice(1);
  if (token !== "") {
    history.replaceState(null, "", location.pathname);
    kept = token;
  }
  return kept;
}

/** Between the two first renderings of development. */
let kept = "";

async function enter(body: { token: string; password?: string }): Promise<Entrance> {
  return (await consoleApi.signIn<Entrance | undefined>("/enter", body)) ?? {};
}

interface ChoosePasswordProps extends EnterPageProps {
  readonly token: string;
  readonly invitation: Entrance;
}

function ChoosePassword({ token, invitation, onDone, onPasswordSet }: ChoosePasswordProps) {
  const { email = "", name = "", minCharacters = LEAST_CHARACTERS } = invitation;
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [fault, setFault] = useState<string>();
  const [isTried, setTried] = useState(false);
  const isOther = again !== password;
  const submit = async (): Promise<void> => {
    setTried(true);
    setFault(password === "" ? "Choose one." : undefined);
    if (isOther || password === "") return;
    try {
      const { need } = await enter({ token, password });
      if (need === "sign-in") onPasswordSet(email === "" ? undefined : email);
      else onDone();
    } catch (error) {
      // What is wrong with the password is said where it stands; everything else below.
      const { status, message } = toApiError(error);
      if (status !== 400) throw error;
      setFault(message);
    }
  };
  return (
    <Panel
      title="Choose a password"
      subtitle={`${name === "" ? "You have been invited" : `Welcome, ${name}`}. Afterwards you sign in with ${email === "" ? "your e-mail" : email} and this password.`}
    >
      <Form onSubmit={submit} label="Choose a password">
        <input
          className={styles.hidden}
          type="email"
          autoComplete="username"
          value={email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          description={`At least ${minCharacters} characters. Four words that have nothing to do with each other are good.`}
          value={password}
          onChange={setPassword}
          error={fault}
          autoFocus
        />
        <TextField
          label="Again"
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
          error={isTried && isOther ? "The two are not the same." : undefined}
        />
        <div className={styles.submit}>
          <Button type="submit" tone="primary">
            Set it and go in
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

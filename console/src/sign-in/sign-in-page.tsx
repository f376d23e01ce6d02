import { useState } from "react";
import { ApiError, consoleApi } from "../api/index.ts";
import { Button, Form, Select, TextField } from "../ui/index.ts";
import { Panel } from "./panel.tsx";
import { type SignInReason, wordsOf } from "./reason.ts";
import styles from "./sign-in.module.css";

/** Props of the sign-in. */
export interface SignInPageProps {
  /** Why one is here, for who has been in the console before. */
  readonly reason?: SignInReason | undefined;
  readonly email?: string | undefined;
  readonly onDone: () => void;
}

/** What the edge still needs. */
type Need = "totp" | "account" | undefined;

/** E-mail and password; the code of an authenticator app, and the account, where they are asked for. */
export default function SignInPage({ reason, email, onDone }: SignInPageProps) {
  const [need, setNeed] = useState<Need>();
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [accounts, setAccounts] = useState<readonly string[]>([]);
  const [isPending, setPending] = useState(false);
  const submit = async (values: Readonly<Record<string, string>>): Promise<void> => {
    const all = need === undefined ? values : { ...given, ...values };
    setPending(true);
    try {
      await consoleApi.signIn("/sign-in", all);
      onDone();
    } catch (error) {
      const asked = needOf(error);
      if (asked === undefined || asked === need) throw error;
      setGiven(all);
      setAccounts(accountsOf(error));
      setNeed(asked);
    } finally {
      setPending(false);
    }
  };
  return (
    <Panel
      title={need === "totp" ? "Your code" : need === "account" ? "Which account?" : "Sign in"}
      subtitle={
        need === "totp"
          ? "Six digits from your authenticator app, or one of your recovery codes."
          : need === "account"
            ? "Your e-mail is known in more than one account."
            : "To the console of this Trunkline."
      }
      foot={
        need === undefined ? (
          <p>
            No password yet? On the machine that runs it, <code>npx trunkline console</code> prints a link that signs
            you in.
          </p>
        ) : (
          <Button tone="quiet" size="s" onPress={() => setNeed(undefined)}>
            Begin again
          </Button>
        )
      }
    >
      {reason !== undefined && need === undefined && (
        <p className={styles.note} role="status">
          {wordsOf(reason)}
        </p>
      )}
      <Form onSubmit={submit} label="Sign in" key={need ?? "start"}>
        {need === undefined && <PasswordFields email={given["email"] ?? email ?? ""} />}
        {need === "totp" && (
          <TextField label="Code" name="totp" autoComplete="one-time-code" inputMode="numeric" autoFocus isRequired />
        )}
        {need === "account" && (
          <Select
            label="Account"
            name="account"
            options={accounts.map((sid) => ({ value: sid, label: shortOf(sid), description: sid }))}
            {...(accounts[0] === undefined ? {} : { defaultValue: accounts[0] })}
          />
        )}
        <div className={styles.submit}>
          <Button type="submit" tone="primary" isPending={isPending}>
            {need === undefined ? "Sign in" : "Go on"}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

function PasswordFields({ email }: { readonly email: string }) {
  return (
    <>
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        autoFocus={email === ""}
        isRequired
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={email !== ""}
        isRequired
      />
    </>
  );
}

/** The begin and the end of an SID: accounts of one system begin alike. */
function shortOf(sid: string): string {
  return `${sid.slice(0, 10)}…${sid.slice(-10)}`;
}

function needOf(error: unknown): Need {
  if (!(error instanceof ApiError) || typeof error.body !== "object" || error.body === null) return undefined;
  const { need } = error.body as { need?: unknown };
  return need === "totp" || need === "account" ? need : undefined;
}

function accountsOf(error: unknown): readonly string[] {
  const { accounts } = (error as ApiError).body as { accounts?: unknown };
  return Array.isArray(accounts) ? accounts.filter((sid) => typeof sid === "string") : [];
}

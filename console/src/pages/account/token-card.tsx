import { useState } from "react";
import { api, useSession } from "../../api/index.ts";
import { Button, Card, ConfirmDialog, ErrorNote, Row, Stack, toast } from "../../ui/index.ts";
import styles from "./account.module.css";
import { SecretCard } from "./secret-card.tsx";

const TOKENS = "/v1/AuthTokens";
const ON_ACCOUNTS = { product: "accounts", account: null } as const;

interface Shown {
  readonly title: string;
  readonly token: string;
  readonly note: string;
}

type Question = "show" | "secondary" | "promote" | "remove";

/** The auth token: seen only when asked for, and changed without stopping programs. */
export function TokenCard() {
  const { selected, account } = useSession();
  const [shown, setShown] = useState<Shown>();
  const [asks, setAsks] = useState<Question>();
  const [error, setError] = useState<unknown>();
  // Kept by no cache: it is asked for by itself each time.
  const show = async (): Promise<void> => {
    const { auth_token: token } = await api.get<{ auth_token: string }>(`/2010-04-01/Accounts/${selected.sid}.json`, {
      account: null,
    });
    setShown({ title: "Auth token", token, note: "Whoever has it can do everything that this account can." });
  };
  const makeSecondary = async (): Promise<void> => {
    const made = await api.post<{ secondary_auth_token: string }>(`${TOKENS}/Secondary`, {}, ON_ACCOUNTS);
    setShown({
      title: "Secondary auth token",
      token: made.secondary_auth_token,
      note: "It is shown only now. Both tokens work: give this one to your programs, then promote it.",
    });
  };
  const promote = async (): Promise<void> => {
    await api.post(`${TOKENS}/Promote`, {}, ON_ACCOUNTS);
    setShown(undefined);
    toast.good("The secondary token is the auth token now. The old one does not work any more.");
  };
  const remove = async (): Promise<void> => {
    await api.delete(`${TOKENS}/Secondary`, ON_ACCOUNTS);
    setShown(undefined);
    toast.good("The secondary token does not work any more.");
  };
  const ask = (question: Question) => (): void => {
    setError(undefined);
    setAsks(question);
  };
  const isMain = selected.sid === account.sid;
  return (
    <Card title="Auth token">
      <Stack>
        {shown === undefined ? (
          <p className={styles.soft}>It is not on this page until you ask for it. API keys are better for programs.</p>
        ) : (
          <SecretCard title={shown.title} secret={shown.token} note={shown.note} />
        )}
        <ErrorNote error={error} />
        <Row>
          {shown === undefined ? (
            <Button onPress={ask("show")}>Show the auth token</Button>
          ) : (
            <Button onPress={() => setShown(undefined)}>Hide it</Button>
          )}
        </Row>
        {isMain ? (
          <>
            <p className={styles.soft}>To change it without stopping anything:</p>
            <ol className={styles.steps}>
              <li>
                <Button size="s" onPress={ask("secondary")}>
                  Make a secondary token
                </Button>{" "}
                and give it to your programs. Both work meanwhile.
              </li>
              <li>
                <Button size="s" onPress={ask("promote")}>
                  Promote it
                </Button>{" "}
                once nobody uses the old one.
              </li>
              <li>
                Or{" "}
                <Button size="s" tone="quiet" onPress={ask("remove")}>
                  take the secondary one back
                </Button>
              </li>
            </ol>
          </>
        ) : (
          <p className={styles.soft}>Tokens of subaccounts are not rotated by themselves; use API keys.</p>
        )}
      </Stack>
      <ConfirmDialog
        isOpen={asks === "show"}
        onClose={() => setAsks(undefined)}
        title="Show the auth token?"
        confirm="Show it"
        onConfirm={show}
      >
        Make sure that nobody looks over your shoulder or records your screen.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === "secondary"}
        onClose={() => setAsks(undefined)}
        title="Make a secondary token?"
        confirm="Make it"
        onConfirm={makeSecondary}
      >
        One that there is already stops working, and is replaced.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === "promote"}
        onClose={() => setAsks(undefined)}
        title="Promote the secondary token?"
        confirm="Promote it"
        tone="danger"
        typed="promote"
        onConfirm={promote}
      >
        The auth token of now stops working at once, and signatures of webhooks are made with the new one.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === "remove"}
        onClose={() => setAsks(undefined)}
        title="Take the secondary token back?"
        confirm="Take it back"
        tone="danger"
        onConfirm={remove}
      >
        Programs that use it already are refused at once.
      </ConfirmDialog>
    </Card>
  );
}

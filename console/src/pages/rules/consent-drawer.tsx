import { useState } from "react";
import { api, askAgain, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  ConfirmDialog,
  CopyText,
  Drawer,
  KeyValues,
  Link,
  ListTimeline,
  Row,
  Section,
  Stack,
  toast,
} from "../../ui/index.ts";
import type { Consent } from "./rules.ts";
import styles from "./rules.module.css";

const PATH = "/trunkline/v1/OptOuts";

/** Whether somebody may be written to. */
export function ConsentBadge({ state }: Pick<Consent, "state">) {
  return (
    <Badge tone={state === "opted-out" ? "bad" : "good"} hasDot>
      {state === "opted-out" ? "opted out" : "opted in"}
    </Badge>
  );
}

/** Props of the drawer. */
export interface ConsentDrawerProps {
  readonly consent: Consent;
  readonly canWrite: boolean;
  readonly onClose: () => void;
}

/** What is known of one recipient's consent, with every change of it. */
export function ConsentDrawer({ consent, canWrite, onClose }: ConsentDrawerProps) {
  const [asks, setAsks] = useState(false);
  const history = usePages<Consent>(`${PATH}/${consent.sid}/History`, "changes");
  return (
    <Drawer isOpen onClose={onClose} title={consent.recipient}>
      <Stack gap="l">
        <KeyValues
          items={[
            { key: "State", value: <ConsentBadge state={consent.state} /> },
            { key: "Of", value: <CopyText>{consent.scope}</CopyText> },
            { key: "Written to from", value: consent.number ?? "–" },
          ]}
        />
        <Section title="What happened" subtitle="The newest first">
          <ListTimeline
            list={history}
            item={(change) => ({
              at: change.date_changed,
              tone: change.state === "opted-out" ? "bad" : "good",
              title: change.state === "opted-out" ? "Opted out" : "Opted in",
              children: <How change={change} />,
            })}
          />
        </Section>
        {canWrite && consent.state === "opted-out" && (
          <Row>
            <Button onPress={() => setAsks(true)}>Opt in again</Button>
          </Row>
        )}
      </Stack>
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={`Write to ${consent.recipient} again?`}
        confirm="Opt in again"
        onConfirm={async () => {
          await api.delete(`${PATH}/${consent.sid}`);
          askAgain(PATH);
          toast.good(`${consent.recipient} may be written to again.`);
          onClose();
        }}
      >
        Only if they have said so in another way, by telephone or on a form. Who did this is noted.
      </ConfirmDialog>
    </Drawer>
  );
}

function How({ change }: { readonly change: Consent }) {
  return (
    <span className={styles.how}>
      {change.keyword === null ? `By ${change.source}` : `By the word ${change.keyword}`}
      {change.message_sid !== null && (
        <>
          {" in "}
          <Link to={`/messages/${change.message_sid}`}>{change.message_sid}</Link>
        </>
      )}
      {change.actor !== null && ` (${change.actor})`}
    </span>
  );
}

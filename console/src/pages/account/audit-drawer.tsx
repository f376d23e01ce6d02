import { Check, CircleHelp, X } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/index.ts";
import {
  Button,
  Code,
  CopyText,
  Drawer,
  Empty,
  ErrorNote,
  KeyValues,
  Row,
  Section,
  Stack,
  When,
} from "../../ui/index.ts";
import styles from "./account.module.css";
import { type AuditEvent, type AuditProof, changesOf, checkProof, describeType, type ProofFinding } from "./audit.ts";

const AUDIT = "/trunkline/v1/Audit";

/** One change: who made it, what was before and after it, and the proof that it stands in the log. */
export function AuditDrawer({ event, onClose }: { readonly event: AuditEvent; readonly onClose: () => void }) {
  const changes = changesOf(event);
  return (
    <Drawer isOpen onClose={onClose} title={describeType(event.event_type)}>
      <Stack gap="l">
        <KeyValues
          items={[
            { key: "Event", value: <CopyText>{event.sid}</CopyText> },
            { key: "When", value: <When at={event.event_date} /> },
            {
              key: "Of",
              value: event.resource_sid === null ? event.resource_type : <CopyText>{event.resource_sid}</CopyText>,
            },
            { key: "By", value: event.actor_sid === null ? event.actor_type : <CopyText>{event.actor_sid}</CopyText> },
            { key: "Through", value: event.source },
            { key: "From", value: event.source_ip_address, isShown: event.source_ip_address !== null },
            { key: "Note", value: event.description, isShown: event.description !== null },
          ]}
        />
        <Section title="Before and after">
          {changes.length === 0 && <Empty title="No property changed" />}
          <dl className={styles.diff}>
            {changes.map(({ name, before, after }) => (
              <div key={name}>
                <dt>{name.replaceAll("_", " ")}</dt>
                <dd>
                  {before !== undefined && (
                    <span className={styles.before}>
                      <span aria-label="Before">− </span>
                      {before}
                    </span>
                  )}
                  {after !== undefined && (
                    <span className={styles.after}>
                      <span aria-label="After">+ </span>
                      {after}
                    </span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </Section>
        <Section title="Proof" subtitle="Checked by this browser, not by the server.">
          <ProofView event={event} />
        </Section>
      </Stack>
    </Drawer>
  );
}

interface Checked {
  readonly proof: AuditProof;
  readonly finding: ProofFinding;
}

function ProofView({ event }: { readonly event: AuditEvent }) {
  const [checked, setChecked] = useState<Checked>();
  const [error, setError] = useState<unknown>();
  const [isPending, setPending] = useState(false);
  const check = async (): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      const [proof, head] = await Promise.all([
        api.get<AuditProof>(`${AUDIT}/Events/${event.sid}/Proof`),
        api.get<{ public_key: string }>(`${AUDIT}/Head`),
      ]);
      setChecked({ proof, finding: await checkProof(proof, event.sid, head.public_key) });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <Stack>
      <ErrorNote error={error} />
      <Row>
        <Button isPending={isPending} onPress={() => void check()}>
          {checked === undefined ? "Check the proof" : "Check it again"}
        </Button>
      </Row>
      {checked !== undefined && (
        <>
          <ul className={styles.checks}>
            <Finding
              is={checked.finding.isEntry}
              yes="The entry is this event, word for word."
              no="The entry is another."
            />
            <Finding
              is={checked.finding.isInLog}
              yes={`It is number ${checked.proof.index + 1} of ${checked.proof.size} in the log of ${checked.proof.cell}.`}
              no="It is not in the log."
            />
            <Finding
              is={checked.finding.isSigned}
              yes="The cell has signed the log as it is."
              no="The signature of the log is wrong."
            />
          </ul>
          <Code language="entry" wraps>
            {checked.proof.entry}
          </Code>
        </>
      )}
    </Stack>
  );
}

function Finding({ is, yes, no }: { readonly is: boolean | undefined; readonly yes: string; readonly no: string }) {
  return (
    <li className={styles.check}>
      {is === undefined ? (
        <CircleHelp size={18} aria-hidden="true" />
      ) : is ? (
        <Check size={18} color="var(--good-text)" aria-hidden="true" />
      ) : (
        <X size={18} color="var(--bad-text)" aria-hidden="true" />
      )}
      <span>{is === undefined ? "This browser cannot check the signature." : is ? yes : no}</span>
    </li>
  );
}

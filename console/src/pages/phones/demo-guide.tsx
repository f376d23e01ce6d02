import { Check, X } from "lucide-react";
import { useState } from "react";
import { api, useApiChange, useCan } from "../../api/index.ts";
import { Button, classes, ErrorNote, go, IconButton } from "../../ui/index.ts";
import { demoSteps, type DemoStep, UNREACHABLE_PHONE } from "./demo-steps.ts";
import styles from "./demo-guide.module.css";
import type { OwnNumber, PhoneSummary } from "./phone-data.ts";
import { CHANGES, useLastMessages } from "./use-phones.ts";

const KEY = "trunkline.demo-guide";

/** Props of the guide. */
export interface DemoGuideProps {
  readonly phones: readonly PhoneSummary[];
  readonly numbers: readonly OwnNumber[];
  /** Puts the cursor where one texts the phone, or types on it. */
  readonly onType: (way: "from-phone" | "to-phone") => void;
  readonly onWebhook: () => void;
}

/** The steps of the demo above a thread, until they are done or put away. */
export function DemoGuide({ phones, numbers, onType, onWebhook }: DemoGuideProps) {
  const [isAway, setAway] = useState(() => localStorage.getItem(KEY) === "away");
  const messages = useLastMessages(!isAway);
  const steps = demoSteps({ phones, numbers, messages });
  const next = steps.find(({ isDone }) => !isDone);
  if (isAway || next === undefined) return null;
  return (
    <aside className={styles.guide} aria-label="First steps">
      <div className={styles.line}>
        <ol className={styles.steps}>
          {steps.map((step) => (
            <Step key={step.id} step={step} isCurrent={step === next} />
          ))}
        </ol>
        <IconButton
          label="Put the first steps away"
          size="s"
          icon={<X size={14} />}
          onPress={() => {
            localStorage.setItem(KEY, "away");
            setAway(true);
          }}
        />
      </div>
      <div className={styles.line}>
        <p className={styles.hint}>{next.hint}</p>
        {next.id === "send" && <Act text="Text the phone" onPress={() => onType("to-phone")} />}
        {next.id === "answer" && <Act text="Type on the phone" onPress={() => onType("from-phone")} />}
        {next.id === "webhook" && <Act text="Connect an app" onPress={onWebhook} />}
        {next.id === "reply" && <Act text="Type on the phone" onPress={() => onType("from-phone")} />}
        {next.id === "break" && <BreakOne from={numbers[0]?.phone_number} />}
      </div>
    </aside>
  );
}

function Step({ step, isCurrent }: { readonly step: DemoStep; readonly isCurrent: boolean }) {
  return (
    <li className={classes(styles.step, step.isDone && styles.done)} aria-current={isCurrent ? "step" : undefined}>
      <span className={styles.mark} aria-hidden="true">
        {step.isDone ? <Check size={13} strokeWidth={3} /> : step.number}
      </span>
      <span>
        {step.title}
        {step.isDone && <span className={styles.hidden}> (done)</span>}
      </span>
    </li>
  );
}

function Act({ text, onPress }: { readonly text: string; readonly onPress: () => void }) {
  return (
    <Button size="s" tone="primary" onPress={onPress}>
      {text}
    </Button>
  );
}

/** Sends the text that fails, and leads to its page. */
function BreakOne({ from }: { readonly from: string | undefined }) {
  const maySend = useCan("messages.write");
  const sending = useApiChange<void, { readonly sid: string }>(
    () => api.post(CHANGES.messages, { To: UNREACHABLE_PHONE, From: from, Body: "Does this arrive?" }),
    {
      invalidates: [CHANGES.phones, CHANGES.messages],
      onDone: ({ sid }) => go(`/messages/${sid}`),
    },
  );
  return (
    <>
      <ErrorNote error={sending.error} />
      <Button
        size="s"
        tone="primary"
        isPending={sending.isPending}
        isDisabled={from === undefined || !maySend}
        onPress={() => sending.run()}
      >
        Send one that fails
      </Button>
    </>
  );
}

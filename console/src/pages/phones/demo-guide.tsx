import { Check, X } from "lucide-react";
import { useState } from "react";
import { Button, classes, IconButton } from "../../ui/index.ts";
import type { DemoStep } from "./demo-steps.ts";
import styles from "./demo-guide.module.css";

const KEY = "trunkline.demo-guide";

/** Props of the guide. */
export interface DemoGuideProps {
  readonly steps: readonly DemoStep[];
  readonly onAnswer: () => void;
  readonly onWebhook: () => void;
}

/** The steps of the demo above a thread, until they are done or put away. */
export function DemoGuide({ steps, onAnswer, onWebhook }: DemoGuideProps) {
  const [isAway, setAway] = useState(() => localStorage.getItem(KEY) === "away");
  const next = steps.find(({ isDone }) => !isDone);
  if (isAway || next === undefined) return null;
  return (
    <aside className={styles.guide} aria-label="First steps">
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li
            key={step.id}
            className={classes(styles.step, step.isDone && styles.done)}
            aria-current={step === next ? "step" : undefined}
          >
            <span className={styles.mark} aria-hidden="true">
              {step.isDone ? <Check size={13} strokeWidth={3} /> : step.number}
            </span>
            <span>
              {step.title}
              {step.isDone && <span className={styles.hidden}> (done)</span>}
            </span>
          </li>
        ))}
      </ol>
      {next.id === "answer" && (
        <Button size="s" tone="primary" onPress={onAnswer}>
          Type on the phone
        </Button>
      )}
      {next.id === "webhook" && (
        <Button size="s" tone="primary" onPress={onWebhook}>
          Set a webhook
        </Button>
      )}
      <IconButton
        label="Put the first steps away"
        size="s"
        icon={<X size={14} />}
        onPress={() => {
          localStorage.setItem(KEY, "away");
          setAway(true);
        }}
      />
    </aside>
  );
}

import { CircleCheck, CircleX, FlaskConical } from "lucide-react";
import { useState } from "react";
import { api, useApiChange } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, ProgressBar, Stack, type ButtonProps } from "../../ui/index.ts";
import { CARRIERS, shortMs } from "./carrier.ts";
import styles from "./carriers.module.css";

interface Step {
  readonly step: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly took_ms: number;
  readonly detail: string;
}

interface TestResult {
  readonly ok: boolean;
  readonly took_ms: number;
  readonly steps: readonly Step[];
}

const NAMES: Readonly<Record<string, string>> = {
  resolve: "Find the name",
  connect: "Connect",
  tls: "TLS",
  bind: "Bind",
  version: "Version",
  enquire_link: "Sign of life",
  unbind: "Unbind",
  request: "Ask",
  nothing: "Nothing to do",
};

/** What is tried: a known carrier, settings, or settings in place of a known one's. */
export interface TestSubject {
  readonly name?: string;
  readonly carrier?: Readonly<Record<string, unknown>>;
}

/** A button that tries a carrier without giving it traffic, and shows how each step went. */
export function TestButton({
  subject,
  onFailed,
  tone,
}: {
  readonly subject: () => TestSubject;
  /** Told of a refusal, so that a form can show what is wrong with it. */
  readonly onFailed?: (error: unknown) => void;
  readonly tone?: ButtonProps["tone"];
}) {
  const [isOpen, setOpen] = useState(false);
  const test = useApiChange<TestSubject, TestResult>(
    (body) => api.json("POST", { path: `${CARRIERS}/Tests`, body, account: null }),
    { onFailed: (error) => onFailed?.(error) },
  );
  const start = (): void => {
    setOpen(true);
    test.reset();
    test.run(subject());
  };
  return (
    <>
      <Button icon={<FlaskConical size={15} />} onPress={start} {...(tone === undefined ? {} : { tone })}>
        Test
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Test of the carrier"
        size="l"
        actions={
          <>
            <Button onPress={start} isPending={test.isPending}>
              Try again
            </Button>
            <Button tone="primary" onPress={() => setOpen(false)}>
              Close
            </Button>
          </>
        }
      >
        <Stack>
          {test.isPending && <ProgressBar label="Trying, for ten seconds at most" />}
          <ErrorNote error={test.error} />
          {test.data !== undefined && <Steps result={test.data} />}
        </Stack>
      </Dialog>
    </>
  );
}

function Steps({ result }: { readonly result: TestResult }) {
  return (
    <>
      <p role="status">
        {result.ok ? "Everything worked. No traffic was taken." : "It does not work yet. The last step says why."}
      </p>
      <ol className={styles.steps}>
        {result.steps.map(({ step, outcome, took_ms: tookMs, detail }, index) => (
          <li key={index} className={styles.step} data-outcome={outcome}>
            {outcome === "failed" ? (
              <CircleX size={16} aria-label="failed" />
            ) : (
              <CircleCheck size={16} aria-label="passed" />
            )}
            <span className={styles.stepName}>{NAMES[step] ?? step}</span>
            <span className={styles.stepDetail}>{detail}</span>
            <small>{shortMs(tookMs)}</small>
          </li>
        ))}
      </ol>
    </>
  );
}

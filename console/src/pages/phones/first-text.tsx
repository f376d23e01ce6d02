import { Send, Smartphone } from "lucide-react";
import { useMemo, useState } from "react";
import { api, useApiChange } from "../../api/index.ts";
import { describeText } from "../../sms/index.ts";
import { Button, Card, ErrorNote, Form, Link, Select, TextArea, TextField } from "../../ui/index.ts";
import { formatNumber, numberFault, type OwnNumber, plainNumber } from "./phone-data.ts";
import { STEP_TITLES } from "./demo-steps.ts";
import styles from "./first-text.module.css";
import { SegmentMeter } from "./segment-meter.tsx";
import { CHANGES } from "./use-phones.ts";

const FIRST_PHONE = "+15551234567";

/** Props of the first text. */
export interface FirstTextProps {
  readonly numbers: readonly OwnNumber[];
  /** The numbers are still on their way. */
  readonly isLoading: boolean;
  readonly onSent: (phone: string) => void;
}

/** Where no phone has a text yet: the first of the steps. */
export function FirstText(props: FirstTextProps) {
  return (
    <div className={styles.ground}>
      <div className={styles.column}>
        <div className={styles.sign} aria-hidden="true">
          <Smartphone size={26} />
        </div>
        <h2 className={styles.title}>Your first text, in a minute</h2>
        <p className={styles.text}>
          These phones are simulated: every number in the world has one, and nothing leaves this machine.
        </p>
        <ol className={styles.steps}>
          {STEP_TITLES.map((step, index) => (
            <li key={step} className={styles.step} aria-current={index === 0 ? "step" : undefined}>
              <span className={styles.digit}>{index + 1}</span>
              {step}
            </li>
          ))}
        </ol>
        <Card>
          <FirstForm {...props} />
        </Card>
      </div>
    </div>
  );
}

function FirstForm({ numbers, isLoading, onSent }: FirstTextProps) {
  const [to, setTo] = useState(FIRST_PHONE);
  const [from, setFrom] = useState<string>();
  const [body, setBody] = useState("Hello from Trunkline");
  const description = useMemo(() => describeText(body), [body]);
  const sender = from ?? numbers[0]?.phone_number ?? "";
  const fault = numberFault(to);
  const send = useApiChange(() => api.post(CHANGES.messages, { To: plainNumber(to), From: sender, Body: body }), {
    invalidates: [CHANGES.phones, CHANGES.messages],
    onDone: () => onSent(plainNumber(to)),
  });
  return (
    <Form label="First text" onSubmit={() => (fault === undefined ? send.run() : undefined)}>
      <div className={styles.pair}>
        <Select
          label="From your number"
          options={numbers.map(({ phone_number }) => ({ value: phone_number, label: formatNumber(phone_number) }))}
          value={sender}
          onChange={setFrom}
          placeholder="No number yet"
        />
        <TextField label="To the phone" value={to} onChange={setTo} type="tel" error={fault} />
      </div>
      <TextArea label="Text" value={body} onChange={setBody} rows={2} />
      <SegmentMeter text={description} />
      <ErrorNote error={send.error} />
      {!isLoading && numbers.length === 0 && (
        <p>
          This account has no number to send from yet. <Link to="/numbers">Get one</Link>
        </p>
      )}
      <Button
        type="submit"
        tone="primary"
        icon={<Send size={15} />}
        isPending={send.isPending}
        isDisabled={sender === "" || body === "" || fault !== undefined}
      >
        Send it
      </Button>
    </Form>
  );
}

import { useState } from "react";
import { api, useApi, useApiChange, useSession } from "../../api/index.ts";
import { Button, Checkbox, Dialog, Form, Row, Select, Stack, TextField, toast } from "../../ui/index.ts";
import { type AlertRule, kindsOf, METRICS, RULES } from "./rules.ts";

interface OwnNumbers {
  readonly incoming_phone_numbers: readonly { readonly phone_number: string }[];
}

/** Makes a rule. What it does not ask for is as usual; the API takes more. */
export function RuleDialog({ onClose }: { readonly onClose: () => void }) {
  const { isOperator } = useSession();
  const [metric, setMetric] = useState("within_5s");
  const [kind, setKind] = useState<AlertRule["kind"]>("threshold");
  const [side, setSide] = useState("below");
  const [all, setAll] = useState(false);
  const [from, setFrom] = useState("");
  const numbers = useApi<OwnNumbers>("/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json");
  const senders =
    numbers.data?.incoming_phone_numbers.map(({ phone_number: value }) => ({ value, label: value })) ?? [];
  const make = useApiChange((fields: Readonly<Record<string, string | undefined>>) => api.post(RULES, fields), {
    invalidates: [RULES],
  });
  const kinds = kindsOf(metric);
  const chosen = kinds.some(({ value }) => value === kind) ? kind : "threshold";
  const save = async (values: Readonly<Record<string, string>>): Promise<void> => {
    const given = (name: string): string | undefined => values[name]?.trim() || undefined;
    await make.runAsync({
      FriendlyName: given("FriendlyName"),
      Metric: metric,
      Kind: chosen,
      Comparison: chosen === "threshold" ? side : undefined,
      Threshold: given("Threshold"),
      Target: given("Target"),
      AbsentFor: given("AbsentFor"),
      Scope: all ? "all" : undefined,
      WebhookUrls: given("WebhookUrls"),
      Emails: given("Emails"),
      Texts: given("Texts"),
      TextFrom: given("Texts") === undefined ? undefined : from || senders[0]?.value,
    });
    toast.good("From now on it is watched.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="New rule" size="l">
      <Form onSubmit={save}>
        <Stack>
          <TextField label="Name" name="FriendlyName" placeholder="Slow deliveries" isRequired />
          <Row>
            <Select label="When" options={METRICS} value={metric} onChange={setMetric} />
            <Select label="it" options={kinds} value={chosen} onChange={setKind} />
          </Row>
          {chosen === "threshold" && (
            <Row>
              <Select
                label="Side"
                options={[
                  { value: "below", label: "below" },
                  { value: "above", label: "above" },
                ]}
                value={side}
                onChange={setSide}
              />
              <TextField
                label="Limit"
                name="Threshold"
                placeholder="0.95"
                description="Shares from 0 to 1. In three of five minutes."
                isRequired
                isMono
              />
            </Row>
          )}
          {chosen === "burn-rate" && (
            <TextField
              label="Promised share"
              name="Target"
              placeholder="0.95"
              description="Fires when the failures of an hour and of five minutes would use up a month's budget 14.4 times too fast."
              isRequired
              isMono
            />
          )}
          {chosen === "absence" && (
            <TextField label="Seconds without any" name="AbsentFor" defaultValue="900" isRequired isMono />
          )}
          {isOperator && (
            <Checkbox isSelected={all} onChange={setAll}>
              Of all accounts together
            </Checkbox>
          )}
          <TextField label="Webhook" name="WebhookUrls" type="url" placeholder="https://…" />
          <TextField label="E-mail" name="Emails" type="email" />
          <Row>
            <TextField label="Text to" name="Texts" type="tel" placeholder="+15551234567" />
            {senders.length > 0 && (
              <Select label="From" options={senders} value={from || (senders[0]?.value ?? "")} onChange={setFrom} />
            )}
          </Row>
          <Button type="submit" tone="primary">
            Watch it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

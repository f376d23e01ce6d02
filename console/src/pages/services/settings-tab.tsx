import { useState } from "react";
import { api, askAgain, useCan } from "../../api/index.ts";
import { Button, Card, Form, Grid, NumberField, Row, Select, Stack, Switch, TextField, toast } from "../../ui/index.ts";
import { ON_MESSAGING, type Service, SERVICES, SWITCHES } from "./service.ts";
import styles from "./services.module.css";
import { USECASES } from "./usecases.ts";

const METHODS = [
  { value: "POST", label: "POST" },
  { value: "GET", label: "GET" },
];
const SCANS = [
  { value: "inherit", label: "As the account" },
  { value: "enable", label: "Yes" },
  { value: "disable", label: "No" },
];
const MAX_VALIDITY_SECONDS = 36_000;

/** How a service behaves. */
export function SettingsTab({ service }: { readonly service: Service }) {
  const canWrite = useCan("services.write");
  const [choices, setChoices] = useState<Readonly<Record<string, string | boolean | number>>>({});
  const choose = (name: string) => (value: string | boolean | number) => setChoices({ ...choices, [name]: value });
  const textOf = (name: string, now: string): string => String(choices[name] ?? now);
  const save = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    const { Validity: _, ...named } = fields;
    await api.post(`${SERVICES}/${service.sid}`, { ...named, ...choices }, ON_MESSAGING);
    askAgain(SERVICES);
    toast.good("Saved.");
  };
  return (
    <Form onSubmit={save}>
      <Stack>
        <Grid min="l">
          <Card title="What it is">
            <Stack>
              <TextField label="Name" name="FriendlyName" defaultValue={service.friendly_name} isDisabled={!canWrite} />
              <Select
                label="What it is for"
                options={USECASES}
                value={textOf("Usecase", service.usecase)}
                onChange={choose("Usecase")}
                isDisabled={!canWrite}
              />
              <NumberField
                label="A message is given up after"
                value={Number(choices["ValidityPeriod"] ?? service.validity_period)}
                onChange={(seconds) => choose("ValidityPeriod")(seconds ?? MAX_VALIDITY_SECONDS)}
                min={1}
                max={MAX_VALIDITY_SECONDS}
                unit="s"
                isDisabled={!canWrite}
              />
              <Select
                label="Look into the words of messages"
                options={SCANS}
                value={textOf("ScanMessageContent", service.scan_message_content)}
                onChange={choose("ScanMessageContent")}
                isDisabled={!canWrite}
              />
            </Stack>
          </Card>
          <Card title="Your program">
            <Stack>
              <UrlRow
                label="When a text comes in"
                name="InboundRequestUrl"
                url={service.inbound_request_url}
                method={textOf("InboundMethod", service.inbound_method)}
                onMethod={choose("InboundMethod")}
                isDisabled={!canWrite}
              />
              <UrlRow
                label="When that fails"
                name="FallbackUrl"
                url={service.fallback_url}
                method={textOf("FallbackMethod", service.fallback_method)}
                onMethod={choose("FallbackMethod")}
                isDisabled={!canWrite}
              />
              <TextField
                label="Status callback"
                name="StatusCallback"
                type="url"
                placeholder="https://…"
                defaultValue={service.status_callback ?? ""}
                isDisabled={!canWrite}
                isMono
              />
            </Stack>
          </Card>
        </Grid>
        <Card title="How senders are chosen and texts are sent">
          <div className={styles.switches}>
            {SWITCHES.map(({ field, parameter, label, hint }) => (
              <Switch
                key={parameter}
                isSelected={Boolean(choices[parameter] ?? service[field])}
                onChange={choose(parameter)}
                isDisabled={!canWrite}
              >
                {label}
                <small className={styles.hint}>{hint}</small>
              </Switch>
            ))}
          </div>
        </Card>
        {canWrite && (
          <Row>
            <Button type="submit" tone="primary">
              Save
            </Button>
          </Row>
        )}
      </Stack>
    </Form>
  );
}

interface UrlRowProps {
  readonly label: string;
  readonly name: string;
  readonly url: string | null;
  readonly method: string;
  readonly onMethod: (method: string) => void;
  readonly isDisabled: boolean;
}

function UrlRow({ label, name, url, method, onMethod, isDisabled }: UrlRowProps) {
  return (
    <div className={styles.url}>
      <TextField
        label={label}
        name={name}
        type="url"
        placeholder="https://…"
        defaultValue={url ?? ""}
        isDisabled={isDisabled}
        isMono
      />
      <Select
        label={`${label}: method`}
        hidesLabel
        options={METHODS}
        value={method}
        onChange={onMethod}
        isDisabled={isDisabled}
      />
    </div>
  );
}

import { useState } from "react";
import { api, askAgain, useCan } from "../../api/index.ts";
import { Button, Form, Row, Select, Stack, TextField, toast } from "../../ui/index.ts";
import type { Webhooks } from "./number.ts";
import styles from "./numbers.module.css";

const METHODS = [
  { value: "POST", label: "POST" },
  { value: "GET", label: "GET" },
];

/** Props of the form. */
export interface WebhooksFormProps {
  /** The path of the number or short code. */
  readonly path: string;
  /** The path of its list, which is asked again. */
  readonly list: string;
  readonly number: Webhooks & { readonly friendly_name: string; readonly status_callback?: string };
  readonly onDone: () => void;
}

/** The name of a number, and who is told of texts to it. */
export function WebhooksForm({ path, list, number, onDone }: WebhooksFormProps) {
  const canWrite = useCan("numbers.write");
  const [method, setMethod] = useState(number.sms_method);
  const [fallbackMethod, setFallbackMethod] = useState(number.sms_fallback_method);
  const save = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(path, { ...fields, SmsMethod: method, SmsFallbackMethod: fallbackMethod });
    askAgain(list);
    toast.good("Saved.");
    onDone();
  };
  return (
    <Form onSubmit={save}>
      <Stack>
        <TextField label="Name" name="FriendlyName" defaultValue={number.friendly_name} isDisabled={!canWrite} />
        <UrlField
          label="When a text comes in"
          name="SmsUrl"
          url={number.sms_url}
          description="Your app is asked here and answers with TwiML."
          isDisabled={!canWrite}
          method={method}
          onMethod={setMethod}
        />
        <UrlField
          label="When that fails"
          name="SmsFallbackUrl"
          url={number.sms_fallback_url}
          description="Asked in its place when it does not answer or answers with an error."
          isDisabled={!canWrite}
          method={fallbackMethod}
          onMethod={setFallbackMethod}
        />
        {number.status_callback !== undefined && (
          <UrlField
            label="Status callback"
            name="StatusCallback"
            url={number.status_callback}
            description="Told how messages from this number go on, unless a message has its own."
            isDisabled={!canWrite}
          />
        )}
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

interface UrlFieldProps {
  readonly label: string;
  readonly name: string;
  readonly url: string | null;
  readonly description: string;
  readonly isDisabled: boolean;
  readonly method?: string;
  readonly onMethod?: (method: string) => void;
}

function UrlField({ url, method, onMethod, ...props }: UrlFieldProps) {
  const field = <TextField {...props} type="url" defaultValue={url ?? ""} placeholder="https://…" isMono />;
  if (method === undefined || onMethod === undefined) return field;
  return (
    <div className={styles.urlRow}>
      {field}
      <Select label="Method" options={METHODS} value={method} onChange={onMethod} isDisabled={props.isDisabled} />
    </div>
  );
}

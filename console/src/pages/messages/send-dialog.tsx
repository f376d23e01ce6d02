import { useState } from "react";
import { api, useApi, useApiChange } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, Form, go, Row, Select, Stack, TextArea, TextField, toast } from "../../ui/index.ts";
import { describeText } from "../../sms/index.ts";
import type { ApiMessage } from "./message-data.ts";
import styles from "./messages.module.css";

const MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const INTENTS = ["otp", "security", "notifications", "customercare", "delivery", "events", "marketing"];

interface OwnNumber {
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly capabilities: { readonly sms?: boolean };
}

interface Service {
  readonly sid: string;
  readonly friendly_name: string;
}

/** Sends a message, as an app would. */
export function SendDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Send a message" size="l">
      <SendForm onClose={onClose} />
    </Dialog>
  );
}

function SendForm({ onClose }: { readonly onClose: () => void }) {
  const senders = useSenders();
  const [from, setFrom] = useState<string>();
  const [body, setBody] = useState("");
  const [sendAt, setSendAt] = useState("");
  const [intent, setIntent] = useState("");
  const chosen = from ?? senders.options[0]?.value ?? "";
  const isService = chosen.startsWith("MG");
  const send = useApiChange(
    (values: Readonly<Record<string, string>>) =>
      api.post<ApiMessage>(MESSAGES, {
        To: values["to"]?.replace(/[\s()-]/g, ""),
        ...(isService ? { MessagingServiceSid: chosen } : { From: chosen }),
        Body: body,
        MediaUrl: filled(values["media"]),
        StatusCallback: filled(values["callback"]),
        MessageIntent: filled(intent),
        ...(sendAt === "" ? {} : { SendAt: new Date(sendAt).toISOString(), ScheduleType: "fixed" }),
      }),
    {
      invalidates: [MESSAGES],
      onDone: ({ sid, to, status }) => {
        toast.good(`The message to ${to} is ${status}.`);
        onClose();
        go(`/messages/${sid}`);
      },
    },
  );
  const cut = describeText(body);
  return (
    <Form onSubmit={(values) => send.run(values)} error={send.error} label="Message">
      <ErrorNote error={senders.error} />
      <div className={styles.twoFields}>
        <TextField label="To" name="to" placeholder="+15551234567" isRequired />
        {senders.options.length === 0 && !senders.isLoading ? (
          <TextField label="From" value={chosen} onChange={setFrom} isRequired />
        ) : (
          <Select label="From" options={senders.options} value={chosen} onChange={setFrom} />
        )}
      </div>
      <TextArea label="Text" value={body} onChange={setBody} rows={4} isRequired />
      <p className={styles.soft}>{segmentLine(body, cut)}</p>
      <MoreFields isService={isService} intent={intent} onIntent={setIntent} sendAt={sendAt} onSendAt={setSendAt} />
      <Row>
        <Button type="submit" tone="primary" isPending={send.isPending}>
          {sendAt === "" ? "Send" : "Schedule"}
        </Button>
        <Button onPress={onClose}>Cancel</Button>
      </Row>
    </Form>
  );
}

interface MoreFieldsProps {
  readonly isService: boolean;
  readonly intent: string;
  readonly onIntent: (intent: string) => void;
  readonly sendAt: string;
  readonly onSendAt: (sendAt: string) => void;
}

function MoreFields({ isService, intent, onIntent, sendAt, onSendAt }: MoreFieldsProps) {
  return (
    <details className={styles.more}>
      <summary>More</summary>
      <Stack>
        <div className={styles.twoFields}>
          <Select
            label="Intent"
            value={intent}
            onChange={onIntent}
            options={[{ value: "", label: "Not said" }, ...INTENTS.map((value) => ({ value, label: value }))]}
          />
          <TextField
            label="Send at"
            type="datetime-local"
            value={sendAt}
            onChange={onSendAt}
            isDisabled={!isService}
            description={isService ? "5 minutes to 35 days from now." : "Needs a Messaging Service as sender."}
          />
        </div>
        <TextField label="Status callback" name="callback" placeholder="https://…" type="url" />
        <TextField label="Media URL" name="media" placeholder="https://…" type="url" />
      </Stack>
    </details>
  );
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}

function segmentLine(body: string, cut: ReturnType<typeof describeText>): string {
  if (body === "") return "Up to 160 characters are one segment.";
  const { segments, encoding } = cut;
  return `${segments} ${segments === 1 ? "segment" : "segments"}, ${encoding}, ${body.length} characters`;
}

function useSenders() {
  const numbers = useApi<{ readonly incoming_phone_numbers: readonly OwnNumber[] }>(
    "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
    { query: { PageSize: "100" } },
  );
  const services = useApi<{ readonly services: readonly Service[] }>("/v1/Services", { product: "messaging" });
  const options = [
    ...(numbers.data?.incoming_phone_numbers ?? [])
      .filter(({ capabilities }) => capabilities.sms !== false)
      .map((number) => ({ value: number.phone_number, label: number.phone_number, description: number.friendly_name })),
    ...(services.data?.services ?? []).map((service) => ({
      value: service.sid,
      label: service.friendly_name,
      description: "Messaging Service",
    })),
  ];
  return { options, isLoading: numbers.isPending, error: numbers.error };
}

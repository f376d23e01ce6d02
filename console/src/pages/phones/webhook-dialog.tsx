import { useState } from "react";
import { api, useApiChange } from "../../api/index.ts";
import { Button, Code, Dialog, ErrorNote, Form, Select, TextField, toast } from "../../ui/index.ts";
import { formatNumber, type OwnNumber } from "./phone-data.ts";
import { CHANGES } from "./use-phones.ts";

/** Props of the dialog. */
export interface WebhookDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly numbers: readonly OwnNumber[];
}

const EXAMPLE_URL = "http://127.0.0.1:3000/sms";
/** A whole app in one line: what a text says is in the field Body, and the reply is TwiML. */
const EXAMPLE_APP = `node -e '
  require("node:http").createServer((request, response) => {
    let form = "";
    request.on("data", (part) => { form += part; });
    request.on("end", () => {
      const text = new URLSearchParams(form).get("Body").replace(/[<&]/g, "");
      response.setHeader("Content-Type", "text/xml");
      response.end("<Response><Message>You said: " + text + "</Message></Response>");
    });
  }).listen(3000)
'`;

/** Where a number's texts go: the URL of an app. */
export function WebhookDialog({ isOpen, onClose, numbers }: WebhookDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Where do texts to your number go?" size="l">
      <WebhookForm numbers={numbers} onClose={onClose} />
    </Dialog>
  );
}

function WebhookForm({ numbers, onClose }: Omit<WebhookDialogProps, "isOpen">) {
  const [sid, setSid] = useState(numbers[0]?.sid ?? "");
  const number = numbers.find((one) => one.sid === sid);
  const [url, setUrl] = useState<string>();
  const shown = url ?? (number?.sms_url || EXAMPLE_URL);
  const change = useApiChange(
    () => api.post(CHANGES.numbers.replace(".json", `/${sid}.json`), { SmsUrl: shown, SmsMethod: "POST" }),
    {
      invalidates: [CHANGES.numbers],
      onDone: () => {
        toast.good(`Texts to ${formatNumber(number?.phone_number ?? "")} go to ${shown}.`);
        onClose();
      },
    },
  );
  return (
    <Form onSubmit={() => change.run()} label="Webhook">
      <p>
        When a phone texts your number, Trunkline asks this URL, signed like the original. The TwiML that it answers is
        the reply.
      </p>
      <Select
        label="Your number"
        options={numbers.map((one) => ({
          value: one.sid,
          label: formatNumber(one.phone_number),
          description: one.sms_url === "" || one.sms_url === null ? "no webhook yet" : one.sms_url,
        }))}
        value={sid}
        onChange={(next) => {
          setSid(next);
          setUrl(undefined);
        }}
      />
      <TextField label="URL of your app" value={shown} onChange={setUrl} type="url" isMono autoComplete="off" />
      <details>
        <summary>I have no app yet: one to paste into a terminal</summary>
        <Code language="An app that answers">{EXAMPLE_APP}</Code>
      </details>
      <ErrorNote error={change.error} />
      <div>
        <Button type="submit" tone="primary" isPending={change.isPending} isDisabled={sid === "" || shown === ""}>
          Set the webhook
        </Button>
      </div>
    </Form>
  );
}

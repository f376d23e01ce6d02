import { useState } from "react";
import { api, useApiChange } from "../../api/index.ts";
import { Button, Card, Code, Dialog, ErrorNote, Form, Select, Stack, TextField, toast } from "../../ui/index.ts";
import { useEchoApp } from "./echo-app.ts";
import { formatNumber, type OwnNumber } from "./phone-data.ts";
import { CHANGES } from "./use-phones.ts";

/** Props of the dialog. */
export interface WebhookDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The webhook is set: now something can be tried. */
  readonly onSet: () => void;
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
export function WebhookDialog({ isOpen, onClose, ...form }: WebhookDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Where do texts to your number go?" size="l">
      <WebhookForm {...form} />
    </Dialog>
  );
}

function WebhookForm({ numbers, onSet }: Pick<WebhookDialogProps, "numbers" | "onSet">) {
  const [sid, setSid] = useState(numbers[0]?.sid ?? "");
  const number = numbers.find((one) => one.sid === sid);
  const echo = useEchoApp();
  const [url, setUrl] = useState<string>();
  const shown = url ?? (number?.sms_url || EXAMPLE_URL);
  const change = useApiChange(
    (to: string) => api.post(CHANGES.numbers.replace(".json", `/${sid}.json`), { SmsUrl: to, SmsMethod: "POST" }),
    {
      invalidates: [CHANGES.numbers],
      onDone: () => {
        toast.good("Your app is connected.");
        onSet();
      },
    },
  );
  return (
    <Form onSubmit={() => change.run(shown)} label="Webhook">
      <p>
        When a phone texts your number, Trunkline sends the text to the URL of your app, and what the app answers goes
        back to the phone. This is called a webhook.
      </p>
      <Select
        label="Your number"
        options={numbers.map((one) => ({
          value: one.sid,
          label: formatNumber(one.phone_number),
          description: one.sms_url === "" || one.sms_url === null ? "no app yet" : one.sms_url,
        }))}
        value={sid}
        onChange={(next) => {
          setSid(next);
          setUrl(undefined);
        }}
      />
      {echo !== undefined && (
        <Card>
          <Stack gap="s">
            <p>
              <strong>No app yet?</strong> One is built in. It answers every text with “You said: …”.
            </p>
            <div>
              <Button
                tone="primary"
                isPending={change.isPending}
                isDisabled={sid === ""}
                onPress={() => change.run(echo)}
              >
                Use the built-in echo app
              </Button>
            </div>
          </Stack>
        </Card>
      )}
      <TextField label="URL of your app" value={shown} onChange={setUrl} type="url" isMono autoComplete="off" />
      <details>
        <summary>An app of your own, to paste into a terminal</summary>
        <Code language="An app that answers">{EXAMPLE_APP}</Code>
      </details>
      <ErrorNote error={change.error} />
      <div>
        <Button
          type="submit"
          {...(echo === undefined ? { tone: "primary" as const } : {})}
          isPending={change.isPending}
          isDisabled={sid === "" || shown === ""}
        >
          Set the webhook
        </Button>
      </div>
    </Form>
  );
}

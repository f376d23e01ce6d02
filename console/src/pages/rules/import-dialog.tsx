import { useState } from "react";
import { api, askAgain, useSession } from "../../api/index.ts";
import {
  Button,
  Card,
  Dialog,
  Form,
  formatCount,
  Row,
  SegmentedControl,
  Stack,
  TextArea,
  TextField,
  toast,
} from "../../ui/index.ts";
import { recipientsOf } from "./rules.ts";

interface ImportAnswer {
  readonly changed: number;
  readonly unchanged: number;
  readonly invalid: readonly string[];
}

const PATH = "/trunkline/v1/OptOuts";
const MAX_RECIPIENTS = 10_000;
const SHOWN_INVALID = 5;
type State = "opted-out" | "opted-in";

/** Takes a list of recipients who are not to be written to, or again. */
export function ImportDialog({ scope, onClose }: { readonly scope: string; readonly onClose: () => void }) {
  const { accountSid } = useSession();
  const [state, setState] = useState<State>("opted-out");
  const [text, setText] = useState("");
  const [invalid, setInvalid] = useState<readonly string[]>([]);
  const recipients = recipientsOf(text);
  const take = async ({ Scope }: Readonly<Record<string, string>>): Promise<void> => {
    setInvalid([]);
    const body = { scope: Scope === undefined || Scope === "" ? accountSid : Scope.trim(), state, recipients };
    const answer = await api.json<ImportAnswer>("POST", { path: PATH, body });
    askAgain(PATH);
    toast.good(`${answer.changed} changed, ${answer.unchanged} were so already.`);
    if (answer.invalid.length === 0) onClose();
    else setInvalid(answer.invalid);
  };
  return (
    <Dialog isOpen onClose={onClose} title="Add opt-outs">
      <Form onSubmit={take}>
        <Stack>
          <Row>
            <SegmentedControl<State>
              label="State"
              options={[
                { value: "opted-out", label: "Opt out" },
                { value: "opted-in", label: "Opt in again" },
              ]}
              value={state}
              onChange={setState}
            />
          </Row>
          <TextField
            label="Of which service or number"
            name="Scope"
            defaultValue={scope}
            placeholder="MG… or +1…"
            description="Empty for everything that this account sends."
            isMono
          />
          <TextArea
            label="Recipients"
            rows={8}
            value={text}
            onChange={setText}
            placeholder={"+15551234567\n+447700900123"}
            description={`${formatCount(recipients.length)} so far; one a line, at most ${formatCount(MAX_RECIPIENTS)} at once.`}
            isMono
          />
          {invalid.length > 0 && (
            <Card tone="warn">
              Left out, because no numbers: {invalid.slice(0, SHOWN_INVALID).join(", ")}
              {invalid.length > SHOWN_INVALID && " …"}
            </Card>
          )}
          <Button
            type="submit"
            tone="primary"
            isDisabled={recipients.length === 0 || recipients.length > MAX_RECIPIENTS}
          >
            {state === "opted-out" ? "Opt them out" : "Opt them in"}
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

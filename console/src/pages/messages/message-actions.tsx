import { Ban, Eraser, Terminal, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, askAgain, useCan, useSession } from "../../api/index.ts";
import { Button, Code, ConfirmDialog, Dialog, go, toast } from "../../ui/index.ts";
import { curlOf } from "./curl.ts";
import { type ApiMessage, isFinal } from "./message-data.ts";

type Asked = "cancel" | "redact" | "delete" | "curl";

/** What can be done with a message. */
export function MessageActions({ message }: { readonly message: ApiMessage }) {
  const mayWrite = useCan("messages.write");
  const [asked, setAsked] = useState<Asked>();
  const isWaiting = message.status === "scheduled" || message.status === "queued" || message.status === "accepted";
  const isDone = isFinal(message.status) || message.status === "sent";
  return (
    <>
      <Button size="s" icon={<Terminal size={14} />} onPress={() => setAsked("curl")}>
        Copy as curl
      </Button>
      {mayWrite && isWaiting && (
        <Button size="s" icon={<Ban size={14} />} onPress={() => setAsked("cancel")}>
          Cancel it
        </Button>
      )}
      {mayWrite && isDone && message.body !== "" && (
        <Button size="s" icon={<Eraser size={14} />} onPress={() => setAsked("redact")}>
          Remove the text
        </Button>
      )}
      {mayWrite && isDone && (
        <Button size="s" tone="danger" icon={<Trash2 size={14} />} onPress={() => setAsked("delete")}>
          Delete
        </Button>
      )}
      <ActionDialogs message={message} asked={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

interface ActionDialogsProps {
  readonly message: ApiMessage;
  readonly asked: Asked | undefined;
  readonly onClose: () => void;
}

function ActionDialogs({ message, asked, onClose }: ActionDialogsProps) {
  const { baseUrl } = useSession();
  const path = `/2010-04-01/Accounts/${message.account_sid}/Messages/${message.sid}.json`;
  const options = useAccountOption(message.account_sid);
  const changed = (text: string): void => {
    toast.good(text);
    askAgain(path, `/trunkline/v1/Messages/${message.sid}`);
  };
  return (
    <>
      <Dialog isOpen={asked === "curl"} onClose={onClose} title="The same with curl" size="l">
        <Code language="sh" wraps>
          {curlOf(message, baseUrl)}
        </Code>
      </Dialog>
      <ConfirmDialog
        isOpen={asked === "cancel"}
        onClose={onClose}
        title="Cancel this message?"
        confirm="Cancel the message"
        onConfirm={async () => {
          await api.post(path, { Status: "canceled" }, options);
          changed("The message is canceled.");
        }}
      >
        It is not sent. That works as long as no carrier was given it.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === "redact"}
        onClose={onClose}
        title="Remove the text?"
        confirm="Remove the text"
        tone="danger"
        onConfirm={async () => {
          await api.post(path, { Body: "" }, options);
          changed("The text is gone.");
        }}
      >
        The text is removed for good, also from what is kept of PDUs and webhooks. The message stays.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === "delete"}
        onClose={onClose}
        title="Delete this message?"
        confirm="Delete"
        tone="danger"
        onConfirm={async () => {
          await api.delete(path, options);
          toast.good("The message is deleted.");
          go("/messages?view=history");
        }}
      >
        The message and its text are removed for good. What it cost stays in the ledger.
      </ConfirmDialog>
    </>
  );
}

/** The message's own account, whatever the picker of the shell says. */
function useAccountOption(owner: string): { readonly account: string | null } {
  const { account } = useSession();
  return { account: owner === account.sid ? null : owner };
}

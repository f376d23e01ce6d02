import { useState } from "react";
import { api, askAgain, useApi } from "../../api/index.ts";
import {
  Button,
  ComboBox,
  Dialog,
  Empty,
  ErrorNote,
  Form,
  Link,
  Row,
  SegmentedControl,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import { ON_MESSAGING, type PoolSender, SERVICES } from "./service.ts";

interface OwnSender {
  readonly sid: string;
  readonly friendly_name: string;
  readonly phone_number?: string;
  readonly short_code?: string;
}

/** Props of the dialog. */
export interface AddSenderDialogProps {
  readonly serviceSid: string;
  readonly pool: readonly PoolSender[];
  readonly onClose: () => void;
}

const A = "/2010-04-01/Accounts/{AccountSid}";
const ALL = { query: { PageSize: 1_000 } };
type Kind = "number" | "code" | "name";

/** Puts a sender of the account into a pool. */
export function AddSenderDialog({ serviceSid, pool, onClose }: AddSenderDialogProps) {
  const [kind, setKind] = useState<Kind>("number");
  const [chosen, setChosen] = useState("");
  const add = async ({ AlphaSender = "" }: Readonly<Record<string, string>>): Promise<void> => {
    const path = `${SERVICES}/${serviceSid}`;
    if (kind === "name") await api.post(`${path}/AlphaSenders`, { AlphaSender }, ON_MESSAGING);
    else if (kind === "code") await api.post(`${path}/ShortCodes`, { ShortCodeSid: chosen }, ON_MESSAGING);
    else await api.post(`${path}/PhoneNumbers`, { PhoneNumberSid: chosen }, ON_MESSAGING);
    askAgain(SERVICES);
    toast.good("The sender is in the pool.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Add a sender">
      <Form onSubmit={add}>
        <Stack>
          <Row>
            <SegmentedControl<Kind>
              label="Kind of sender"
              options={[
                { value: "number", label: "Phone number" },
                { value: "code", label: "Short code" },
                { value: "name", label: "Name" },
              ]}
              value={kind}
              onChange={(value) => {
                setKind(value);
                setChosen("");
              }}
            />
          </Row>
          {kind === "name" ? (
            <TextField
              label="Name"
              name="AlphaSender"
              maxLength={11}
              placeholder="ACME"
              description="Nobody can answer a name. Numbers of the pool are taken where names are not allowed."
              isRequired
            />
          ) : (
            <OwnSenders key={kind} kind={kind} pool={pool} value={chosen} onChange={setChosen} />
          )}
          <Button type="submit" tone="primary" isDisabled={kind !== "name" && chosen === ""}>
            Add it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

interface OwnSendersProps {
  readonly kind: "number" | "code";
  readonly pool: readonly PoolSender[];
  readonly value: string;
  readonly onChange: (sid: string) => void;
}

function OwnSenders({ kind, pool, value, onChange }: OwnSendersProps) {
  const path = kind === "number" ? `${A}/IncomingPhoneNumbers.json` : `${A}/SMS/ShortCodes.json`;
  const asked = useApi<{
    incoming_phone_numbers?: readonly OwnSender[];
    short_codes?: readonly OwnSender[];
  }>(path, ALL);
  const members = new Set(pool.map(({ sid }) => sid));
  const free = (asked.data?.incoming_phone_numbers ?? asked.data?.short_codes ?? []).filter(
    ({ sid }) => !members.has(sid),
  );
  if (asked.error !== null) return <ErrorNote error={asked.error} />;
  if (asked.data !== undefined && free.length === 0) {
    return (
      <Empty title={kind === "number" ? "All your numbers are in it" : "There is no other short code"}>
        {kind === "number" ? (
          <Link to="/numbers?tab=buy">Buy another number</Link>
        ) : (
          "The operator assigns short codes."
        )}
      </Empty>
    );
  }
  return (
    <ComboBox
      label={kind === "number" ? "One of your numbers" : "One of your short codes"}
      description="One that is in another service has to be taken out there first."
      options={free.map((each) => ({
        value: each.sid,
        label: each.phone_number ?? each.short_code ?? each.sid,
        description: each.friendly_name,
      }))}
      value={value}
      onChange={onChange}
    />
  );
}

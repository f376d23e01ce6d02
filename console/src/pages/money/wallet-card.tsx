import { useState } from "react";
import { api, askAgain, useApi, useCan, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  Dialog,
  ErrorNote,
  Form,
  KeyValues,
  Money,
  Select,
  Skeleton,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import { microsOf } from "./ledger.ts";

interface Balance {
  readonly balance: string;
  readonly currency: string;
}

interface WalletTerms {
  readonly mode: string;
  readonly currency: string;
  readonly floor: string | null;
  readonly held: string;
  readonly available: string | null;
  readonly alert_thresholds: readonly string[];
  readonly grants: readonly { readonly id: string; readonly left: string; readonly ends_at: string | null }[];
}

/** What is there to be spent, on which terms; the operator can give credit and set the terms. */
export function WalletCard() {
  const { account, isOperator, accountSid } = useSession();
  const canWrite = useCan("money.write") && isOperator;
  const [open, setOpen] = useState<"credit" | "terms">();
  const balance = useApi<Balance>("/2010-04-01/Accounts/{AccountSid}/Balance.json", { everyMs: 5_000 });
  const path = `/trunkline/v1/Ledger/Accounts/${account.sid}/Wallet`;
  const wallet = useApi<WalletTerms>(path, { isEnabled: isOperator, everyMs: 10_000, account: null });
  const terms = wallet.data;
  return (
    <Card
      title="Balance"
      actions={
        canWrite && (
          <>
            <Button size="s" onPress={() => setOpen("credit")}>
              Add credit
            </Button>
            <Button size="s" tone="quiet" onPress={() => setOpen("terms")}>
              Terms
            </Button>
          </>
        )
      }
    >
      <ErrorNote error={balance.error} />
      {balance.data === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <Stack>
          <strong data-figure="">
            <Money micros={microsOf(balance.data.balance)} currency={balance.data.currency} />
          </strong>
          {terms !== undefined && (
            <KeyValues
              items={[
                { key: "Mode", value: <Badge>{terms.mode}</Badge> },
                { key: "Set aside", value: <Money micros={microsOf(terms.held)} currency={terms.currency} /> },
                {
                  key: "Can still be spent",
                  value:
                    terms.available === null ? (
                      "without limit"
                    ) : (
                      <Money micros={microsOf(terms.available)} currency={terms.currency} />
                    ),
                },
                { key: "Floor", value: terms.floor ?? "none" },
                { key: "Alerts at", value: terms.alert_thresholds.join(", ") || "–" },
                { key: "Grants", value: terms.grants.length, isShown: terms.grants.length > 0 },
              ]}
            />
          )}
        </Stack>
      )}
      {open === "credit" && <CreditDialog accountSid={accountSid} onClose={() => setOpen(undefined)} />}
      {open === "terms" && terms !== undefined && (
        <TermsDialog path={path} terms={terms} onClose={() => setOpen(undefined)} />
      )}
    </Card>
  );
}

function CreditDialog({ accountSid, onClose }: { readonly accountSid: string; readonly onClose: () => void }) {
  // Sent again under the same id it counts once, however often the button is pressed.
  const [id] = useState(() => crypto.randomUUID());
  const give = async ({ Amount, Reason }: Readonly<Record<string, string>>): Promise<void> => {
    const fields = { AccountSid: accountSid, Amount: Amount ?? "", Reason: Reason ?? "", Id: id };
    await api.post("/trunkline/v1/Ledger/Credits", fields, { account: null });
    askAgain("/trunkline/v1/Ledger", "/2010-04-01/Accounts/{AccountSid}/Balance");
    toast.good("The credit is booked.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Add credit">
      <Form onSubmit={give}>
        <Stack>
          <TextField label="Amount" name="Amount" placeholder="20.00" isRequired isMono />
          <TextField label="Reason" name="Reason" description="Shown with the line." />
          <Button type="submit" tone="primary">
            Book it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

interface TermsDialogProps {
  readonly path: string;
  readonly terms: WalletTerms;
  readonly onClose: () => void;
}

function TermsDialog({ path, terms, onClose }: TermsDialogProps) {
  const [mode, setMode] = useState(terms.mode);
  const save = async ({ Floor, AlertThresholds }: Readonly<Record<string, string>>): Promise<void> => {
    const fields = {
      Mode: mode,
      Floor: Floor === "" ? "none" : (Floor ?? "none"),
      AlertThresholds: AlertThresholds ?? "",
    };
    await api.post(path, fields, { account: null });
    askAgain("/trunkline/v1/Ledger");
    toast.good("The terms are changed.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Terms">
      <Form onSubmit={save}>
        <Stack>
          <Select
            label="Mode"
            options={[
              { value: "postpaid", label: "postpaid: billed afterwards" },
              { value: "prepaid", label: "prepaid: refused before it owes" },
            ]}
            value={mode}
            onChange={setMode}
          />
          <TextField
            label="Floor"
            name="Floor"
            defaultValue={terms.floor ?? ""}
            description="The balance may not go under it; below zero for a credit line; empty for none."
            isMono
          />
          <TextField
            label="Alerts at"
            name="AlertThresholds"
            defaultValue={terms.alert_thresholds.join(",")}
            description="Amounts left at which the account is told, separated by commas."
            isMono
          />
          <Button type="submit" tone="primary">
            Save
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

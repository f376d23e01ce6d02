import { api, askAgain, useCan, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  Code,
  CopyText,
  Form,
  Grid,
  KeyValues,
  Row,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import { TokenCard } from "./token-card.tsx";

/** What the account is, and how programs come in. */
export function ProfileTab() {
  const { selected, account, baseUrl, isOperator } = useSession();
  const canWrite = useCan("accounts.write");
  const canTokens = useCan("tokens");
  const isMain = selected.sid === account.sid;
  const rename = async ({ FriendlyName }: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(`/2010-04-01/Accounts/${selected.sid}.json`, { FriendlyName }, { account: null });
    askAgain("session", "/2010-04-01/Accounts.json");
    toast.good("Saved.");
  };
  return (
    <Stack>
      <Grid min="l">
        <Card title={isMain ? "Main account" : "Subaccount"}>
          <Stack>
            <KeyValues
              items={[
                { key: "Account SID", value: <CopyText>{selected.sid}</CopyText> },
                { key: "API", value: <CopyText>{baseUrl}</CopyText> },
                {
                  key: "Role",
                  value: <Badge tone="info">operator of this platform</Badge>,
                  isShown: isOperator && isMain,
                },
              ]}
            />
            {canWrite && (
              <Form key={selected.sid} onSubmit={rename}>
                <Stack gap="s">
                  <TextField
                    label="Name"
                    name="FriendlyName"
                    defaultValue={selected.friendlyName}
                    maxLength={64}
                    isRequired
                  />
                  <Row>
                    <Button type="submit">Rename it</Button>
                  </Row>
                </Stack>
              </Form>
            )}
          </Stack>
        </Card>
        {canTokens && <TokenCard key={selected.sid} />}
      </Grid>
      <Card title="Use it from a program that has the Twilio SDK">
        <Code language="shell">{`export TWILIO_ACCOUNT_SID=${selected.sid}
export TWILIO_AUTH_TOKEN=…   # or TWILIO_API_KEY and TWILIO_API_SECRET
curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \\
  ${baseUrl}/2010-04-01/Accounts/${selected.sid}/Messages.json \\
  --data-urlencode To=+15551234567 --data-urlencode From=+15005550100 \\
  --data-urlencode "Body=Hello"`}</Code>
      </Card>
    </Stack>
  );
}

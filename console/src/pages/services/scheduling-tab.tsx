import { useState } from "react";
import { api, askAgain, useCan, usePages } from "../../api/index.ts";
import {
  Button,
  Card,
  ConfirmDialog,
  Empty,
  Form,
  formatCount,
  Grid,
  Link,
  ListTable,
  Row,
  Stack,
  TextArea,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import { fieldTime, troubleOfTime } from "./service.ts";
import styles from "./services.module.css";

interface MessageItem {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
  readonly status: string;
  readonly messaging_service_sid: string | null;
  readonly date_created: string;
}

const PATH = "/2010-04-01/Accounts/{AccountSid}/Messages";
const PAGE = { PageSize: 1_000 };
const FIRST_AHEAD_MS = 3_600_000;

/** Texts that wait for their time, and one more of them. */
export function SchedulingTab({ serviceSid }: { readonly serviceSid: string }) {
  const canWrite = useCan("messages.write");
  const [doomed, setDoomed] = useState<MessageItem>();
  const pages = usePages<MessageItem>(`${PATH}.json`, "messages", { query: PAGE, everyMs: 15_000 });
  const rows = pages.rows.filter(
    ({ status, messaging_service_sid: service }) => status === "scheduled" && service === serviceSid,
  );
  return (
    <Stack>
      {canWrite && <ScheduleCard serviceSid={serviceSid} />}
      <ListTable<MessageItem>
        label="Scheduled messages"
        list={{ ...pages, rows, loadMore: undefined }}
        empty={
          <Empty title="Nothing waits for its time">
            Programs schedule with <code>ScheduleType=fixed</code> and <code>SendAt</code>; here it goes by the form.
          </Empty>
        }
        columns={[
          { id: "to", header: "To", cell: ({ to, sid }) => <Link to={`/messages/${sid}`}>{to}</Link> },
          { id: "body", header: "Text", width: "2fr", cell: ({ body }) => body },
          {
            id: "made",
            header: "Made",
            isMinor: true,
            cell: ({ date_created }) => <When at={date_created} />,
          },
          {
            id: "cancel",
            header: "",
            align: "end",
            width: "100px",
            cell: (row) =>
              canWrite && (
                <Button size="s" label={`Cancel the text to ${row.to}`} onPress={() => setDoomed(row)}>
                  Cancel
                </Button>
              ),
          },
        ]}
      />
      <p className={styles.soft}>
        Looked for among the latest {formatCount(pages.rows.length)} messages of the account.{" "}
        {pages.hasMore && (
          <Button size="s" tone="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
            Look further back
          </Button>
        )}
      </p>
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Cancel the text to ${doomed.to}?`}
          confirm="Cancel the text"
          tone="danger"
          onConfirm={async () => {
            await api.post(`${PATH}/${doomed.sid}.json`, { Status: "canceled" });
            askAgain(PATH);
            toast.good("It will not be sent.");
          }}
        >
          It is not sent and costs nothing.
        </ConfirmDialog>
      )}
    </Stack>
  );
}

function ScheduleCard({ serviceSid }: { readonly serviceSid: string }) {
  const [at, setAt] = useState(() => fieldTime(Date.now() + FIRST_AHEAD_MS));
  const [error, setError] = useState<string>();
  const schedule = async ({ To, Body }: Readonly<Record<string, string>>): Promise<void> => {
    const trouble = troubleOfTime(at, Date.now());
    setError(trouble);
    if (trouble !== undefined) return;
    await api.post(`${PATH}.json`, {
      To,
      Body,
      MessagingServiceSid: serviceSid,
      ScheduleType: "fixed",
      SendAt: new Date(at),
    });
    askAgain(PATH);
    toast.good("It waits for its time.");
  };
  return (
    <Card title="Schedule a text">
      <Form onSubmit={schedule}>
        <Stack>
          <Grid min="m">
            <TextField label="To" name="To" type="tel" placeholder="+15551234567" isRequired isMono />
            <TextField
              label="When"
              value={at}
              onChange={setAt}
              error={error}
              description="In the time of this browser, from 5 minutes to 35 days ahead."
              isMono
            />
          </Grid>
          <TextArea label="Text" name="Body" isRequired />
          <Row>
            <Button type="submit" tone="primary">
              Schedule it
            </Button>
          </Row>
        </Stack>
      </Form>
    </Card>
  );
}

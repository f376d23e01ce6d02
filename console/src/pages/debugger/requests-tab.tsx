import { useState } from "react";
import { useLiveRows } from "../../api/index.ts";
import {
  Badge,
  Card,
  type Column,
  CopyText,
  Drawer,
  Empty,
  formatDuration,
  formatTime,
  KeyValues,
  Link,
  Row,
  SegmentedControl,
  Table,
  When,
} from "../../ui/index.ts";
import { toneOfStatusCode } from "../messages/webhook-view.tsx";
import styles from "./debugger.module.css";
import { LiveControls } from "./live-controls.tsx";

/** A request to the API, as the topic `requests` has it. */
interface RequestLine {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly error_code: number | null;
  readonly request_sid: string;
  readonly duration_ms: number;
  readonly account_sid: string | null;
  readonly operation: string | null;
}

const COLUMNS: readonly Column<RequestLine>[] = [
  {
    id: "at",
    header: "Answered",
    width: "104px",
    cell: ({ at }) => <span className={styles.mono}>{formatTime(Date.parse(at))}</span>,
  },
  {
    id: "status",
    header: "Status",
    width: "72px",
    cell: ({ status }) => <Badge tone={toneOfStatusCode(status)}>{status}</Badge>,
  },
  { id: "method", header: "Method", width: "76px", cell: ({ method }) => <code>{method}</code> },
  { id: "path", header: "Path", width: "3fr", cell: ({ path }) => <code>{path}</code> },
  {
    id: "error",
    header: "Error",
    width: "76px",
    isMinor: true,
    cell: ({ error_code: code }) => (code === null ? "" : <span className={styles.bad}>{code}</span>),
  },
  {
    id: "took",
    header: "Took",
    width: "84px",
    align: "end",
    cell: ({ duration_ms: ms }) => formatDuration(ms),
  },
];

const MAX_ROWS = 1_000;
const MESSAGE = /\/Messages\/((?:SM|MM)[0-9a-f]{32})/;

/** The requests to the API while they are answered: what your program really asks. */
export function RequestsTab() {
  const [outcome, setOutcome] = useState<"all" | "errors">("all");
  const [isPaused, setPaused] = useState(false);
  const [selected, setSelected] = useState<RequestLine>();
  const live = useLiveRows<RequestLine>(
    "requests",
    { outcome },
    {
      key: ({ request_sid: sid }) => sid,
      max: MAX_ROWS,
      isPaused,
      order: (a, b) => (a.at < b.at ? 1 : -1),
    },
  );
  return (
    <div className={styles.stack}>
      <Row isSpread>
        <Row>
          <SegmentedControl
            label="Which requests"
            size="s"
            options={[
              { value: "all", label: "All" },
              { value: "errors", label: "Errors" },
            ]}
            value={outcome}
            onChange={setOutcome}
          />
          <LiveControls live={live} isPaused={isPaused} onPause={setPaused} />
        </Row>
      </Row>
      <Card isFlush>
        <Table<RequestLine>
          label="API requests"
          rows={live.rows}
          rowKey={({ request_sid: sid }) => sid}
          onRowPress={setSelected}
          selectedKey={selected?.request_sid}
          height={560}
          empty={
            <Empty title="No requests yet">
              Each request to the API is shown here when it is answered: what it asked, how it ended, how long it took.
              Neither its fields nor its answer are kept.
            </Empty>
          }
          columns={COLUMNS}
        />
      </Card>
      <Drawer isOpen={selected !== undefined} onClose={() => setSelected(undefined)} title="API request">
        {selected !== undefined && <RequestFacts request={selected} />}
      </Drawer>
    </div>
  );
}

function RequestFacts({ request }: { readonly request: RequestLine }) {
  const message = MESSAGE.exec(request.path)?.[1];
  return (
    <KeyValues
      items={[
        { key: "Request", value: <code>{`${request.method} ${request.path}`}</code> },
        { key: "Status", value: <Badge tone={toneOfStatusCode(request.status)}>{request.status}</Badge> },
        {
          key: "Error",
          isShown: request.error_code !== null,
          value: <Link to={`/debugger?code=${request.error_code}`}>{String(request.error_code)}</Link>,
        },
        { key: "Operation", value: request.operation },
        { key: "Took", value: formatDuration(request.duration_ms) },
        { key: "Answered", value: <When at={request.at} /> },
        { key: "Request id", value: <CopyText>{request.request_sid}</CopyText> },
        { key: "Account", value: request.account_sid === null ? null : <CopyText>{request.account_sid}</CopyText> },
        {
          key: "Message",
          isShown: message !== undefined,
          value: <Link to={`/messages/${message}`}>{message}</Link>,
        },
      ]}
    />
  );
}

import { useMemo, useState } from "react";
import { useApi, useLiveRows, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  type Column,
  Drawer,
  Empty,
  ErrorNote,
  formatDuration,
  ListView,
  Row,
  Select,
  Skeleton,
  TextField,
  useFilters,
  useSearchParams,
  When,
} from "../../ui/index.ts";
import type { WebhookData } from "../messages/timeline-data.ts";
import { MessageLink, toneOfStatusCode, WebhookView } from "../messages/webhook-view.tsx";
import styles from "./debugger.module.css";
import { LiveControls } from "./live-controls.tsx";

type WebhookLine = WebhookData & { readonly sid: string };

const WEBHOOKS = "/trunkline/v1/Webhooks";
const MAX_ROWS = 1_000;
const OUTCOMES = [
  { value: "", label: "Any answer" },
  { value: "2xx", label: "2xx" },
  { value: "3xx", label: "3xx" },
  { value: "4xx", label: "4xx" },
  { value: "5xx", label: "5xx" },
  { value: "none", label: "Nobody answered" },
  { value: "failed", label: "Failed in the end" },
];
const PURPOSES: Readonly<Record<string, string>> = {
  "message.status": "Status callback",
  "message.inbound": "Incoming text",
  "webhook.replay": "Replay",
};

const COLUMNS: readonly Column<WebhookLine>[] = [
  { id: "at", header: "Ended", width: "84px", cell: ({ date_ended: at }) => <When at={at} /> },
  {
    id: "status",
    header: "Answer",
    width: "92px",
    cell: ({ status, delivered }) => (
      <Badge tone={delivered === true ? toneOfStatusCode(status) : "bad"}>{status ?? "none"}</Badge>
    ),
  },
  {
    id: "what",
    header: "What",
    width: "132px",
    cell: ({ purpose = "", is_replay: isReplay }) => (isReplay === true ? "Replay" : (PURPOSES[purpose] ?? purpose)),
  },
  { id: "url", header: "URL", width: "2fr", isMinor: true, cell: ({ url }) => <code>{url}</code> },
  {
    id: "tries",
    header: "Requests",
    width: "84px",
    align: "end",
    isMinor: true,
    cell: ({ try_count: count }) => count,
  },
  {
    id: "took",
    header: "Took",
    width: "84px",
    align: "end",
    cell: ({ duration_ms: ms }) => (ms === null || ms === undefined ? "–" : formatDuration(ms)),
  },
];

/** The last webhooks, as they end, each with request and answer, and to be sent again. */
export function WebhooksTab() {
  const { get, set } = useSearchParams();
  const filters = useFilters({ outcome: "Outcome", url: "Url", message: "MessageSid" });
  const [isPaused, setPaused] = useState(false);
  const query = { ...filters.query, PageSize: "200" };
  const past = usePages<WebhookLine>(WEBHOOKS, "webhooks", { query, keepsLast: true });
  // The rows are a new list at each look; what is in them changes with a page.
  const sids = past.rows.map(({ sid }) => sid).join();
  const initial = useMemo(() => past.rows, [sids]);
  const live = useLiveRows<WebhookLine>("webhooks", filters.values, {
    key: ({ sid }) => sid,
    max: MAX_ROWS,
    isPaused,
    initial,
    order: (a, b) => ((a.date_ended ?? "") < (b.date_ended ?? "") ? 1 : -1),
  });
  const selected = get("webhook");
  return (
    <ListView<WebhookLine>
      label="Webhooks"
      list={{ rows: live.rows, isLoading: past.isLoading, error: past.error, refetch: past.refetch }}
      filters={filters}
      fields={
        <>
          <Select label="Answer" options={OUTCOMES} {...filters.field("outcome")} />
          <TextField label="URL has" {...filters.field("url")} />
          <TextField label="About message" {...filters.field("message")} placeholder="SM…" />
        </>
      }
      note={
        <Row>
          <LiveControls live={live} isPaused={isPaused} onPause={setPaused} />
        </Row>
      }
      selectedKey={selected === "" ? undefined : selected}
      onRowPress={({ sid }) => set({ webhook: sid })}
      height={560}
      empty={
        <Empty title={filters.isOn ? "None fit these filters" : "No webhooks yet"}>
          A webhook is kept here until newer ones take its place, or the cell starts again.
        </Empty>
      }
      columns={COLUMNS}
    >
      <Drawer isOpen={selected !== ""} onClose={() => set({ webhook: "" })} title="Webhook">
        {selected !== "" && <WebhookDetail sid={selected} />}
      </Drawer>
    </ListView>
  );
}

const WAITING_MS = 1_000;

function WebhookDetail({ sid }: { readonly sid: string }) {
  const { set } = useSearchParams();
  const [everyMs, setEveryMs] = useState<number>();
  const answer = useApi<WebhookLine>(`${WEBHOOKS}/${sid}`, { everyMs });
  const { data, error } = answer;
  const wanted = data?.state === "waiting" ? WAITING_MS : undefined;
  if (wanted !== everyMs) setEveryMs(wanted);
  if (error !== null) return <ErrorNote error={error} />;
  if (data === undefined) return <Skeleton lines={6} />;
  if (data.state === "waiting") return <p>It is on its way.</p>;
  return (
    <div className={styles.stack}>
      <p>
        {PURPOSES[data.purpose ?? ""] ?? data.purpose} for <MessageLink sid={data.resource_sid ?? ""} />
        {data.replay_of !== null && data.replay_of !== undefined && (
          <>
            , a replay of{" "}
            <Button size="s" tone="quiet" onPress={() => set({ webhook: data.replay_of ?? "" })}>
              this webhook
            </Button>
          </>
        )}
      </p>
      <WebhookView webhook={data} />
    </div>
  );
}

import { Pause, Play, Send } from "lucide-react";
import { useState } from "react";
import { useCan, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  Empty,
  ErrorNote,
  FilterBar,
  formatCount,
  go,
  Page,
  Row,
  SearchField,
  SegmentedControl,
  Select,
  Switch,
  TextField,
  useFilters,
  useSearchParams,
} from "../../ui/index.ts";
import { type ApiMessage, fits, rowOfMessage, STATUSES } from "./message-data.ts";
import { MessageTable } from "./message-table.tsx";
import styles from "./messages.module.css";
import { SendDialog } from "./send-dialog.tsx";
import { useLiveMessages } from "./use-live-messages.ts";

const SID = /^(SM|MM)[0-9a-f]{32}$/;
const PAGE_ROWS = 200;

/** All messages: those of now as they change, and those of before page by page. */
export default function MessagesPage() {
  const search = useSearchParams();
  const mayWrite = useCan("messages.write");
  const [isSending, setSending] = useState(false);
  const isLive = search.get("view") !== "history";
  return (
    <Page
      title="Messages"
      isFull
      actions={
        <>
          <SegmentedControl
            label="Which messages"
            options={[
              { value: "live", label: "Live" },
              { value: "history", label: "History" },
            ]}
            value={isLive ? "live" : "history"}
            onChange={(view) => search.set({ view: view === "live" ? "" : view })}
          />
          {mayWrite && (
            <Button tone="primary" icon={<Send size={15} />} onPress={() => setSending(true)}>
              Send a message
            </Button>
          )}
        </>
      }
    >
      <Filters isLive={isLive} />
      {isLive ? <LiveMessages /> : <PastMessages />}
      <SendDialog isOpen={isSending} onClose={() => setSending(false)} />
    </Page>
  );
}

/** By their names in the API. Status and direction are looked for here; it knows neither. */
const FILTERS = {
  to: "To",
  from: "From",
  after: "DateSent>",
  before: "DateSent<",
  status: null,
  direction: null,
} as const;

function Filters({ isLive }: { readonly isLive: boolean }) {
  const filters = useFilters(FILTERS);
  const any = (word: string) => ({ value: "", label: word });
  return (
    <FilterBar onClear={filters.isOn ? filters.clear : undefined}>
      <SearchField
        label="Open by SID"
        placeholder="SM…"
        onSubmit={(text) => {
          if (SID.test(text.trim())) go(`/messages/${text.trim()}`);
        }}
      />
      <TextField label="To" {...filters.field("to")} placeholder="+44…" />
      <TextField label="From" {...filters.field("from")} placeholder="+1…" />
      <Select
        label="Status"
        options={[any("Any status"), ...STATUSES.map((value) => ({ value, label: value }))]}
        {...filters.field("status")}
      />
      <Select
        label="Direction"
        options={[any("Both"), { value: "outbound", label: "Outbound" }, { value: "inbound", label: "Inbound" }]}
        {...filters.field("direction")}
      />
      {!isLive && (
        <>
          <TextField label="Sent from" type="date" {...filters.field("after")} />
          <TextField label="Sent until" type="date" {...filters.field("before")} />
        </>
      )}
    </FilterBar>
  );
}

function LiveMessages() {
  const { values: filter } = useFilters(FILTERS);
  const { isOperator } = useSession();
  const [isPaused, setPaused] = useState(false);
  const [isAll, setAll] = useState(false);
  const live = useLiveMessages(filter, { isPaused, all: isOperator && isAll });
  const rows = live.rows.filter((row) => fits(row, filter));
  return (
    <div className={styles.list}>
      <Row isSpread>
        <Row>
          <Button
            size="s"
            icon={isPaused ? <Play size={14} /> : <Pause size={14} />}
            onPress={() => setPaused(!isPaused)}
          >
            {isPaused ? "Go on" : "Pause"}
          </Button>
          <span className={styles.rate} aria-live="off">
            <strong>{formatCount(Math.round(live.perSecond * 10) / 10)}</strong> changes/s
          </span>
          {isPaused && live.held > 0 && <Badge tone="info">{formatCount(live.held)} came meanwhile</Badge>}
          {live.skipped > 0 && (
            <span className={styles.soft}>{formatCount(live.skipped)} not shown, there were too many</span>
          )}
        </Row>
        <Row>
          {isOperator && (
            <Switch isSelected={isAll} onChange={setAll}>
              All accounts
            </Switch>
          )}
          <LiveState live={live} isPaused={isPaused} />
        </Row>
      </Row>
      {[...live.lost].map(([cell, why]) => (
        <Card key={cell} tone="warn">
          The cell {cell} is away: {why}. Its messages are not shown.
        </Card>
      ))}
      {live.error !== undefined && <ErrorNote error={new Error(live.error.message)} />}
      <Card isFlush>
        <div className={styles.fill}>
          <MessageTable
            rows={rows}
            isLive
            empty={
              <Empty title="Nothing happens right now">
                Messages are shown here the moment something happens to them. Send one, or look at the history.
              </Empty>
            }
          />
        </div>
      </Card>
    </div>
  );
}

function LiveState({
  live,
  isPaused,
}: {
  readonly live: ReturnType<typeof useLiveMessages>;
  readonly isPaused: boolean;
}) {
  if (isPaused) return <Badge tone="warn">paused</Badge>;
  if (live.isLive) {
    return (
      <Badge tone="good" hasDot>
        live
      </Badge>
    );
  }
  return <Badge tone="neutral">{live.state === "open" ? "waiting" : "connecting"}</Badge>;
}

function PastMessages() {
  const { values: filter, query } = useFilters(FILTERS);
  const number = (value: string): string | undefined => {
    const plain = value.replace(/[\s()-]/g, "");
    return plain === "" ? undefined : plain;
  };
  const pages = usePages<ApiMessage>("/2010-04-01/Accounts/{AccountSid}/Messages.json", "messages", {
    query: { ...query, To: number(filter.to), From: number(filter.from), PageSize: String(PAGE_ROWS) },
    keepsLast: true,
  });
  const rows = pages.rows.map(rowOfMessage).filter((row) => fits(row, { ...filter, to: "", from: "" }));
  const isNarrowed = filter.status !== "" || filter.direction !== "";
  return (
    <div className={styles.list}>
      <ErrorNote error={pages.error} onRetry={pages.refetch} />
      {isNarrowed && (
        <p className={styles.soft}>
          {formatCount(rows.length)} of the {formatCount(pages.rows.length)} messages loaded so far.
        </p>
      )}
      <Card isFlush>
        <div className={styles.fill}>
          <MessageTable
            rows={rows}
            isLive={false}
            isLoading={pages.isLoading}
            onEnd={pages.loadMore}
            empty={
              <Empty
                title={isNarrowed && pages.hasMore ? "None among those loaded" : "No messages"}
                action={
                  pages.hasMore ? (
                    <Button onPress={pages.loadMore} isPending={pages.isLoadingMore}>
                      Load more
                    </Button>
                  ) : undefined
                }
              >
                {isNarrowed ? "Status and direction are looked for in what is loaded." : "None fit these filters."}
              </Empty>
            }
          />
        </div>
      </Card>
    </div>
  );
}

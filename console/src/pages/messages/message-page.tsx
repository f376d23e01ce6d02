import { useState } from "react";
import { useApi, useLive, useSession } from "../../api/index.ts";
import {
  Badge,
  Card,
  CopyText,
  ErrorNote,
  KeyValues,
  Link,
  Money,
  Page,
  SegmentedControl,
  Skeleton,
  StatusBadge,
  Timeline,
  useParam,
  When,
} from "../../ui/index.ts";
import { itemOf } from "./entry-view.tsx";
import { Journey } from "./journey.tsx";
import { MessageActions } from "./message-actions.tsx";
import { type ApiMessage, isFinal, type LiveChange } from "./message-data.ts";
import styles from "./message.module.css";
import type { Entry, TimelineAnswer } from "./timeline-data.ts";

const UNDER_WAY_MS = 1_500;
const AFTERWARDS_MS = 5_000;
const WATCHED_MS = 60_000;

/** One message and its whole life. */
export default function MessagePage() {
  const sid = useParam("sid");
  const timeline = useTimeline(sid);
  const { data } = timeline;
  const message = useMessage(sid, data);
  const other = data === undefined ? undefined : data.direction === "inbound" ? data.from : data.to;
  return (
    <Page
      title={
        data === undefined ? "Message" : `${data.direction === "inbound" ? "Text from" : "Message to"} ${other ?? ""}`
      }
      trail={<Link to="/messages">Messages</Link>}
      subtitle={<CopyText label="Copy the SID">{sid}</CopyText>}
      actions={message !== undefined && <MessageActions message={message} />}
    >
      <ErrorNote error={timeline.error} onRetry={() => void timeline.refetch()} />
      {data === undefined && timeline.error === null && <Skeleton lines={8} />}
      {data !== undefined && (
        <>
          <Card>
            <Journey timeline={data} />
          </Card>
          <div className={styles.columns}>
            <LifeCard timeline={data} />
            <div className={styles.aside}>
              <TextCard message={message} />
              <FactsCard timeline={data} message={message} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

/** Asked again as long as something may happen: at each change, and often while it is under way. */
function useTimeline(sid: string) {
  const path = `/trunkline/v1/Messages/${sid}/Timeline`;
  const [changedMs, setChangedMs] = useState(0);
  const [everyMs, setEveryMs] = useState<number>();
  const answer = useApi<TimelineAnswer>(path, { everyMs, keepsLast: true });
  const { data, refetch } = answer;
  useLive<LiveChange>("messages", { sid }, (items) => {
    if (items.length === 0) return;
    setChangedMs(Date.now());
    void refetch();
  });
  const wanted = data === undefined ? undefined : paceOf(data, changedMs);
  if (wanted !== everyMs) setEveryMs(wanted);
  return answer;
}

function paceOf({ status, entries }: TimelineAnswer, changedMs: number): number | undefined {
  if (!isFinal(status) && status !== "scheduled") return UNDER_WAY_MS;
  const lastMs = entries.reduce((last, { at }) => (at === null ? last : Math.max(last, Date.parse(at))), changedMs);
  // Webhooks and late receipts come after the end.
  return Date.now() - lastMs < WATCHED_MS ? AFTERWARDS_MS : undefined;
}

/** The message itself, where it is the account's own. */
function useMessage(sid: string, timeline: TimelineAnswer | undefined): ApiMessage | undefined {
  const { account, accounts } = useSession();
  const owner = timeline?.account_sid;
  const isOwn = owner === account.sid || accounts.some((one) => one.sid === owner);
  const answer = useApi<ApiMessage>(`/2010-04-01/Accounts/${owner ?? ""}/Messages/${sid}.json`, {
    isEnabled: timeline !== undefined && isOwn,
    account: owner === account.sid ? null : owner,
    keepsLast: true,
    // Its status changes with the timeline.
    query: { At: timeline?.status },
  });
  return answer.data;
}

const GROUPS = {
  all: () => true,
  delivery: ({ kind }: Entry) => kind !== "money" && kind !== "webhook" && kind !== "twiml",
  webhooks: ({ kind }: Entry) => kind === "webhook" || kind === "twiml" || kind === "status",
  money: ({ kind }: Entry) => kind === "money" || kind === "priced",
} as const;

function LifeCard({ timeline }: { readonly timeline: TimelineAnswer }) {
  const [group, setGroup] = useState<keyof typeof GROUPS>("all");
  const entries = timeline.entries.filter(GROUPS[group]);
  let lastMs = Date.parse(timeline.entries.find(({ at }) => at !== null)?.at ?? "") || 0;
  const items = entries.map((entry, index) => {
    if (entry.at !== null) lastMs = Date.parse(entry.at);
    return itemOf(entry, lastMs, index);
  });
  return (
    <Card
      title="What happened"
      actions={
        <SegmentedControl
          label="What to show"
          size="s"
          options={[
            { value: "all", label: "All" },
            { value: "delivery", label: "Delivery" },
            { value: "webhooks", label: "Webhooks" },
            { value: "money", label: "Money" },
          ]}
          value={group}
          onChange={setGroup}
        />
      }
    >
      {!timeline.kept && (
        <p className={styles.note}>
          This is from before the cell last started, or too much happened since: what is left in the database is shown,
          and the rest is marked as not kept.
        </p>
      )}
      {items.length === 0 ? <p className={styles.note}>Nothing of that kind.</p> : <Timeline items={items} />}
    </Card>
  );
}

function TextCard({ message }: { readonly message: ApiMessage | undefined }) {
  if (message === undefined) return null;
  const isInbound = message.direction === "inbound";
  return (
    <Card title="Text">
      <div className={isInbound ? styles.theirs : styles.ours}>
        {message.body === "" ? <em>No text{isFinal(message.status) ? ", or removed" : ""}</em> : message.body}
      </div>
      {Number(message.num_media) > 0 && <Badge tone="info">{message.num_media} media</Badge>}
    </Card>
  );
}

interface FactsProps {
  readonly timeline: TimelineAnswer;
  readonly message: ApiMessage | undefined;
}

function FactsCard({ timeline, message }: FactsProps) {
  const { isOperator } = useSession();
  const sums = sumsOf(timeline);
  return (
    <Card title="Facts">
      <KeyValues
        items={[
          { key: "Status", value: <StatusBadge status={timeline.status} /> },
          {
            key: "Error",
            isShown: timeline.error_code !== null,
            value: (
              <Link to={`/debugger?code=${timeline.error_code}`}>
                {timeline.error_code} {message?.error_message}
              </Link>
            ),
          },
          { key: "From", value: timeline.from },
          { key: "To", value: timeline.to },
          { key: "Direction", value: timeline.direction },
          { key: "Segments", value: message?.num_segments, isShown: message !== undefined },
          {
            key: "Service",
            isShown: message !== undefined && message.messaging_service_sid !== null,
            value: message?.messaging_service_sid,
          },
          { key: "Created", value: <When at={message?.date_created} />, isShown: message !== undefined },
          {
            key: "Account pays",
            isShown: sums.charge !== undefined,
            value: <Money micros={sums.charge ?? 0} currency={sums.currency} />,
          },
          {
            key: "Carriers ask",
            isShown: isOperator && sums.cost !== undefined,
            value: <Money micros={sums.cost ?? 0} currency={sums.costCurrency} />,
          },
          { key: "Account", value: <CopyText>{timeline.account_sid}</CopyText> },
        ]}
      />
    </Card>
  );
}

function sumsOf({ entries }: TimelineAnswer) {
  let charge: number | undefined;
  let cost: number | undefined;
  let currency = "USD";
  let costCurrency = "USD";
  for (const entry of entries) {
    if (entry.kind !== "money") continue;
    const { line = "charge", amount_micros: micros } = entry.data;
    if (line === "cost") {
      cost = (cost ?? 0) + micros;
      costCurrency = entry.data.currency ?? costCurrency;
    } else if (line === "charge") {
      charge = (charge ?? 0) + micros;
      currency = entry.data.currency ?? currency;
    }
  }
  return { charge, cost, currency, costCurrency };
}

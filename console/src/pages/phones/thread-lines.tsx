import { memo } from "react";
import { CircleSlash, Webhook } from "lucide-react";
import { useApi } from "../../api/index.ts";
import { Badge, classes, Code, formatDuration, formatTime, Link, StatusBadge } from "../../ui/index.ts";
import {
  answerOf,
  type ApiMessage,
  formatNumber,
  type PhoneMessage,
  type WebhookDetail,
  type WebhookEntry,
  wordOfState,
} from "./phone-data.ts";
import type { ThreadItem } from "./thread-items.ts";
import styles from "./thread-lines.module.css";

/** Props of a line. */
export interface ThreadLineProps {
  readonly item: ThreadItem;
  /** Of a webhook: whether its answer is shown. */
  readonly isUnfolded: boolean;
  /** The same function each time, so that a line stays as it is while the thread scrolls. */
  readonly onUnfold: (id: string, isUnfolded: boolean) => void;
}

/** One line of a thread. */
export const ThreadLine = memo(function ThreadLine({ item, isUnfolded, onUnfold }: ThreadLineProps) {
  switch (item.kind) {
    case "day":
      return <div className={styles.day}>{dayName(item.atMs)}</div>;
    case "text":
      return <Bubble message={item.message} api={item.api} />;
    case "missing":
      return <Missing api={item.api} />;
    case "webhook":
      return <WebhookLine webhook={item.webhook} isUnfolded={isUnfolded} onUnfold={onUnfold} />;
  }
});

function dayName(ms: number): string {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  return days === 1 ? "Yesterday" : new Date(ms).toLocaleDateString(undefined, { dateStyle: "full" });
}

/** A text as the phone shows it: its own at the right. */
function Bubble({ message, api }: { readonly message: PhoneMessage; readonly api: ApiMessage | undefined }) {
  const { direction, body, from, to, timeMs, encoding, parts, missingParts = 0, state } = message;
  const isOwn = direction === "sent";
  const { word, tone } = wordOfState(state);
  return (
    <div className={classes(styles.entry, isOwn && styles.own)}>
      <div className={styles.bubble}>
        <p className={styles.body}>{body}</p>
      </div>
      <div className={styles.meta}>
        <span>
          {isOwn ? "to" : "from"} {formatNumber(isOwn ? to : from)}
        </span>
        <time dateTime={new Date(timeMs).toISOString()}>{formatTime(timeMs).slice(0, 8)}</time>
        <span className={encoding === "GSM-7" ? styles.usual : styles.wide}>{encoding}</span>
        {parts.length > 1 && <span>{parts.length} segments</span>}
        {missingParts > 0 && <Badge tone="bad">{missingParts} parts never came</Badge>}
        {tone === "good" ? <span className={styles.good}>{word}</span> : <Badge tone={tone}>{word}</Badge>}
        {api !== undefined && <ErrorOf api={api} />}
        {api !== undefined && (
          <Link to={`/messages/${api.sid}`}>{api.error_code === null ? "Details" : "See why"}</Link>
        )}
      </div>
    </div>
  );
}

/** A text that the phone has not got. */
function Missing({ api }: { readonly api: ApiMessage }) {
  return (
    <div className={styles.entry}>
      <div className={classes(styles.bubble, styles.ghost)}>
        <p className={styles.body}>{api.body}</p>
      </div>
      <div className={styles.meta}>
        <CircleSlash size={13} aria-hidden="true" />
        <span>Not on this phone</span>
        <StatusBadge status={api.status} />
        <ErrorOf api={api} />
        <Link to={`/messages/${api.sid}`}>See why</Link>
      </div>
    </div>
  );
}

/** The number of an error, and what it means. */
function ErrorOf({ api }: { readonly api: ApiMessage }) {
  if (api.error_code === null) return null;
  return (
    <span>
      {api.error_code}
      {api.error_message !== null && `: ${api.error_message}`}
    </span>
  );
}

interface WebhookLineProps extends Omit<ThreadLineProps, "item"> {
  readonly webhook: WebhookEntry;
}

/** What the app was asked, and what it said. */
function WebhookLine({ webhook, isUnfolded, onUnfold }: WebhookLineProps) {
  const { sid, url, status, duration_ms: durationMs, delivered, error_text: error } = webhook;
  const { data } = useApi<WebhookDetail>(`/trunkline/v1/Webhooks/${sid}`, { isEnabled: isUnfolded });
  const answer = data === undefined ? undefined : answerOf(data);
  return (
    <details className={styles.webhook} open={isUnfolded}>
      <summary
        className={styles.summary}
        onClick={(event) => {
          event.preventDefault();
          onUnfold(sid, !isUnfolded);
        }}
      >
        <Webhook size={14} aria-hidden="true" />
        <span>Your app was asked</span>
        <span className={styles.url}>{url}</span>
        <Badge tone={delivered ? "good" : "bad"}>{status === null ? "no answer" : String(status)}</Badge>
        {durationMs !== null && <span>{formatDuration(durationMs)}</span>}
      </summary>
      {error !== null && <p className={styles.note}>{error}</p>}
      {answer !== undefined && answer !== "" && (
        <Code language="Its answer" wraps>
          {answer}
        </Code>
      )}
      {answer === "" && error === null && <p className={styles.note}>It said nothing, so no reply goes out.</p>}
    </details>
  );
}

import { CheckCircle2, Wrench } from "lucide-react";
import { useState } from "react";
import { useApi, useLive } from "../../api/index.ts";
import {
  Badge,
  Card,
  classes,
  Count,
  Empty,
  ErrorNote,
  Link,
  Row,
  SegmentedControl,
  Skeleton,
  useSearchParams,
  When,
} from "../../ui/index.ts";
import styles from "./debugger.module.css";

interface ErrorSample {
  readonly alert_sid: string;
  readonly resource_sid: string | null;
  readonly text: string;
  readonly url: string | null;
  readonly date: string;
}

interface ErrorGroup {
  readonly error_code: number;
  readonly log_level: "error" | "warning" | "notice" | "debug";
  readonly count: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly explanation: string | null;
  readonly fix: string | null;
  readonly more_info: string;
  readonly samples: readonly ErrorSample[];
}

interface ErrorsAnswer {
  readonly cut: boolean;
  readonly errors: readonly ErrorGroup[];
}

const ERRORS = "/trunkline/v1/Debugger/Errors";
const HOUR_MS = 3_600_000;
const SPANS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
type Span = keyof typeof SPANS;
/** So that the question is the same for a while. */
const STEP_MS = 60_000;
const EVERY_MS = 15_000;

/** The errors of a stretch of time by their codes, those that happen most first. */
export function ErrorsTab() {
  const { get, set } = useSearchParams();
  const [span, setSpan] = useState<Span>("day");
  const [askedMs, setAskedMs] = useState(() => Date.now());
  const start = new Date(Math.floor((askedMs - SPANS[span]) / STEP_MS) * STEP_MS).toISOString();
  const answer = useApi<ErrorsAnswer>(ERRORS, { query: { StartDate: start }, everyMs: EVERY_MS, keepsLast: true });
  // A new alert is asked for at once; many are asked for together, because the question stays the same.
  useLive(
    "alerts",
    {},
    (items) => {
      if (items.length > 0) void answer.refetch();
    },
    { rateMs: 1_000 },
  );
  const { data, error } = answer;
  const open = get("code");
  return (
    <div className={styles.stack}>
      <Row isSpread>
        <SegmentedControl
          label="Since when"
          size="s"
          options={[
            { value: "hour", label: "Hour" },
            { value: "day", label: "Day" },
            { value: "week", label: "Week" },
            { value: "month", label: "30 days" },
          ]}
          value={span}
          onChange={(value) => {
            setSpan(value);
            setAskedMs(Date.now());
          }}
        />
        {data?.cut === true && <Badge tone="warn">Counts are of the latest 10,000 alerts</Badge>}
      </Row>
      <ErrorNote error={error} onRetry={() => void answer.refetch()} />
      {data === undefined && error === null && <Skeleton lines={6} />}
      {data?.errors.length === 0 && (
        <Card>
          <Empty title="Nothing went wrong" icon={<CheckCircle2 size={28} />}>
            Failed webhooks, TwiML that cannot be read and messages that did not arrive are explained here.
          </Empty>
        </Card>
      )}
      {data?.errors.map((group) => (
        <ErrorCard
          key={group.error_code}
          group={group}
          isOpen={open === String(group.error_code)}
          onToggle={(isOpen) => set({ code: isOpen ? String(group.error_code) : "" })}
        />
      ))}
    </div>
  );
}

interface ErrorCardProps {
  readonly group: ErrorGroup;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

function ErrorCard({ group, isOpen, onToggle }: ErrorCardProps) {
  const isError = group.log_level === "error";
  return (
    <Card>
      <div className={styles.group}>
        <div className={styles.codeSide}>
          <span className={classes(styles.code, isError ? styles.bad : styles.warn)}>{group.error_code}</span>
          <Badge tone={isError ? "bad" : "warn"}>{group.log_level}</Badge>
        </div>
        <div className={styles.words}>
          <p className={styles.explanation}>{group.explanation ?? group.samples[0]?.text}</p>
          {group.fix !== null && (
            <p className={styles.fix}>
              <Wrench size={15} aria-hidden="true" />
              <span>{group.fix}</span>
            </p>
          )}
          <details open={isOpen} onToggle={(event) => event.currentTarget.open !== isOpen && onToggle(!isOpen)}>
            <summary className={styles.summary}>
              {group.samples.length} {group.samples.length === 1 ? "sample" : "latest samples"}
            </summary>
            <ul className={styles.samples}>
              {group.samples.map((sample) => (
                <Sample key={sample.alert_sid} sample={sample} />
              ))}
            </ul>
            <Link to={group.more_info}>More about {group.error_code}</Link>
          </details>
        </div>
        <div className={styles.count}>
          <strong>
            <Count value={group.count} />
          </strong>
          <span className={styles.soft}>
            last <When at={group.last_seen} />
          </span>
          <span className={styles.soft}>
            first <When at={group.first_seen} />
          </span>
        </div>
      </div>
    </Card>
  );
}

function Sample({ sample }: { readonly sample: ErrorSample }) {
  const { resource_sid: sid, text, url, date } = sample;
  return (
    <li>
      <span className={styles.soft}>
        <When at={date} />
      </span>
      <span className={styles.sampleText}>
        {text}
        {url !== null && <code className={styles.url}>{url}</code>}
      </span>
      {sid !== null && /^[SM]M/.test(sid) ? (
        <code className={styles.sid}>
          <Link to={`/messages/${sid}`}>{sid}</Link>
        </code>
      ) : (
        sid !== null && <code className={styles.sid}>{sid}</code>
      )}
    </li>
  );
}

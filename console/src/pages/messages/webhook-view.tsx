import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { api, useApiChange, useCan } from "../../api/index.ts";
import {
  Badge,
  Button,
  classes,
  Code,
  Dialog,
  Form,
  formatDuration,
  formatTime,
  Link,
  Row,
  Switch,
  Tabs,
  TextField,
  toast,
} from "../../ui/index.ts";
import type { NamedValue, WebhookData, WebhookTry } from "./timeline-data.ts";
import styles from "./webhook.module.css";

/** A webhook with each of its requests, what was answered, and a button that sends it again. */
export function WebhookView({
  webhook,
  onReplayed,
}: {
  readonly webhook: WebhookData;
  readonly onReplayed?: () => void;
}) {
  const mayReplay = useCan("debugger.write");
  const [isAsking, setAsking] = useState(false);
  const { tries = [], parameters = [], made = [], webhook_sid, sid = webhook_sid ?? "" } = webhook;
  const replies = made.filter(({ kind }) => kind === "message.accepted");
  return (
    <div className={styles.webhook}>
      <div className={styles.head}>
        <span className={styles.target}>
          <Badge tone="neutral">{webhook.method ?? "POST"}</Badge>
          <code className={styles.url}>{webhook.url}</code>
        </span>
        {mayReplay && sid !== "" && webhook.parameters_kept !== false && (
          <Button size="s" icon={<RotateCcw size={14} />} onPress={() => setAsking(true)}>
            Replay
          </Button>
        )}
      </div>
      {webhook.error_text !== undefined && webhook.error_text !== null && webhook.error_text !== "" && (
        <p className={styles.problem}>
          {webhook.error_code !== null && <strong>{webhook.error_code} </strong>}
          {webhook.error_text}
        </p>
      )}
      {tries.map((one, index) => (
        <TryView key={index} one={one} number={index + 1} isOnly={tries.length === 1} parameters={parameters} />
      ))}
      {webhook.parameters_kept === false && <p>What was sent and answered is gone with the text of the message.</p>}
      {replies.length > 0 && (
        <p>
          The answer made {replies.length === 1 ? "a reply" : `${replies.length} replies`}:{" "}
          {replies.map(({ sid: made }) => (made === null ? null : <MessageLink key={made} sid={made} />))}
        </p>
      )}
      <ReplayDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        webhook={webhook}
        sid={sid}
        onReplayed={onReplayed}
      />
    </div>
  );
}

/** A message, by its SID. */
export function MessageLink({ sid }: { readonly sid: string }) {
  return (
    <code className={styles.sid}>
      <Link to={`/messages/${sid}`}>{sid}</Link>
    </code>
  );
}

/** The tone of an answer. */
export function toneOfStatusCode(status: number | null | undefined): "good" | "warn" | "bad" {
  if (status === null || status === undefined) return "bad";
  return status < 300 ? "good" : status < 400 ? "warn" : "bad";
}

interface TryProps {
  readonly one: WebhookTry;
  readonly number: number;
  readonly isOnly: boolean;
  readonly parameters: readonly NamedValue[];
}

function TryView({ one, number, isOnly, parameters }: TryProps) {
  const { response, request_headers: headers = [] } = one;
  return (
    <details className={styles.try} open={isOnly}>
      <summary>
        <Badge tone={toneOfStatusCode(one.status)}>{one.status ?? "no answer"}</Badge>
        <span>{one.fallback ? "Fallback URL" : isOnly ? "Request and answer" : `Request ${number}`}</span>
        <span className={styles.soft}>{formatDuration(one.duration_ms)}</span>
        <time className={styles.time} dateTime={one.at}>
          {formatTime(Date.parse(one.at))}
        </time>
      </summary>
      <div className={styles.sides}>
        <div className={styles.side}>
          <p className={styles.sideName}>Request</p>
          <Tabs
            label="Parts of the request"
            items={[
              { id: "parameters", label: `Parameters ${parameters.length}`, content: <Values values={parameters} /> },
              { id: "headers", label: `Headers ${headers.length}`, content: <Values values={headers} isMono /> },
            ]}
          />
        </div>
        <div className={styles.side}>
          <p className={styles.sideName}>Response</p>
          {response === undefined || response === null ? (
            <p className={styles.soft}>
              {one.kept ? (one.error_text ?? "Nobody answered.") : "Headers and body of this answer were not kept."}
            </p>
          ) : (
            <Tabs
              label="Parts of the response"
              items={[
                {
                  id: "body",
                  label: `Body ${response.body_octets} B`,
                  content:
                    response.body === "" ? (
                      <p className={styles.soft}>The body is empty.</p>
                    ) : (
                      <Code language={languageOf(response.headers)} wraps>
                        {response.body}
                      </Code>
                    ),
                },
                {
                  id: "headers",
                  label: `Headers ${response.headers.length}`,
                  content: <Values values={response.headers} isMono />,
                },
              ]}
            />
          )}
        </div>
      </div>
    </details>
  );
}

function languageOf(headers: readonly NamedValue[]): string {
  return headers.find(({ name }) => name === "content-type")?.value.split(";")[0] ?? "text";
}

function Values({ values, isMono = false }: { readonly values: readonly NamedValue[]; readonly isMono?: boolean }) {
  if (values.length === 0) return <p className={styles.soft}>Nothing was kept.</p>;
  return (
    <dl className={classes(styles.values, isMono && styles.mono)} tabIndex={0} aria-label="Names and values">
      {values.map(({ name, value }, index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value === "" ? <span className={styles.soft}>empty</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ReplayProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly webhook: WebhookData;
  readonly sid: string;
  readonly onReplayed?: (() => void) | undefined;
}

function ReplayDialog({ isOpen, onClose, webhook, sid, onReplayed }: ReplayProps) {
  const [performs, setPerforms] = useState(false);
  const replay = useApiChange(
    (url: string) =>
      api.post(`/trunkline/v1/Webhooks/${sid}/Replays`, {
        ...(url === "" ? {} : { Url: url }),
        PerformAnswer: performs ? "true" : "false",
      }),
    {
      invalidates: ["/trunkline/v1/Webhooks", "/trunkline/v1/Messages"],
      onDone: () => {
        toast.good("The webhook goes out again, with a new signature.");
        onReplayed?.();
        onClose();
      },
    },
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Replay this webhook">
      <Form onSubmit={({ url = "" }) => replay.run(url.trim())} error={replay.error} label="Replay">
        <p>The same parameters are sent again as a new webhook. Nothing else happens again by that.</p>
        <TextField
          label="To another URL"
          name="url"
          type="url"
          placeholder={webhook.url ?? ""}
          description="Where it went before, unless you say otherwise."
        />
        {webhook.purpose === "message.inbound" && (
          <Switch isSelected={performs} onChange={setPerforms}>
            Carry out the TwiML of the answer, too
          </Switch>
        )}
        <Row>
          <Button type="submit" tone="primary" isPending={replay.isPending}>
            Send it again
          </Button>
          <Button onPress={onClose}>Cancel</Button>
        </Row>
      </Form>
    </Dialog>
  );
}

import { FileCode, Webhook } from "lucide-react";
import { Code } from "../../ui/index.ts";
import { ICON, More, type Shown, type Views } from "./entry-parts.tsx";
import type { EntryData } from "./timeline-data.ts";
import styles from "./timeline.module.css";
import { MessageLink, WebhookView } from "./webhook-view.tsx";

/** What the app of the account was told, and what it answered. */
export const APP_VIEWS: Views<"webhook" | "twiml"> = {
  webhook: webhookView,
  twiml: ({ document, replies, problem }) => ({
    title: replies.length === 0 ? "Its answer asked for nothing" : "Its answer made a reply",
    icon: <FileCode size={ICON} />,
    tone: problem === null ? "good" : "warn",
    children: (
      <>
        {problem !== null && <p className={styles.bad}>{problem}</p>}
        {replies.map((sid) => (
          <p key={sid}>
            <MessageLink sid={sid} />
          </p>
        ))}
        {document !== null && (
          <More summary="TwiML">
            <Code language="TwiML" wraps>
              {document}
            </Code>
          </More>
        )}
      </>
    ),
  }),
};

const PURPOSES: Readonly<Record<string, string>> = {
  "message.status": "Status callback",
  "message.inbound": "Webhook to your app",
  "webhook.replay": "Replayed webhook",
};

function webhookView(data: EntryData["webhook"]): Shown {
  const icon = <Webhook size={ICON} />;
  if (data.state === undefined) return { title: "Webhooks", icon };
  const name = data.is_replay === true ? "Replayed webhook" : (PURPOSES[data.purpose ?? ""] ?? "Webhook");
  const told = data.status_told === null || data.status_told === undefined ? "" : ` “${data.status_told}”`;
  if (data.state === "waiting") {
    return { title: `${name}${told} is on its way`, icon, tone: "info", children: <code>{data.url}</code> };
  }
  return {
    title: (
      <>
        {name}
        {told}: {data.status ?? "no answer"}
        {data.try_count !== undefined && data.try_count > 1 && ` after ${data.try_count} requests`}
      </>
    ),
    icon,
    tone: data.delivered === true ? (data.error_code === null ? "good" : "warn") : "bad",
    children: (
      <More summary="Request and answer" hint={data.duration_ms === null ? "" : `${data.duration_ms} ms`}>
        <WebhookView webhook={data} />
      </More>
    ),
  };
}

import { maskUrl, viewWebhook, type WebhookTrace } from "../../../platform/webhooks/index.ts";
import type { TimelineEntry } from "./entry.ts";
import type { Story } from "./story.ts";

/** What a webhook about a message is called by; see `status-callback.ts` and `inbound-reducers.ts`. */
const STATUSES = ["queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "received"];

/** Webhooks that are over, with request and response, those that wait, and the TwiML that answered. */
export function webhookEntries(story: Story): TimelineEntry[] {
  const { sources, message, isComplete, seesSignatures } = story;
  const { webhooks } = sources;
  const known = webhooks?.traces.of(message.sid) ?? [];
  const entries = known.flatMap((trace) => [webhookEntry(trace, seesSignatures), ...twimlEntries(trace)]);
  for (const status of STATUSES) {
    const job = webhooks?.state.jobs.get(`${message.sid}:${status}`);
    if (job === undefined) continue;
    const { url, method, purpose, createdMs } = job;
    const data = { webhook_sid: null, state: "waiting", purpose, method, url: maskUrl(url), status_told: status };
    entries.push({ atMs: createdMs, kind: "webhook", kept: true, data });
  }
  const isAsked = message.statusCallback !== undefined || message.direction === "inbound";
  if (entries.length === 0 && !isComplete && isAsked)
    entries.push({ atMs: undefined, kind: "webhook", kept: false, data: {} });
  return entries;
}

function webhookEntry(trace: WebhookTrace, seesSignatures: boolean): TimelineEntry {
  const { job, tries, endedMs } = trace;
  const told = job.params.find(([name]) => name === "MessageStatus" || name === "SmsStatus")?.[1] ?? null;
  const data = {
    ...viewWebhook(trace, { hidesSignature: !seesSignatures }),
    webhook_sid: trace.sid,
    state: "over",
    status_told: told,
  };
  return { atMs: tries[0]?.atMs ?? endedMs, kind: "webhook", kept: true, data };
}

/** What the answer to an incoming message asked for. */
function twimlEntries({ job, tries, made, endedMs, isForgotten, errorCode, text }: WebhookTrace): TimelineEntry[] {
  const answer = tries.at(-1)?.trace?.response;
  if (job.purpose !== "message.inbound" || isForgotten) return [];
  const replies = made.flatMap(({ kind, sid }) => (kind === "message.accepted" && sid !== undefined ? [sid] : []));
  if (replies.length === 0 && (answer === undefined || answer.body.trim() === "")) return [];
  const data = {
    document: answer?.body ?? null,
    replies,
    error_code: errorCode ?? null,
    problem: text ?? null,
  };
  return [{ atMs: endedMs, kind: "twiml", kept: answer !== undefined, data }];
}

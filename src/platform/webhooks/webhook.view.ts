import type { JsonObject, Principal } from "../http/index.ts";
import { maskUrl } from "./mask-url.ts";
import type { RequestTrace } from "./request-trace.ts";
import type { WebhookTrace, WebhookTry } from "./webhook-traces.ts";

/** Roles of the console that write the customer's own software, or could get the token anyhow. */
const SIGNATURE_ROLES: readonly string[] = ["owner", "admin", "developer"];

/** Whether somebody may see signatures of his own account: not who only helps or pays, because a signature passes for a request of ours. */
export function mayHoldSignatures({ role }: Pick<Principal, "role">): boolean {
  return role === undefined || SIGNATURE_ROLES.includes(role);
}

/**
 * A webhook that is over, as the API shows it: its requests with headers and bodies where they are kept.
 * Signatures are for the account alone whose token made them.
 */
export function viewWebhook(trace: WebhookTrace, { hidesSignature = false } = {}): JsonObject {
  const { job } = trace;
  return {
    ...viewWebhookLine(trace),
    webhook_id: job.id,
    parameters: trace.params.map(([name, value]) => ({ name, value })),
    parameters_kept: !trace.isForgotten,
    fallback_url: job.fallbackUrl === undefined ? null : maskUrl(job.fallbackUrl),
    tries: trace.tries.map((one) => viewTry(one, hidesSignature)),
    made: trace.made.map(({ kind, sid }) => ({ kind, sid: sid ?? null })),
    replay_of: job.replayOf ?? null,
  };
}

/** So much of an answer is told to those who watch. */
const MAX_WATCHED_CHARACTERS = 1_024;

/** The same for those who watch: what was said, and the beginning of the last answer. */
export function viewWebhookLive(trace: WebhookTrace): JsonObject {
  const answer = trace.tries.at(-1)?.trace?.response;
  return {
    ...viewWebhookLine(trace),
    parameters: trace.params.map(([name, value]) => ({ name, value })),
    response:
      answer === undefined
        ? null
        : { status: answer.status, body: answer.body.slice(0, MAX_WATCHED_CHARACTERS), body_octets: answer.bodyOctets },
  };
}

/** The same in a line, for lists. */
export function viewWebhookLine(trace: WebhookTrace): JsonObject {
  const { sid, job, tries, delivered, errorCode, text, endedMs } = trace;
  const last = tries.at(-1);
  return {
    sid,
    account_sid: job.accountSid,
    resource_sid: job.resourceSid,
    purpose: job.purpose,
    method: last?.method ?? job.method,
    url: maskUrl(job.url),
    delivered,
    status: last?.status ?? null,
    error_code: errorCode ?? null,
    error_text: text ?? null,
    try_count: tries.length,
    duration_ms: last === undefined ? null : Math.round(last.durationMs),
    date_requested: new Date(job.createdMs).toISOString(),
    date_ended: new Date(endedMs).toISOString(),
    is_replay: job.replayOf !== undefined,
  };
}

function viewTry(one: WebhookTry, hidesSignature: boolean): JsonObject {
  return {
    at: new Date(one.atMs).toISOString(),
    duration_ms: Math.round(one.durationMs * 10) / 10,
    url: maskUrl(one.url),
    method: one.method,
    fallback: one.isFallback,
    status: one.status ?? null,
    error_code: one.errorCode ?? null,
    error_text: one.text ?? null,
    kept: one.trace !== undefined,
    ...(one.trace === undefined ? {} : viewRequest(one.trace, hidesSignature)),
  };
}

function viewRequest({ url, requestHeaders, redirects, response }: RequestTrace, hidesSignature: boolean): JsonObject {
  return {
    asked_url: url,
    redirects,
    request_headers: requestHeaders.map(([name, value]) => ({
      name,
      value: hidesSignature && name === "X-Twilio-Signature" ? "•••" : value,
    })),
    response:
      response === undefined
        ? null
        : {
            status: response.status,
            headers: response.headers.map(([name, value]) => ({ name, value })),
            body: response.body,
            body_octets: response.bodyOctets,
          },
  };
}

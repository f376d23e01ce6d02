import { wellFormed } from "../../protocols/sms/index.ts";
import { HttpClientError, type AddressGuard, type HttpClient } from "../http-client/index.ts";
import type { WebhookAnswer, WebhookJob } from "./job.ts";
import { readOverrides } from "./overrides.ts";
import { signTwilioRequest } from "./signature.ts";

/** Longest answer that is read: TwiML may have 64 KiB. */
const MAX_ANSWER_OCTETS = 64 * 1024;
const MAX_REDIRECTS = 5;

/** One request of a webhook. */
export interface Attempt {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: readonly (readonly [string, string])[];
  readonly authToken: string;
  /** The same on every repetition of one webhook. */
  readonly idempotencyToken: string;
}

/** How an attempt ended. `retryable` names the override class under which it may be repeated. */
export type AttemptResult =
  | { readonly kind: "answer"; readonly answer: WebhookAnswer; readonly url: string }
  | {
      readonly kind: "failed";
      readonly errorCode: number;
      readonly text: string;
      readonly status?: number;
      readonly body?: string;
      readonly retryable: "4xx" | "5xx" | "ct" | "rt" | undefined;
      /** Nobody answered: counts against the host. */
      readonly hostDown: boolean;
    };

/** Sends one signed request and reads the answer. Never rejects. */
export async function sendAttempt(http: HttpClient, guard: AddressGuard, attempt: Attempt): Promise<AttemptResult> {
  const overrides = readOverrides(attempt.url);
  const isPost = attempt.method === "POST";
  const target = isPost ? overrides.url : withQuery(overrides.url, attempt.params);
  const { signature } = signTwilioRequest({
    authToken: attempt.authToken,
    url: target,
    ...(isPost ? { params: attempt.params } : {}),
  });
  const headers: [string, string][] = [
    ["X-Twilio-Signature", signature],
    ["I-Twilio-Idempotency-Token", attempt.idempotencyToken],
    ["User-Agent", "TwilioProxy/1.1"],
    ["Accept", "*/*"],
  ];
  if (isPost) headers.push(["Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"]);
  try {
    const { connectMs, readMs, totalMs } = overrides;
    const response = await http.request({
      method: attempt.method,
      url: target,
      headers,
      ...(isPost ? { body: formBody(attempt.params) } : {}),
      timeouts: { connectMs, readMs, totalMs },
      maxBodyOctets: MAX_ANSWER_OCTETS,
      guard,
      maxRedirects: MAX_REDIRECTS,
      retryStale: true,
    });
    return judge(response.status, response.headers["content-type"] ?? "", response.body.toString("utf8"), response.url);
  } catch (error) {
    if (error instanceof HttpClientError) return failure(error);
    throw error;
  }
}

function judge(status: number, contentType: string, body: string, url: string): AttemptResult {
  if (status >= 200 && status < 300) {
    const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
    return { kind: "answer", answer: { status, contentType: type, body }, url };
  }
  return {
    kind: "failed",
    errorCode: 11200,
    text: `The server answered with status ${status}.`,
    status,
    body,
    retryable: status >= 500 ? "5xx" : "4xx",
    hostDown: false,
  };
}

/** What each stage of a failed request is to the account: Twilio's code and when it may be repeated. */
const STAGES: Readonly<Record<string, { code: number; retryable?: "ct" | "rt"; hostDown: boolean }>> = {
  url: { code: 11200, hostDown: false },
  guard: { code: 11200, hostDown: false },
  resolve: { code: 11210, retryable: "ct", hostDown: true },
  connect: { code: 11205, retryable: "ct", hostDown: true },
  tls: { code: 11220, retryable: "ct", hostDown: true },
  write: { code: 11205, retryable: "ct", hostDown: true },
  read: { code: 11200, retryable: "rt", hostDown: true },
  total: { code: 11203, retryable: "rt", hostDown: true },
  protocol: { code: 11206, hostDown: false },
  "too-large": { code: 11750, hostDown: false },
  redirects: { code: 11215, hostDown: false },
};

function failure(error: HttpClientError): AttemptResult {
  const stage = STAGES[error.stage] ?? { code: 11200, hostDown: false };
  return {
    kind: "failed",
    errorCode: stage.code,
    text: error.message,
    retryable: stage.retryable,
    hostDown: stage.hostDown,
  };
}

function withQuery(url: string, params: readonly (readonly [string, string])[]): string {
  if (params.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${formBody(params)}`;
}

/** Percent-encoding as the URL standard's forms have it. */
function formBody(params: readonly (readonly [string, string])[]): string {
  let body = "";
  for (const [name, value] of params) body += `${body === "" ? "" : "&"}${encode(name)}=${encode(value)}`;
  return body;
}

const PLAIN = /^[A-Za-z0-9*._-]*$/;

function encode(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(wellFormed(text))
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The host and port that a webhook goes to, for limits; the whole text where it is no URL. */
export function hostOf(job: Pick<WebhookJob, "url">): string {
  const start = job.url.indexOf("//") + 2;
  const end = job.url.slice(start).search(/[/?#]/);
  return end < 0 ? job.url.slice(start) : job.url.slice(start, start + end);
}

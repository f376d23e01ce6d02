import { appendQuery, encodeForm } from "../../protocols/http1/index.ts";
import { HttpClientError, type AddressGuard, type HttpClient, type HttpClientRequest } from "../http-client/index.ts";
import type { WebhookAnswer, WebhookJob } from "./job.ts";
import { readOverrides, type ConnectionOverrides } from "./overrides.ts";
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
  /** What is left of the time for this request, its redirects and its repetitions. */
  readonly leftMs: () => number;
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
      /** Nobody answered: counts against the host. `undefined` where nobody was asked. */
      readonly hostDown: boolean | undefined;
    };

/** Sends one signed request and reads the answer, over redirects, each signed for its own address. Never rejects. */
export async function sendAttempt(http: HttpClient, guard: AddressGuard, attempt: Attempt): Promise<AttemptResult> {
  const overrides = readOverrides(attempt.url);
  let hop: Hop = { url: overrides.url, method: attempt.method, params: attempt.params };
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await http.request(signedRequest(attempt, hop, overrides, guard));
      const next = redirected(response.status, response.headers.location, hop);
      if (next === undefined) {
        const type = response.headers["content-type"] ?? "";
        return judge(response.status, type, response.body.toString("utf8"), response.url);
      }
      hop = next;
    }
    return { ...failureOf("redirects"), text: `There were more than ${MAX_REDIRECTS} redirects.` };
  } catch (error) {
    if (error instanceof HttpClientError) return { ...failureOf(error.stage), text: error.message };
    throw error;
  }
}

interface Hop {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: readonly (readonly [string, string])[];
}

function signedRequest(
  attempt: Attempt,
  hop: Hop,
  overrides: ConnectionOverrides,
  guard: AddressGuard,
): HttpClientRequest {
  const isPost = hop.method === "POST";
  const target = isPost ? hop.url : appendQuery(hop.url, hop.params);
  const { authToken } = attempt;
  const { signature } = signTwilioRequest({ authToken, url: target, ...(isPost ? { params: hop.params } : {}) });
  const headers: [string, string][] = [
    ["X-Twilio-Signature", signature],
    ["I-Twilio-Idempotency-Token", attempt.idempotencyToken],
    ["User-Agent", "TwilioProxy/1.1"],
    ["Accept", "*/*"],
  ];
  if (isPost) headers.push(["Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"]);
  const { connectMs, readMs } = overrides;
  const totalMs = Math.max(1, attempt.leftMs());
  return {
    method: hop.method,
    url: target,
    headers,
    ...(isPost ? { body: encodeForm(hop.params) } : {}),
    timeouts: { connectMs, readMs, totalMs },
    maxBodyOctets: MAX_ANSWER_OCTETS,
    guard,
    retryStale: true,
  };
}

/** Where an answer sends the request on: 307 and 308 as it is, the others as a GET without parameters (RFC 9110 §15.4). */
function redirected(status: number, location: string | undefined, hop: Hop): Hop | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, hop.url)) return undefined;
  const url = new URL(location, hop.url).href;
  return status >= 307 ? { ...hop, url } : { url, method: "GET", params: [] };
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

function failureOf(stage: string): Extract<AttemptResult, { kind: "failed" }> {
  const { code, retryable, hostDown } = STAGES[stage] ?? { code: 11200, hostDown: false };
  return { kind: "failed", errorCode: code, text: "", retryable, hostDown };
}

/** The host and port that a webhook goes to, for limits; the whole text where it is no URL. */
export function hostOf(job: Pick<WebhookJob, "url">): string {
  const start = job.url.indexOf("//") + 2;
  const end = job.url.slice(start).search(/[/?#]/);
  return end < 0 ? job.url.slice(start) : job.url.slice(start, start + end);
}

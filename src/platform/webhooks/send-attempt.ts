import { hash } from "node:crypto";
import { appendQuery, encodeForm } from "../../protocols/http1/index.ts";
import {
  HttpClientError,
  type AddressGuard,
  type HttpClient,
  type HttpClientRequest,
  type HttpClientResponse,
} from "../http-client/index.ts";
import type { Clock } from "../ports.ts";
import { readOverrides, type ConnectionOverrides } from "./overrides.ts";
import { MAX_EXCERPT_CHARACTERS, type AttemptResult, type RetryClass, type SendRequest } from "./sender.ts";
import { traceOf } from "./request-trace.ts";
import { signTwilioRequest } from "./signature.ts";

/** Longest answer that is read: TwiML may have 64 KiB. */
const MAX_ANSWER_OCTETS = 64 * 1024;
const MAX_REDIRECTS = 5;
const NO_PARAMS: SendRequest["params"] = [];

/** Sends one signed request and reads the answer, over redirects, each signed for its own address. Never rejects. */
export async function sendAttempt(
  { http, guard, clock }: { readonly http: HttpClient; readonly guard: AddressGuard; readonly clock: Clock },
  request: SendRequest,
): Promise<AttemptResult> {
  const overrides = readOverrides(request.url);
  const attempt: Attempt = {
    overrides,
    guard,
    authToken: request.authToken,
    idempotencyToken: tokenOf(request.webhookId),
    endMs: clock.monotonicMs() + request.leftMs,
    context: request.context,
  };
  let hop: Hop = { url: overrides.url, method: request.method, params: request.params };
  const traced = (result: AttemptResult, ...seen: Parameters<typeof traceOf>): AttemptResult =>
    request.wantsTrace === true ? { ...result, trace: traceOf(...seen) } : result;
  for (let redirects = 0; ; redirects += 1) {
    const signed = signedRequest(attempt, hop, clock.monotonicMs());
    try {
      const response = await http.request(signed);
      const next = redirected(response.status, response.headers.location, hop);
      if (next === undefined) return traced(judge(response, request.wantsBody), signed, response, redirects);
      if (redirects === MAX_REDIRECTS) {
        const failure = { ...failureOf("redirects"), text: `There were more than ${MAX_REDIRECTS} redirects.` };
        return traced(failure, signed, response, redirects);
      }
      hop = next;
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      return traced({ ...failureOf(error.stage), text: error.message }, signed, undefined, redirects);
    }
  }
}

/** What the requests of one chain of redirects share. */
interface Attempt {
  readonly overrides: ConnectionOverrides;
  readonly guard: AddressGuard;
  readonly authToken: string;
  readonly idempotencyToken: string;
  /** On the monotonic clock. */
  readonly endMs: number;
  readonly context: string | undefined;
}

/** A UUID that follows from the webhook's id, so that it is the same on every repetition and after a restart. */
function tokenOf(id: string): string {
  const hex = hash("sha256", id, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface Hop {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: readonly (readonly [string, string])[];
}

function signedRequest(attempt: Attempt, hop: Hop, nowMs: number): HttpClientRequest {
  const isPost = hop.method === "POST";
  const target = isPost ? hop.url : appendQuery(hop.url, hop.params);
  const { authToken, guard, overrides, endMs } = attempt;
  const { signature } = signTwilioRequest({ authToken, url: target, params: isPost ? hop.params : NO_PARAMS });
  const headers: [string, string][] = [
    ["X-Twilio-Signature", signature],
    ["I-Twilio-Idempotency-Token", attempt.idempotencyToken],
    ["User-Agent", "TwilioProxy/1.1"],
    ["Accept", "*/*"],
  ];
  if (isPost) headers.push(["Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"]);
  if (attempt.context !== undefined) addContext(headers, attempt.context);
  const { connectMs, readMs } = overrides;
  const timeouts = { connectMs, readMs, totalMs: Math.max(1, endMs - nowMs) };
  const maxBodyOctets = MAX_ANSWER_OCTETS;
  if (!isPost) return { method: "GET", url: target, headers, timeouts, maxBodyOctets, guard, retryStale: true };
  const body = encodeForm(hop.params);
  return { method: "POST", url: target, headers, body, timeouts, maxBodyOctets, guard, retryStale: true };
}

/** W3C Trace Context: the part before the space is `traceparent`, the rest `tracestate`. */
function addContext(headers: [string, string][], context: string): void {
  const space = context.indexOf(" ");
  headers.push(["traceparent", space < 0 ? context : context.slice(0, space)]);
  if (space >= 0) headers.push(["tracestate", context.slice(space + 1)]);
}

/** Where an answer sends the request on: 307 and 308 as it is, the others as a GET without parameters (RFC 9110 §15.4). */
function redirected(status: number, location: string | undefined, hop: Hop): Hop | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, hop.url)) return undefined;
  const url = new URL(location, hop.url).href;
  return status >= 307 ? { ...hop, url } : { url, method: "GET", params: [] };
}

function judge(response: HttpClientResponse, wantsBody: boolean): AttemptResult {
  const { status, body, url } = response;
  if (status >= 200 && status < 300) {
    if (!wantsBody) return { kind: "answer", answer: { status, contentType: "", body: "" }, url: "" };
    const type = response.headers["content-type"] ?? "";
    const contentType = (type.split(";")[0] ?? "").trim().toLowerCase();
    return { kind: "answer", answer: { status, contentType, body: body.toString("utf8") }, url };
  }
  return {
    kind: "failed",
    errorCode: 11200,
    text: `The server answered with status ${status}.`,
    status,
    body: body.toString("utf8").slice(0, MAX_EXCERPT_CHARACTERS),
    retryable: status >= 500 ? "5xx" : "4xx",
    hostDown: false,
  };
}

/** What each stage of a failed request is to the account: Twilio's code and when it may be repeated. */
const STAGES: Readonly<Record<string, { code: number; retryable?: RetryClass; hostDown: boolean }>> = {
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

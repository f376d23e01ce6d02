import type { Tickets } from "../../../platform/console/index.ts";
import { isVendorHost } from "../../../platform/hosts/index.ts";
import { headerOf, type HttpRequest, type HttpResponse, type RequestHeaders } from "../../../platform/http/index.ts";
import { DATA_HEADERS } from "./answer-headers.ts";
import { originOf } from "./origin.ts";
import type { KnownSession } from "./session-book.ts";

/** The longest body that is passed on; what the API takes may be less. */
export const MAX_CALL_OCTETS = 8 * 1_048_576;

/** Fields of a browser's request that the API hears of. */
const PASSED: readonly string[] = [
  "accept",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "user-agent",
];
/** Fields of an answer of the API that a browser hears of, as they are written. */
const ANSWERED: Readonly<Record<string, string>> = {
  "content-type": "Content-Type",
  "content-disposition": "Content-Disposition",
  etag: "ETag",
  "last-modified": "Last-Modified",
  "retry-after": "Retry-After",
  "idempotent-replayed": "Idempotent-Replayed",
  "twilio-request-id": "X-Api-Request-Id",
};
/** What a browser may show; everything else it is told to keep as a file. */
const SHOWN =
  /^(?:application\/json|text\/(?:plain|csv)|image\/(?:png|jpeg|gif|webp|svg\+xml)|audio\/[a-z0-9.+-]+|video\/[a-z0-9.+-]+)\s*(?:;|$)/i;

/** What a request of the API is made of. */
export interface ApiCall {
  readonly request: HttpRequest;
  readonly session: KnownSession;
  readonly product: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Whose things it is about: the user's account, or one that it owns. */
  readonly accountSid: string;
  /** The cell that the operator wants to ask. */
  readonly cell: string | undefined;
}

/**
 * The request of the API for a request of a page: with a ticket for credentials, and of what the browser
 * said only what the API has a use for. Its body goes on as it comes.
 */
export function subRequest(call: ApiCall, tickets: Tickets): HttpRequest {
  const { request, session, product, target, accountSid, cell } = call;
  const ticket = tickets.write({
    accountSid,
    mainSid: session.accountSid,
    userSid: session.userSid,
    sessionSid: session.sessionSid,
    role: session.role,
  });
  const origin = originOf(request);
  const headers: Record<string, string> = {
    host: hostFor(product, origin.replace(/^https?:\/\//, "")),
    authorization: `Basic ${Buffer.from(`${accountSid}:${ticket}`).toString("base64")}`,
    "accept-encoding": "identity",
  };
  for (const name of PASSED) {
    const value = headerOf(request.headers, name);
    if (value !== undefined) headers[name] = value;
  }
  if (cell !== undefined) headers["x-trunkline-cell"] = cell;
  return new PassedRequest({ request, target, headers, isSecure: origin.startsWith("https:") });
}

/** A host of the API says its product. For `api`, the host that the browser sees makes links that lead there. */
function hostFor(product: string, own: string): string {
  const isVendors = isVendorHost(own.replace(/:\d+$/, ""));
  return product === "api" && !isVendors ? own : `${product}.twilio.com`;
}

/** A request that takes its body from another one. */
class PassedRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly scheme: HttpRequest["scheme"];
  readonly peer: string;
  private readonly outer: HttpRequest;
  /** Present only where the other one has it, because those who look at it would wait for whole bodies else. */
  readonly streamBody?: NonNullable<HttpRequest["streamBody"]>;

  constructor(made: {
    readonly request: HttpRequest;
    readonly target: string;
    readonly headers: RequestHeaders;
    readonly isSecure: boolean;
  }) {
    const { request } = made;
    this.outer = request;
    this.method = request.method;
    this.target = made.target;
    this.headers = made.headers;
    this.scheme = made.isSecure ? "https" : "http";
    this.peer = request.peer;
    const stream = request.streamBody?.bind(request);
    if (stream !== undefined) this.streamBody = (maxOctets) => stream(Math.min(maxOctets, MAX_CALL_OCTETS));
  }

  get body(): Buffer | undefined {
    return this.outer.body;
  }

  get contentLength(): number | undefined {
    return this.outer.contentLength;
  }

  readBody(maxOctets: number): Promise<Buffer> {
    return this.outer.readBody(Math.min(maxOctets, MAX_CALL_OCTETS));
  }
}

/** Whether a body comes piece by piece. */
export function isStream(
  body: HttpResponse["body"],
): body is Exclude<HttpResponse["body"], string | Uint8Array | undefined> {
  return typeof body === "object" && "destroy" in body;
}

/** What a browser gets of an answer of the API: no cookies, no addresses to go to, no question for credentials. */
export function passAnswer(answer: HttpResponse): HttpResponse {
  const headers: string[] = [...DATA_HEADERS];
  let type: string | undefined;
  for (let index = 0; index + 1 < answer.headers.length; index += 2) {
    const name = (answer.headers[index] ?? "").toLowerCase();
    const value = answer.headers[index + 1] ?? "";
    if (name === "content-type") type = value;
    // Of a stream nobody else knows how long it is.
    if (name === "content-length" && isStream(answer.body)) headers.push("Content-Length", value);
    const written = Object.hasOwn(ANSWERED, name) ? ANSWERED[name] : undefined;
    if (written !== undefined) headers.push(written, value);
  }
  const isShown = type === undefined || SHOWN.test(type);
  if (!isShown && !headers.includes("Content-Disposition")) headers.push("Content-Disposition", "attachment");
  // That a ticket was not taken does not end the session: the account is closed, or a cell is behind.
  return { status: answer.status === 401 ? 403 : answer.status, headers, body: answer.body };
}

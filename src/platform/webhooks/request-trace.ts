import type { HttpClientRequest, HttpClientResponse } from "../http-client/index.ts";
import { maskUrl } from "./mask-url.ts";

/** One request of a webhook as it went out, and what came back: for those who look at it, not for what is made of it. */
export interface RequestTrace {
  /** Without a password, and as it was asked after redirects. */
  readonly url: string;
  readonly method: string;
  readonly requestHeaders: readonly (readonly [name: string, value: string])[];
  /** Redirects before this request. */
  readonly redirects: number;
  /** Absent where nothing came back. */
  readonly response?: {
    readonly status: number;
    /** Names in lower case; cookies and challenges are left out. */
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** Its beginning, where it is long: see {@link MAX_TRACED_BODY_OCTETS}. */
    readonly body: string;
    readonly bodyOctets: number;
  };
}

/** So much of an answer is kept to be shown. */
export const MAX_TRACED_BODY_OCTETS = 16_384;
const MAX_HEADERS = 64;
const MAX_HEADER_CHARACTERS = 1_024;
/** What an answer says to one client alone. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "set-cookie",
  "set-cookie2",
  "www-authenticate",
  "proxy-authenticate",
  "authorization",
  "authentication-info",
]);

/** Writes down a request, and the answer where there is one. */
export function traceOf(
  request: HttpClientRequest,
  response: HttpClientResponse | undefined,
  redirects: number,
): RequestTrace {
  const { url, method, headers: requestHeaders = [] } = request;
  const asked = { url: maskUrl(url), method, requestHeaders, redirects };
  if (response === undefined) return asked;
  const { status, headers, body } = response;
  const shown = Object.entries(headers)
    .filter(([name]) => !SECRET_HEADERS.has(name))
    .slice(0, MAX_HEADERS)
    .map(([name, value]): [string, string] => [name, value.slice(0, MAX_HEADER_CHARACTERS)]);
  const beginning = body.toString("utf8", 0, Math.min(body.length, MAX_TRACED_BODY_OCTETS));
  return { ...asked, response: { status, headers: shown, body: beginning, bodyOctets: body.length } };
}

import { Buffer, isUtf8 } from "node:buffer";
import { parseRequestUrl } from "../../protocols/http1/index.ts";
import type { HeaderPair, RequestUrl } from "../../protocols/http1/index.ts";
import type { RawAnswer } from "./exchange.ts";

/** What changes from one request of a chain to the next. */
export interface Hop {
  readonly target: RequestUrl;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: string | Uint8Array | undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Meant for the first server only. */
const SECRET_FIELD = /^(?:authorization|cookie|proxy-authorization)$/i;
/** Describes a body that is no longer sent. */
const BODY_FIELD = /^content-/i;

/** Where an answer sends the client, or `undefined` where it is no redirect. */
export function locationOf(answer: RawAnswer): string | undefined {
  return REDIRECTS.has(answer.status) ? answer.headers.get("location") : undefined;
}

/**
 * The request that follows a redirect (RFC 9110 §15.4). 303 turns everything but HEAD into
 * GET; 301 and 302 do so with POST, as all clients have it; 307 and 308 repeat the request
 * as it was. Credentials stay with the origin they were meant for. Throws `Http1Error`
 * `bad-url` for a location that is no http or https URL.
 */
export function followRedirect(hop: Hop, status: number, location: string): Hop {
  // Servers that do not encode what lies outside ASCII put UTF-8 there or Latin-1, and both arrived as Latin-1.
  const octets = Buffer.from(location, "latin1");
  const text = isUtf8(octets) ? octets.toString("utf8") : location;
  const resolved = URL.canParse(text, hop.target.href) ? new URL(text, hop.target.href).href : "";
  const named = parseRequestUrl(resolved);
  const stays = sameOrigin(hop.target, named);
  const { username, password } = hop.target;
  const target = stays && named.username === "" && named.password === "" ? { ...named, username, password } : named;
  const toGet = status === 303 ? hop.method !== "HEAD" : status < 303 && hop.method === "POST";
  let { headers } = hop;
  if (!stays) headers = headers.filter(([name]) => !SECRET_FIELD.test(name));
  if (toGet) headers = headers.filter(([name]) => !BODY_FIELD.test(name));
  return { target, method: toGet ? "GET" : hop.method, headers, body: toGet ? undefined : hop.body };
}

function sameOrigin(left: RequestUrl, right: RequestUrl): boolean {
  return left.scheme === right.scheme && left.host === right.host && left.port === right.port;
}

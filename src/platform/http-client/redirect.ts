import type { HeaderPair } from "../../protocols/http1/index.ts";

/** Fields that describe a body that is no longer sent. */
const CONTENT_FIELD = /^content-/i;
/** Fields meant for the first host only. */
const SECRET_FIELD = /^(?:authorization|proxy-authorization|cookie)$/i;

interface Redirected {
  readonly method: string;
  /** The URL that was asked, without credentials. */
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer | string | undefined;
}

/**
 * What to send after a redirect (RFC 9110 §15.4), or `undefined` where the answer is none.
 * 301 and 302 turn a POST into a GET as browsers do, 303 everything but HEAD; 307 and 308
 * repeat the request. Credentials in the `Location` are not used; secrets do not go to another origin.
 */
export function followRedirect(
  asked: Redirected & { readonly status: number; readonly location: string | undefined },
): Redirected | undefined {
  const { status, location } = asked;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, asked.url)) return undefined;
  const url = new URL(location, asked.url);
  url.username = "";
  url.password = "";
  const isSameOrigin = url.origin === new URL(asked.url).origin;
  const headers = isSameOrigin ? asked.headers : asked.headers.filter(([name]) => !SECRET_FIELD.test(name));
  const becomesGet = status === 303 ? asked.method !== "HEAD" : status < 303 && asked.method === "POST";
  if (!becomesGet) return { method: asked.method, url: url.href, headers, body: asked.body };
  const kept = headers.filter(([name]) => !CONTENT_FIELD.test(name));
  return { method: "GET", url: url.href, headers: kept, body: undefined };
}

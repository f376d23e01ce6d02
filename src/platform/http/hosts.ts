import { AppError } from "../../kernel/errors.ts";
import { BAD_REQUEST } from "./errors.ts";
import { headerOf, type HttpRequest } from "./message.ts";

const MAX_HOST_CHARACTERS = 262;
/** Names, IPv4 and bracketed IPv6 addresses, with an optional port (RFC 9110 §7.2). */
const HOST_PATTERN = /^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The host that the client meant: `X-Forwarded-Host` (its first value) before
 * `Host`. Empty when neither is given (HTTP/1.0). Throws `BAD_REQUEST` for what
 * is no host, because it ends up in URLs of answers.
 */
export function hostOf(request: HttpRequest, targetHost: string | undefined): string {
  const forwarded = headerOf(request.headers, "x-forwarded-host");
  const host = forwarded === undefined ? (targetHost ?? headerOf(request.headers, "host") ?? "") : firstOf(forwarded);
  if (host === "") return host;
  if (host.length > MAX_HOST_CHARACTERS || !HOST_PATTERN.test(host)) {
    throw new AppError(BAD_REQUEST, { reason: "the host is no host name" });
  }
  return host;
}

/** Scheme and host as the client sees them; honours `X-Forwarded-Proto`. */
export function baseUrlOf(request: HttpRequest, host: string): string {
  const forwarded = headerOf(request.headers, "x-forwarded-proto");
  const scheme = forwarded === undefined ? request.scheme : firstOf(forwarded).toLowerCase();
  return `${scheme === "https" || scheme === "http" ? scheme : request.scheme}://${host === "" ? "localhost" : host}`;
}

function firstOf(list: string): string {
  const comma = list.indexOf(",");
  return (comma === -1 ? list : list.slice(0, comma)).trim();
}

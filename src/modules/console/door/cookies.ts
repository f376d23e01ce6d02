import { headerOf, type HttpRequest } from "../../../platform/http/index.ts";

/** Of a page of ours there is one; a page beside ours on the same host may have set others. */
const MAX_CANDIDATES = 4;
const MAX_COOKIE_CHARACTERS = 8_192;

/**
 * The name of the cookie at an origin. `__Host-` (RFC 6265bis §4.1.3.2) is a promise of the browser: such
 * a cookie was set over https, by this very host, for all paths; no neighbour can have planted it.
 */
function nameFor(origin: string): string {
  return origin.startsWith("https://") ? "__Host-trunkline" : "trunkline";
}

/** The values of our cookie in a request; more than one only where somebody else has set one, too. */
export function sessionCookies(request: HttpRequest, origin: string): readonly string[] {
  const header = headerOf(request.headers, "cookie") ?? "";
  if (header.length > MAX_COOKIE_CHARACTERS) return [];
  const start = `${nameFor(origin)}=`;
  const pairs = header.split(";").map((pair) => pair.trim());
  const ours = pairs.filter((pair) => pair.startsWith(start));
  return ours.slice(0, MAX_CANDIDATES).map((pair) => pair.slice(start.length));
}

/** `Set-Cookie` for a session that is over after so many seconds; 0 takes it away. */
export function setSessionCookie(origin: string, token: string, maxAgeSeconds: number): string {
  const where = origin.startsWith("https://") ? "Path=/; Secure" : "Path=/console";
  return `${nameFor(origin)}=${token}; ${where}; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeSeconds)}`;
}

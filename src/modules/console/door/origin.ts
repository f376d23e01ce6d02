import { AppError } from "../../../kernel/errors.ts";
import { baseUrlOf, headerOf, hostOf, type HttpRequest } from "../../../platform/http/index.ts";
import { consoleErrors } from "../errors.ts";

const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)/i;
const LOOPBACK = /^http:\/\/(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** Scheme, host and port under which a browser reached the console: its origin (RFC 6454 §4). */
export function originOf(request: HttpRequest): string {
  const targetHost = ABSOLUTE_TARGET.exec(request.target)?.[1];
  return baseUrlOf(request, hostOf(request, targetHost))
    .toLowerCase()
    .replace(/^(http:\/\/.*):80$|^(https:\/\/.*):443$/, "$1$2");
}

/** Throws 20006 where somebody on the way could read what is said: only https, and this machine's own names, are safe. */
export function checkSecure(origin: string): void {
  if (!origin.startsWith("https://") && !LOOPBACK.test(origin)) throw new AppError(consoleErrors.insecure);
}

/**
 * Throws 20006 for a request that changes something and does not come from a page of this console. Three
 * things are asked for, of which each would be enough in a browser of today: a header that a foreign page
 * cannot set without asking first (and nobody answers that question), our own `Origin`, and the browser's
 * word (`Sec-Fetch-Site`). The cookie is `SameSite=Strict` besides.
 */
export function checkChange(request: HttpRequest): void {
  const origin = headerOf(request.headers, "origin");
  const site = headerOf(request.headers, "sec-fetch-site");
  const isOurs =
    headerOf(request.headers, "x-console") === "1" &&
    (origin !== undefined || site !== undefined) &&
    (origin === undefined || isSameOrigin(origin, request)) &&
    (site === undefined || site === "same-origin");
  if (!isOurs) throw new AppError(consoleErrors.foreignPage);
}

/** Throws 20006 for a request that only reads, where the browser says that another site makes it. */
export function checkRead(request: HttpRequest): void {
  const origin = headerOf(request.headers, "origin");
  const site = headerOf(request.headers, "sec-fetch-site");
  const isForeign =
    (origin !== undefined && !isSameOrigin(origin, request)) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (isForeign) throw new AppError(consoleErrors.foreignPage);
}

/** Whether an `Origin` is the one under which the console was reached. */
export function isSameOrigin(origin: string, request: HttpRequest): boolean {
  return origin.toLowerCase() === originOf(request);
}

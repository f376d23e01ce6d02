import { AppError } from "../../kernel/errors.ts";
import { normalizeHost } from "../../platform/hosts/index.ts";
import { linkErrors } from "./errors.ts";
import { MAX_URL_CHARACTERS } from "./find-urls.ts";

/** What a URL is judged by. */
export interface UrlRules {
  /** Whether a host, or a domain that it is in, is blocked by the operator. */
  isBlocked(host: string): boolean;
  /** Whether a host is a link domain: a link to a link could go round for ever. */
  isLinkDomain(host: string): boolean;
}

const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:"]);
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const PLAIN = /^[\x21-\x7e]+$/;

/**
 * Checks a URL that a link is to lead to. It is only ever redirected to, never fetched. Throws
 * the public error for another scheme than `http` and `https`, a user name in front of the host
 * (which only deceives), a link domain, a blocked host, and what is no URL.
 */
export function checkTarget(url: string, rules: UrlRules): void {
  const refuse = (reason: string): never => {
    throw new AppError(linkErrors.urlInvalid, { reason });
  };
  if (url.length > MAX_URL_CHARACTERS) return refuse(`it is longer than ${MAX_URL_CHARACTERS} characters`);
  // Parsers pass over some of them, and databases do not take all.
  if (UNPRINTABLE.test(url)) return refuse("it has control characters");
  if (!URL.canParse(url)) return refuse("it is no absolute URL");
  const { protocol, username, password, hostname } = new URL(url);
  if (!SCHEMES.has(protocol)) return refuse("its scheme is neither http nor https");
  if (username !== "" || password !== "") return refuse("it has a user name");
  const host = normalizeHost(hostname) ?? hostname;
  if (rules.isLinkDomain(host)) return refuse("it leads to a link domain");
  if (rules.isBlocked(host)) throw new AppError(linkErrors.urlBlocked, { host });
}

/** The host of a URL that was checked before. */
export function hostOfUrl(url: string): string {
  if (!URL.canParse(url)) return "";
  const { hostname } = new URL(url);
  return normalizeHost(hostname) ?? hostname;
}

/** A URL as a `Location` field may hold it: visible ASCII only, so that nothing in it can end the field. */
export function locationOf(url: string): string {
  return PLAIN.test(url) ? url : new URL(url).href;
}

import { Http1Error } from "./error.ts";

/** Longest URL taken. */
export const MAX_URL_OCTETS = 8_192;

/** An http or https URL, taken apart into what a connection and a request need. */
export interface RequestUrl {
  readonly scheme: "http" | "https";
  /** Normalised name or address to resolve: lower case, Punycode, IPv4 in dotted decimals, IPv6 without brackets. */
  readonly host: string;
  /** Never 0: the default of the scheme is filled in. */
  readonly port: number;
  /** The `Host` field, with the port where the URL names one. */
  readonly hostField: string;
  /** Path and query as sent; always begins with `/`. */
  readonly target: string;
  /** Percent-decoded; empty where the URL has none. */
  readonly username: string;
  readonly password: string;
  /** `scheme://hostField` and target: what the receiver sees, without credentials and fragment. This is what gets signed. */
  readonly href: string;
}

/**
 * A URL that consists of nothing but characters that RFC 3986 lets stand in their
 * places. It goes onto the wire character for character, because receivers rebuild
 * the URL from the request to check a signature over the configured one.
 */
const PLAIN_URL =
  /^https?:\/\/(?:[^\s/?#@\\]*@)?([0-9A-Za-z.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?)((?:\/[0-9A-Za-z\-._~!$&'()*+,;=:@%/]*)?(?:\?[0-9A-Za-z\-._~!$&'()*+,;=:@%/?]*)?)(?:#.*)?$/i;

/**
 * Takes a URL apart. Host and port always come from the WHATWG parser, so that
 * no other reading of the URL can name a different host. Path and query keep the
 * caller's spelling where that is legal on the wire, and are normalised otherwise.
 * Throws {@link Http1Error} `bad-url` for other schemes, no host and overlong URLs.
 */
export function parseRequestUrl(url: string): RequestUrl {
  if (url.length > MAX_URL_OCTETS || !URL.canParse(url)) throw new Http1Error("bad-url");
  const parsed = new URL(url);
  const scheme = parsed.protocol === "https:" ? "https" : parsed.protocol === "http:" ? "http" : undefined;
  if (scheme === undefined || parsed.hostname === "") throw new Http1Error("bad-url");
  const wire = spellForWire(url, parsed);
  return {
    scheme,
    host: parsed.hostname.startsWith("[") ? parsed.hostname.slice(1, -1) : parsed.hostname,
    port: parsed.port === "" ? (scheme === "https" ? 443 : 80) : Number(parsed.port),
    hostField: wire.hostField,
    target: wire.target,
    username: percentDecode(parsed.username),
    password: percentDecode(parsed.password),
    href: `${scheme}://${wire.hostField}${wire.target}`,
  };
}

function spellForWire(url: string, parsed: URL): { hostField: string; target: string } {
  const match = PLAIN_URL.exec(url);
  const authority = match?.[1] ?? "";
  if (match === null || !sameHost(authority, parsed)) {
    return { hostField: parsed.host, target: parsed.pathname + parsed.search };
  }
  const rest = match[2] ?? "";
  return { hostField: authority, target: rest.startsWith("/") ? rest : `/${rest}` };
}

/** False where the parser rewrote the host, as it does for `0x7f.1`: then its spelling is sent. */
function sameHost(authority: string, parsed: URL): boolean {
  const host = authority.startsWith("[")
    ? authority.slice(0, authority.indexOf("]") + 1)
    : authority.replace(/:.*$/, "");
  return host.toLowerCase() === parsed.hostname;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not UTF-8 behind the percent signs: the raw spelling is the best guess there is.
    return text;
  }
}

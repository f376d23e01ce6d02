import type { HttpRequest } from "./message.ts";

/** What the caller proved to hold: the account's auth token, or an API key of it. */
export type Credential = "token" | "key";

/** A main key may do what the auth token may; a standard key may not touch accounts and keys; a restricted key only what it lists. */
export type KeyKind = "main" | "standard" | "restricted";

/** An account that is not `active` gets 403/20005 for every authenticated request of its own. */
export type AccountStatus = "active" | "suspended" | "closed";

/** Who is calling. Made by an {@link Authenticator}; may be cached and shared between requests, so it is read-only. */
export interface Principal {
  /** The account that the credential belongs to. */
  readonly accountSid: string;
  readonly status: AccountStatus;
  readonly credential: Credential;
  /** Present when `credential` is `key`. */
  readonly keySid?: string;
  readonly keyKind?: KeyKind;
  /** Who uses the console, where the request comes from there; then `credential` is `token`. */
  readonly userSid?: string;
  /** What he is in the account: `owner`, `admin` … Absent for everybody who came with a credential of the account itself. */
  readonly role?: string;
  /** The session of the console that it came through. */
  readonly sessionSid?: string;
  /** Whether this principal may act on `accountSid`: its own account, or, for a parent, one of its subaccounts. */
  canAccess(accountSid: string): Promise<boolean>;
}

/** User name and password of HTTP Basic authentication (RFC 7617 §2). */
export interface BasicCredentials {
  /** An account SID or the SID of an API key. */
  readonly username: string;
  readonly password: string;
}

/** Decides who is calling. Implemented by the accounts module, which also caches what it verified. */
export interface Authenticator {
  /**
   * Resolves to `undefined` when the credentials are wrong; rejects only when it cannot tell.
   * `request` is what they came with, where that was HTTP.
   */
  authenticate(
    credentials: BasicCredentials,
    request?: Pick<HttpRequest, "method" | "target" | "headers">,
  ): Promise<Principal | undefined>;
}

const MAX_AUTHORIZATION_OCTETS = 2_048;

/** Reads an `Authorization` header (RFC 7617 §2). `undefined` for anything but well-formed Basic credentials. */
export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > MAX_AUTHORIZATION_OCTETS) return undefined;
  if (header.length < 7 || header.slice(0, 6).toLowerCase() !== "basic ") return undefined;
  const text = Buffer.from(header.slice(6), "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon <= 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

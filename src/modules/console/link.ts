import { isSid } from "../../kernel/ids.ts";
import type { RandomBytes } from "../../platform/ports.ts";

/** What a link is for: to sign in, to accept an invitation, to set a forgotten password anew. */
export type LinkPurpose = "sign-in" | "invitation" | "password";

/** A one-time link. Its token is known to whoever it was told, and to nobody else. */
export interface SignInLink {
  readonly sid: string;
  readonly accountSid: string;
  readonly userSid: string;
  readonly purpose: LinkPurpose;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/** A link with its token, as it is told once. */
export interface NewSignInLink extends SignInLink {
  readonly token: string;
}

/** Unused links of one account that there can be at once. */
export const MAX_OPEN_LINKS = 100;
export const MIN_LINK_SECONDS = 60;
export const MAX_LINK_SECONDS = 604_800;
export const SIGN_IN_LINK_SECONDS = 900;
export const INVITATION_SECONDS = 604_800;
/** What a start prints may be read a while later. */
export const START_LINK_SECONDS = 86_400;

const ACCOUNT_OCTETS = 16;
const RANDOM_OCTETS = 32;
/** 48 octets. */
const TOKEN = /^[A-Za-z0-9_-]{64}$/;

/** A new token: 16 octets that say the account, so that every edge knows which cell to ask, then 32 at random. */
export function mintLinkToken(accountSid: string, randomBytes: RandomBytes): string {
  const account = Buffer.from(accountSid.slice(2), "hex");
  return Buffer.concat([account, randomBytes(RANDOM_OCTETS)]).toString("base64url");
}

/** The account that a token says; `undefined` for a text that is none. */
export function accountOfLinkToken(token: string): string | undefined {
  if (!TOKEN.test(token)) return undefined;
  const accountSid = `AC${Buffer.from(token, "base64url").toString("hex", 0, ACCOUNT_OCTETS)}`;
  return isSid(accountSid, "AC") ? accountSid : undefined;
}

/** Where a browser goes with a token: behind the `#`, so that it is sent to nobody and written to no log. */
export function linkUrl(baseUrl: string, token: string): string {
  return `${baseUrl}/console/enter#${token}`;
}

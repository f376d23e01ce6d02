import type { Role } from "../../platform/console/index.ts";

/** Somebody is signed in, in one browser. */
export interface Session {
  readonly sid: string;
  readonly accountSid: string;
  readonly userSid: string;
  /** Whether it is good for setting up the second factor only. */
  readonly isLimited: boolean;
  /** From where it was begun. */
  readonly address: string;
  /** The browser, as it calls itself. */
  readonly agent: string;
  readonly createdMs: number;
  /** To a few minutes. */
  readonly seenMs: number;
  readonly expiresMs: number;
}

/** What an edge is told of a session that holds. */
export interface SessionStanding {
  readonly sessionSid: string;
  readonly userSid: string;
  readonly accountSid: string;
  readonly role: Role;
  readonly isLimited: boolean;
  readonly email: string | null;
  readonly friendlyName: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** Of one user; the oldest makes room. */
export const MAX_SESSIONS_PER_USER = 50;

import { isRole, rankOf, type Role } from "../../platform/console/index.ts";
import type { Principal } from "../../platform/http/index.ts";

/** `invited`: has set no password yet. */
export type UserStatus = "invited" | "active" | "suspended";

/** Somebody who may sign in to the console for an account. */
export interface User {
  readonly sid: string;
  readonly accountSid: string;
  /** Absent for the user that stands for the account itself. */
  readonly email: string | undefined;
  readonly friendlyName: string;
  readonly role: Role;
  readonly status: UserStatus;
  /** As `Passwords` of platform/console writes it. */
  readonly password: string | undefined;
  readonly totp: UserTotp;
  /** Whether it stands for whoever holds the account's credentials: it signs in by links alone, and is an owner. */
  readonly isAccount: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly lastSignInMs: number | undefined;
}

/** The second factor of a user. */
export interface UserTotp {
  /** Sealed; present once it was confirmed. */
  readonly secret: string | undefined;
  /** Sealed; waits for its confirmation. */
  readonly pending: string | undefined;
  /** No code of this time step or before it is taken any more. */
  readonly lastStep: number;
  /** Digests of recovery codes that were not used. */
  readonly recoveryDigests: readonly string[];
}

export const MAX_USERS_PER_ACCOUNT = 500;
export const MAX_NAME_CHARACTERS = 64;
export const MIN_PASSWORD_CHARACTERS = 12;
export const MAX_PASSWORD_CHARACTERS = 256;

/** What users are called that were given no name. */
export const ACCOUNT_USER_NAME = "Account owner";

/** Who asks: a user of the console, or a program with the account's own credentials, which may do what an owner may. */
export interface Asker {
  readonly userSid: string | undefined;
  readonly sessionSid: string | undefined;
  readonly role: Role;
}

/** The asker of a request. What is no role is the least of them. */
export function askerOf({ userSid, sessionSid, role }: Principal): Asker {
  if (userSid === undefined) return { userSid, sessionSid, role: "owner" };
  return { userSid, sessionSid, role: isRole(role) ? role : "support" };
}

/** Whether the asker may manage users with this role. */
export function mayManage(asker: Asker, role: Role): boolean {
  return rankOf(asker.role) >= rankOf("admin") && rankOf(asker.role) >= rankOf(role);
}

import { AppError } from "../../kernel/errors.ts";
import { rankOf, type Role } from "../../platform/console/index.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import type { ConsoleDeps } from "./deps.ts";
import { emailDigest, normalizeEmail } from "./email.ts";
import { consoleErrors } from "./errors.ts";
import { INVITATION_SECONDS, type NewSignInLink } from "./link.ts";
import { makeLink } from "./make-link.ts";
import { isGoodPassword } from "./redeem-link.ts";
import { endSessionsOf } from "./session.store.ts";
import {
  MAX_PASSWORD_CHARACTERS,
  MAX_USERS_PER_ACCOUNT,
  mayManage,
  MIN_PASSWORD_CHARACTERS,
  type Asker,
  type User,
  type UserStatus,
} from "./user.ts";
import {
  countUsers,
  deleteUser,
  findUser,
  insertUser,
  findOwners,
  lockAccountUsers,
  lockUser,
  putTotp,
  updateUser,
} from "./user.store.ts";

/** Whom the asker means. */
export interface UserTarget {
  readonly accountSid: string;
  readonly sid: string;
}

/** A user to invite. */
export interface Invitation {
  readonly accountSid: string;
  readonly email: string;
  readonly friendlyName: string;
  readonly role: Role;
}

/** Makes a user who accepts by a one-time link. Throws 20006 for a role above the asker's own, 20409 where the e-mail address is taken. */
export async function inviteUser(
  deps: ConsoleDeps,
  asker: Asker,
  { accountSid, email: given, friendlyName, role }: Invitation,
): Promise<{ readonly user: User; readonly link: NewSignInLink }> {
  if (!mayManage(asker, role)) throw new AppError(consoleErrors.roleTooHigh);
  const email = normalizeEmail(given);
  const nowMs = deps.clock.nowMs();
  const user: User = {
    sid: deps.mintSid("US"),
    accountSid,
    email,
    friendlyName,
    role,
    status: "invited",
    password: undefined,
    totp: { secret: undefined, pending: undefined, lastStep: 0, recoveryDigests: [] },
    isAccount: false,
    createdMs: nowMs,
    updatedMs: nowMs,
    lastSignInMs: undefined,
  };
  await deps.database.transaction(async (tx) => {
    await lockAccountUsers(tx, accountSid);
    if ((await countUsers(tx, accountSid)) >= MAX_USERS_PER_ACCOUNT) {
      throw new AppError(consoleErrors.tooManyUsers, { max: MAX_USERS_PER_ACCOUNT });
    }
    const isNew = await insertUser(tx, user, emailDigest(deps.fleetKey, email));
    if (!isNew) throw new AppError(consoleErrors.emailTaken);
  });
  const link = await makeLink(deps, { user, purpose: "invitation", lifeMs: INVITATION_SECONDS * 1_000 });
  deps.logger.info("console.user.invited", { accountSid, userSid: user.sid, role });
  return { user, link };
}

/** What is to be changed of a user; what is `undefined` stays. */
export interface UserChange {
  readonly friendlyName: string | undefined;
  readonly role: Role | undefined;
  readonly status: Exclude<UserStatus, "invited"> | undefined;
  readonly password: string | undefined;
  readonly currentPassword: string | undefined;
}

/**
 * Changes a user. A new role, status or password ends his sessions, but for the one in which he changed
 * his own password. `undefined` where the account has no such user.
 */
export async function changeUser(
  deps: ConsoleDeps,
  asker: Asker,
  { target, change }: { readonly target: UserTarget; readonly change: UserChange },
): Promise<User | undefined> {
  const known = await findUser(deps.database, target);
  if (known === undefined || !maySee(asker, known)) return undefined;
  const password = change.password === undefined ? undefined : await newPassword(deps, asker, { user: known, change });
  return deps.database.transaction(async (tx) => {
    await lockAccountUsers(tx, target.accountSid);
    const user = await lockUser(tx, target);
    if (user === undefined) return undefined;
    await checkChange(tx, asker, { user, change });
    const { friendlyName = user.friendlyName, role = user.role } = change;
    const status = statusOf(user, change);
    const nowMs = deps.clock.nowMs();
    const changed: User = {
      ...user,
      friendlyName,
      role,
      status,
      password: password ?? user.password,
      updatedMs: nowMs,
    };
    await updateUser(tx, changed);
    if (role !== user.role || status !== user.status || password !== undefined) {
      const but = password === undefined ? undefined : asker.sessionSid;
      tellEnded(deps, await endSessionsOf(tx, { userSid: user.sid, but, nowMs }));
      deps.logger.info("console.user.changed", { accountSid: user.accountSid, userSid: user.sid, role, status });
    }
    return changed;
  });
}

/** Removes a user with his sessions. False where the account has none such. */
export async function removeUser(deps: ConsoleDeps, asker: Asker, target: UserTarget): Promise<boolean> {
  return deps.database.transaction(async (tx) => {
    await lockAccountUsers(tx, target.accountSid);
    const user = await lockUser(tx, target);
    if (user === undefined || !maySee(asker, user)) return false;
    await checkManaged(tx, asker, { user, losesOwner: true });
    tellEnded(deps, await endSessionsOf(tx, { userSid: user.sid, nowMs: deps.clock.nowMs() }));
    await deleteUser(tx, user.sid);
    deps.logger.info("console.user.removed", { accountSid: user.accountSid, userSid: user.sid });
    return true;
  });
}

/** Takes the second factor away from somebody who has lost his phone, and ends his sessions. False where there is no such user. */
export async function dropSecondFactor(deps: ConsoleDeps, asker: Asker, target: UserTarget): Promise<boolean> {
  return deps.database.transaction(async (tx) => {
    await lockAccountUsers(tx, target.accountSid);
    const user = await lockUser(tx, target);
    if (user === undefined || !maySee(asker, user)) return false;
    await checkManaged(tx, asker, { user, losesOwner: false });
    const nowMs = deps.clock.nowMs();
    const totp = { ...user.totp, secret: undefined, pending: undefined, recoveryDigests: [] };
    await putTotp(tx, { sid: user.sid, totp, nowMs });
    tellEnded(deps, await endSessionsOf(tx, { userSid: user.sid, nowMs }));
    deps.logger.warn("console.second-factor-dropped", { accountSid: user.accountSid, userSid: user.sid });
    return true;
  });
}

/** Whether the asker may know of a user: himself, and whoever manages users. */
export function maySee({ userSid, role }: Asker, { sid }: Pick<User, "sid">): boolean {
  return userSid === sid || rankOf(role) >= rankOf("admin");
}

function tellEnded({ onSessionsEnded }: ConsoleDeps, sids: readonly string[]): void {
  if (sids.length > 0) onSessionsEnded?.(sids);
}

/** An invited user becomes active by his invitation alone. */
function statusOf({ status, password }: User, change: UserChange): UserStatus {
  if (change.status === undefined) return status;
  return change.status === "active" && password === undefined ? "invited" : change.status;
}

async function checkChange(
  tx: DatabaseSession,
  asker: Asker,
  { user, change }: { readonly user: User; readonly change: UserChange },
): Promise<void> {
  const { role = user.role, status = user.status } = change;
  const isOwn = asker.userSid === user.sid;
  if (role === user.role && status === user.status) {
    if (user.isAccount && change.friendlyName !== undefined) throw new AppError(consoleErrors.accountUser);
    if (!isOwn && !mayManage(asker, user.role)) throw new AppError(consoleErrors.roleTooHigh);
    return;
  }
  if (!mayManage(asker, role)) throw new AppError(consoleErrors.roleTooHigh);
  const losesOwner = role !== "owner" || status === "suspended";
  await checkManaged(tx, asker, { user, losesOwner });
}

async function checkManaged(
  tx: DatabaseSession,
  asker: Asker,
  { user, losesOwner }: { readonly user: User; readonly losesOwner: boolean },
): Promise<void> {
  if (user.isAccount) throw new AppError(consoleErrors.accountUser);
  if (asker.userSid === user.sid) throw new AppError(consoleErrors.notYourself);
  if (!mayManage(asker, user.role)) throw new AppError(consoleErrors.roleTooHigh);
  if (!losesOwner || user.role !== "owner" || user.status !== "active") return;
  const owners = await findOwners(tx, user.accountSid);
  if (owners.every((sid) => sid === user.sid)) throw new AppError(consoleErrors.lastOwner);
}

/** The hash of the password that somebody wants for himself; others get a link. */
async function newPassword(
  deps: ConsoleDeps,
  asker: Asker,
  { user, change }: { readonly user: User; readonly change: UserChange },
): Promise<string> {
  const { password = "", currentPassword = "" } = change;
  if (asker.userSid !== user.sid) throw new AppError(consoleErrors.notAllowed);
  if (user.isAccount || user.password === undefined) throw new AppError(consoleErrors.accountUser);
  if (!isGoodPassword(password)) {
    throw new AppError(consoleErrors.passwordWeak, { min: MIN_PASSWORD_CHARACTERS, max: MAX_PASSWORD_CHARACTERS });
  }
  const attempt = { user: user.sid, address: `password of ${user.sid}`, isKnownAddress: true };
  const waitMs = deps.attempts.begin(attempt);
  if (waitMs > 0) throw new AppError(consoleErrors.tooManyTries, { seconds: Math.ceil(waitMs / 1_000) });
  const fits = await deps.passwords.fits(currentPassword.slice(0, MAX_PASSWORD_CHARACTERS), user.password);
  if (!fits) throw new AppError(consoleErrors.passwordWrong);
  deps.attempts.succeeded(attempt);
  return deps.passwords.hash(password);
}

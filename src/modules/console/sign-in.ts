import type { ConsoleDeps } from "./deps.ts";
import { openSession, type Visitor } from "./open-session.ts";
import { takeCode } from "./second-factor.ts";
import type { SessionStanding } from "./session.ts";
import { hasSessionFrom } from "./session.store.ts";
import { MAX_PASSWORD_CHARACTERS, type User } from "./user.ts";
import { findByEmail } from "./user.store.ts";

/** Accounts of one cell in which one e-mail address is looked for. */
export const MAX_CANDIDATES = 5;
/** An address counts as known to a user for so long. */
const KNOWN_MS = 30 * 86_400_000;

/** Somebody says who he is. */
export interface SignInWish extends Visitor {
  readonly emailDigest: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly totp?: string | undefined;
  /** Which of his accounts. */
  readonly accountSid?: string | undefined;
  /** Whether it is only asked in which accounts the password is right. */
  readonly isTrial?: boolean;
}

/** How it ended. */
export type SignInOutcome =
  | { readonly kind: "signed-in"; readonly session: SessionStanding }
  | { readonly kind: "needs"; readonly need: "totp"; readonly wasWrong: boolean }
  /** The password is right in several accounts. */
  | { readonly kind: "needs"; readonly need: "account"; readonly accountSids: readonly string[] }
  | { readonly kind: "refused" }
  | { readonly kind: "limited"; readonly waitMs: number };

/** The accounts in which there is a user with this e-mail address. Told to edges only. */
export async function lookUpEmail(deps: ConsoleDeps, digest: string): Promise<readonly string[]> {
  return (await findByEmail(deps.database, digest, MAX_CANDIDATES)).map(({ accountSid }) => accountSid);
}

/**
 * Signs somebody in by e-mail address and password, and a code where he has a second factor. Takes as
 * long for users that there are not. A failed try is counted; what it was that failed is not said.
 */
export async function signIn(deps: ConsoleDeps, wish: SignInWish): Promise<SignInOutcome> {
  const { emailDigest, address, accountSid } = wish;
  const found = await findByEmail(deps.database, emailDigest, MAX_CANDIDATES);
  const users = found.filter((user) => accountSid === undefined || user.accountSid === accountSid);
  const isKnownAddress = await wasSeen(deps, users, address);
  const attempt = { user: emailDigest, address, isKnownAddress };
  const waitMs = deps.attempts.begin(attempt);
  if (waitMs > 0) return { kind: "limited", waitMs };
  const right = await rightOnes(deps, users, wish.password);
  const [user] = right;
  if (user === undefined) {
    deps.logger.info("console.sign-in-failed", { userSid: users[0]?.sid, address });
    return { kind: "refused" };
  }
  if (right.length > 1 || wish.isTrial === true) {
    deps.attempts.succeeded(attempt);
    return { kind: "needs", need: "account", accountSids: right.map((each) => each.accountSid) };
  }
  if (user.totp.secret !== undefined) {
    if (wish.totp === undefined || wish.totp === "") {
      deps.attempts.succeeded(attempt);
      return { kind: "needs", need: "totp", wasWrong: false };
    }
    // The password was right: what is wrong is said, and counted as a failure.
    if (!(await takeCode(deps, user, wish.totp))) return { kind: "needs", need: "totp", wasWrong: true };
  }
  deps.attempts.succeeded(attempt);
  const { password = "" } = user;
  const rehashed = deps.passwords.isWeak(password) ? await deps.passwords.hash(wish.password) : undefined;
  const session = await deps.database.transaction((tx) =>
    openSession(deps, tx, { user, visitor: wish, by: "password", rehashed }),
  );
  return { kind: "signed-in", session };
}

/** The users whose password it is and who may sign in. One password is tried at least, for whoever there is not. */
async function rightOnes(deps: ConsoleDeps, users: readonly User[], password: string): Promise<readonly User[]> {
  const tried = password.slice(0, MAX_PASSWORD_CHARACTERS);
  if (users.length === 0) await deps.passwords.fits(tried, undefined);
  const right: User[] = [];
  for (const user of users) {
    const fits = await deps.passwords.fits(tried, user.password);
    const isOpen = user.status === "active" && (await deps.accounts.status(user.accountSid)) === "active";
    if (fits && isOpen && password.length <= MAX_PASSWORD_CHARACTERS) right.push(user);
  }
  return right;
}

async function wasSeen(deps: ConsoleDeps, users: readonly User[], address: string): Promise<boolean> {
  const sinceMs = deps.clock.nowMs() - KNOWN_MS;
  for (const { sid: userSid } of users) {
    if (await hasSessionFrom(deps.database, { userSid, address, sinceMs })) return true;
  }
  return false;
}

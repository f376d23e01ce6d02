import type { DatabaseSession } from "../../platform/ports.ts";
import type { ConsoleDeps } from "./deps.ts";
import type { SignInLink } from "./link.ts";
import { findOpenLink, takeLink } from "./link.store.ts";
import { linkDigest } from "./make-link.ts";
import { openSession, type Visitor } from "./open-session.ts";
import type { SessionStanding } from "./session.ts";
import { endSessionsOf } from "./session.store.ts";
import { MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, type User } from "./user.ts";
import { findUser, lockUser, updateUser } from "./user.store.ts";

/** Somebody opens a link. */
export interface RedeemWish extends Visitor {
  readonly token: string;
  /** What he wants for a password, for links that ask for one. */
  readonly password?: string | undefined;
}

/** How it ended. */
export type RedeemOutcome =
  | { readonly kind: "signed-in"; readonly session: SessionStanding }
  /** The link is good and not used up: it goes with a new password. */
  | {
      readonly kind: "needs";
      readonly need: "password";
      readonly email: string | null;
      readonly friendlyName: string;
      readonly minCharacters: number;
    }
  /** The password is set, the link used; he signs in with the code of his app. */
  | { readonly kind: "needs"; readonly need: "sign-in" }
  | { readonly kind: "weak-password" }
  | { readonly kind: "refused" };

const REFUSED: RedeemOutcome = { kind: "refused" };

/** Opens a one-time link: it signs in once, or lets a password be set once, whoever else tries at the same time. */
export async function redeemLink(deps: ConsoleDeps, wish: RedeemWish): Promise<RedeemOutcome> {
  const digest = linkDigest(deps, wish.token);
  const link = await findOpenLink(deps.database, digest, deps.clock.nowMs());
  const user = link === undefined ? undefined : await findUser(deps.database, { ...link, sid: link.userSid });
  if (link === undefined || user === undefined || !(await mayUse(deps, link, user))) return REFUSED;
  if (link.purpose === "sign-in") {
    return deps.database.transaction(async (tx) => {
      if ((await takeLink(tx, digest, deps.clock.nowMs())) === undefined) return REFUSED;
      return { kind: "signed-in", session: await openSession(deps, tx, { user, visitor: wish, by: "link" }) };
    });
  }
  const { password } = wish;
  if (password === undefined || password === "") {
    const { email = null, friendlyName } = user;
    return { kind: "needs", need: "password", email, friendlyName, minCharacters: MIN_PASSWORD_CHARACTERS };
  }
  if (!isGoodPassword(password)) return { kind: "weak-password" };
  const hashed = await deps.passwords.hash(password);
  return deps.database.transaction((tx) => setPassword(deps, tx, { wish, digest, hashed }));
}

/** Whether a password is long enough to be one: length is what counts, and any characters go. */
export function isGoodPassword(password: string): boolean {
  return password.length >= MIN_PASSWORD_CHARACTERS && password.length <= MAX_PASSWORD_CHARACTERS;
}

async function mayUse(deps: ConsoleDeps, { purpose }: SignInLink, { accountSid, status }: User): Promise<boolean> {
  if ((await deps.accounts.status(accountSid)) !== "active") return false;
  return status === "active" || (status === "invited" && purpose === "invitation");
}

async function setPassword(
  deps: ConsoleDeps,
  tx: DatabaseSession,
  given: { readonly wish: RedeemWish; readonly digest: string; readonly hashed: string },
): Promise<RedeemOutcome> {
  const nowMs = deps.clock.nowMs();
  const link = await takeLink(tx, given.digest, nowMs);
  const user = link === undefined ? undefined : await lockUser(tx, { ...link, sid: link.userSid });
  if (user === undefined || user.status === "suspended") return REFUSED;
  const changed: User = { ...user, status: "active", password: given.hashed, updatedMs: nowMs };
  await updateUser(tx, changed);
  const ended = await endSessionsOf(tx, { userSid: user.sid, nowMs });
  if (ended.length > 0) deps.onSessionsEnded?.(ended);
  deps.logger.info("console.password-set", { accountSid: user.accountSid, userSid: user.sid, by: link?.purpose });
  if (user.totp.secret !== undefined) return { kind: "needs", need: "sign-in" };
  return {
    kind: "signed-in",
    session: await openSession(deps, tx, { user: changed, visitor: given.wish, by: "password" }),
  };
}

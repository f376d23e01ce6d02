import { AppError } from "../../kernel/errors.ts";
import type { ConsoleDeps } from "./deps.ts";
import { consoleErrors } from "./errors.ts";
import { MAX_OPEN_LINKS, mintLinkToken, type LinkPurpose, type NewSignInLink } from "./link.ts";
import { countOpenLinks, dropLinksOf, dropOldestSignIn, insertLink } from "./link.store.ts";
import { ACCOUNT_USER_NAME, type User } from "./user.ts";
import { findAccountUser, insertUser } from "./user.store.ts";

/** In what the digests of tokens are bound. */
const CONTEXT = "one-time links of the console";

/** What is stored of a token. */
export function linkDigest({ secrets }: Pick<ConsoleDeps, "secrets">, token: string): string {
  return secrets.digest(token, CONTEXT);
}

/** A link that is to be made for a user. */
export interface LinkWish {
  readonly user: Pick<User, "sid" | "accountSid">;
  readonly purpose: LinkPurpose;
  readonly lifeMs: number;
}

/** Makes a one-time link. A new invitation, or one to set a password, takes the place of those before it. The oldest unused link to sign in makes room; throws 20001 where all are invitations. */
export async function makeLink(deps: ConsoleDeps, { user, purpose, lifeMs }: LinkWish): Promise<NewSignInLink> {
  const { accountSid, sid: userSid } = user;
  const token = mintLinkToken(accountSid, deps.randomBytes);
  const createdMs = deps.clock.nowMs();
  const link = { sid: deps.mintSid("CX"), accountSid, userSid, purpose, createdMs, expiresMs: createdMs + lifeMs };
  await deps.database.transaction(async (tx) => {
    if (purpose !== "sign-in") await dropLinksOf(tx, userSid);
    const open = await countOpenLinks(tx, accountSid, createdMs);
    if (open >= MAX_OPEN_LINKS && !(await dropOldestSignIn(tx, accountSid))) {
      throw new AppError(consoleErrors.tooManyLinks, { max: MAX_OPEN_LINKS });
    }
    await insertLink(tx, link, linkDigest(deps, token));
  });
  deps.logger.info("console.link.made", { accountSid, userSid, linkSid: link.sid, purpose });
  return { ...link, token };
}

/** The user that stands for the account itself; made when it is first needed. */
export async function accountUser(deps: ConsoleDeps, accountSid: string): Promise<User> {
  const known = await findAccountUser(deps.database, accountSid);
  if (known !== undefined) return known;
  const nowMs = deps.clock.nowMs();
  const user: User = {
    sid: deps.mintSid("US"),
    accountSid,
    email: undefined,
    friendlyName: ACCOUNT_USER_NAME,
    role: "owner",
    status: "active",
    password: undefined,
    totp: { secret: undefined, pending: undefined, lastStep: 0, recoveryDigests: [] },
    isAccount: true,
    createdMs: nowMs,
    updatedMs: nowMs,
    lastSignInMs: undefined,
  };
  if (await insertUser(deps.database, user, undefined)) return user;
  // Another request has made it a moment ago.
  return (await findAccountUser(deps.database, accountSid)) ?? user;
}

import type { DatabaseSession } from "../../platform/ports.ts";
import type { ConsoleDeps } from "./deps.ts";
import type { SessionStanding } from "./session.ts";
import { insertSession } from "./session.store.ts";
import type { User } from "./user.ts";
import { noteSignIn } from "./user.store.ts";

const MAX_AGENT_CHARACTERS = 200;
const MAX_ADDRESS_CHARACTERS = 45;

/** From where somebody signs in. */
export interface Visitor {
  readonly address: string;
  /** `User-Agent`, as the browser says it. */
  readonly agent: string;
}

export interface SessionWish {
  readonly user: User;
  readonly visitor: Visitor;
  /** By what he has shown who he is. */
  readonly by: "password" | "link";
  /** The password, hashed anew with what is asked for now. */
  readonly rehashed?: string | undefined;
}

/** Whether a session that begins with a password is good for setting up the second factor only. */
export function isLimited({ secondFactor }: ConsoleDeps, { role, totp }: User): boolean {
  return secondFactor === "required" && (role === "owner" || role === "admin") && totp.secret === undefined;
}

/** Begins a session, always with a SID of its own, so that nobody can prepare one for somebody else. */
export async function openSession(deps: ConsoleDeps, tx: DatabaseSession, wish: SessionWish): Promise<SessionStanding> {
  const { user, visitor, by, rehashed } = wish;
  const nowMs = deps.clock.nowMs();
  const session = {
    sid: deps.mintSid("CS"),
    accountSid: user.accountSid,
    userSid: user.sid,
    isLimited: by === "password" && isLimited(deps, user),
    address: visitor.address.slice(0, MAX_ADDRESS_CHARACTERS),
    agent: visitor.agent.replaceAll(/[^\x20-\x7e]/g, "").slice(0, MAX_AGENT_CHARACTERS),
    createdMs: nowMs,
    seenMs: nowMs,
    expiresMs: nowMs + deps.sessionMs,
  };
  const ended = await insertSession(tx, session);
  await noteSignIn(tx, { sid: user.sid, nowMs, rehashed });
  if (ended.length > 0) deps.onSessionsEnded?.(ended);
  const { accountSid, userSid, sid: sessionSid } = session;
  deps.logger.info("console.signed-in", { accountSid, userSid, sessionSid, by, limited: session.isLimited });
  return {
    sessionSid,
    userSid,
    accountSid,
    role: user.role,
    isLimited: session.isLimited,
    email: user.email ?? null,
    friendlyName: user.friendlyName,
    issuedMs: nowMs,
    expiresMs: session.expiresMs,
  };
}

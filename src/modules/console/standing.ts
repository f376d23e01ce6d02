import type { ConsoleDeps } from "./deps.ts";
import type { SessionStanding } from "./session.ts";
import { endSession, readStanding } from "./session.store.ts";

/** What an edge is told of a session: how it stands, or that it does not any more. */
export type StandingAnswer =
  | { readonly kind: "stands"; readonly session: SessionStanding }
  | { readonly kind: "ended" };

/** How a session stands now. `undefined` where this cell has none of that SID: the account is at home elsewhere, perhaps. */
export async function standingOf(deps: ConsoleDeps, sessionSid: string): Promise<StandingAnswer | undefined> {
  const found = await readStanding(deps.database, sessionSid, deps.clock.nowMs());
  if (found === undefined) return undefined;
  if (found === "ended" || (await deps.accounts.status(found.accountSid)) !== "active") return { kind: "ended" };
  return { kind: "stands", session: found };
}

/** Ends a session that its user leaves. */
export async function signOut(deps: ConsoleDeps, sessionSid: string): Promise<void> {
  const ended = await endSession(deps.database, sessionSid, deps.clock.nowMs());
  if (!ended) return;
  deps.onSessionsEnded?.([sessionSid]);
  deps.logger.info("console.signed-out", { sessionSid });
}

import { AppError } from "../../../kernel/errors.ts";
import type { SessionClaims } from "../../../platform/console/index.ts";
import { INTERNAL_PREFIX } from "../../../platform/fleet/index.ts";
import { OVERLOADED } from "../../../platform/http/index.ts";
import { CONSOLE_PATHS } from "../internal-mounts.ts";
import type { RedeemOutcome } from "../redeem-link.ts";
import type { SessionStanding } from "../session.ts";
import type { SignInOutcome } from "../sign-in.ts";
import type { StandingAnswer } from "../standing.ts";
import type { CellAsker } from "./options.ts";
import type { KnownSession } from "./session-book.ts";

/** A user's e-mail address was found in a cell. */
export interface Candidate {
  readonly cell: string;
  readonly accountSid: string;
}

/** What the door asks, in its own words. All of it rejects with 503/20503 where a cell that it takes does not answer. */
export class CellQuestions {
  private readonly cells: CellAsker;

  constructor(cells: CellAsker) {
    this.cells = cells;
  }

  /** Every account that has a user with this e-mail address. Where cells are away, what the others say counts, unless that is nothing. */
  async candidates(emailDigest: string): Promise<readonly Candidate[]> {
    const names = this.cells.cells();
    const asked = await Promise.allSettled(
      names.map(async (cell) => {
        const answer = (await this.post(cell, CONSOLE_PATHS.lookUps, { emailDigest })) as {
          readonly accountSids: readonly string[];
        };
        return answer.accountSids.map((accountSid): Candidate => ({ cell, accountSid }));
      }),
    );
    const answers = asked.filter((each) => each.status === "fulfilled");
    const found = answers.flatMap(({ value }) => value);
    if (found.length === 0 && answers.length < names.length) throw new AppError(OVERLOADED);
    return found;
  }

  async signIn(cell: string, wish: Readonly<Record<string, unknown>>): Promise<SignInOutcome> {
    return (await this.post(cell, CONSOLE_PATHS.signIns, wish)) as SignInOutcome;
  }

  /** Opens a link in the home of its account. */
  async redeem(accountSid: string, wish: Readonly<Record<string, unknown>>): Promise<RedeemOutcome> {
    const cell = await this.homeOf(accountSid);
    const outcome = cell === undefined ? undefined : await this.post(cell, CONSOLE_PATHS.links, wish);
    const found = outcome as RedeemOutcome | undefined;
    if (found !== undefined && found.kind !== "refused") return found;
    // The account may have moved a moment ago.
    const newer = await this.homeOf(accountSid, true);
    if (newer === undefined || newer === cell) return { kind: "refused" };
    return (await this.post(newer, CONSOLE_PATHS.links, wish)) as RedeemOutcome;
  }

  /** How a session stands in the home of its account. A session that no cell knows is ended. */
  async standing(claims: SessionClaims): Promise<KnownSession | "ended"> {
    const { accountSid, sessionSid } = claims;
    const cell = await this.homeOf(accountSid);
    let answer = cell === undefined ? undefined : await this.standingIn(cell, sessionSid);
    if (answer === undefined) {
      const newer = await this.homeOf(accountSid, true);
      if (newer !== undefined && newer !== cell) answer = await this.standingIn(newer, sessionSid);
    }
    if (answer?.kind !== "stands") return "ended";
    // A session that is somebody else's is none of this token's.
    const { session } = answer;
    const isSame = session.accountSid === accountSid && session.userSid === claims.userSid;
    return isSame ? knownOf(session, claims) : "ended";
  }

  async signOut({ accountSid, sessionSid }: Pick<SessionClaims, "accountSid" | "sessionSid">): Promise<void> {
    const cell = await this.homeOf(accountSid);
    if (cell !== undefined) await this.post(cell, CONSOLE_PATHS.signOuts, { sessionSid });
  }

  /** Whether an account belongs to another one. */
  async isMember(mainSid: string, accountSid: string): Promise<boolean> {
    const cell = await this.homeOf(mainSid);
    if (cell === undefined) return false;
    const answer = (await this.post(cell, CONSOLE_PATHS.members, { mainSid, accountSid })) as { isMember?: unknown };
    return answer.isMember === true;
  }

  private async standingIn(cell: string, sessionSid: string): Promise<StandingAnswer | undefined> {
    return (await this.post(cell, CONSOLE_PATHS.standings, { sessionSid })) as StandingAnswer | undefined;
  }

  private async homeOf(accountSid: string, anew = false): Promise<string | undefined> {
    try {
      return await this.cells.homeOf(accountSid, anew);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError(OVERLOADED, {}, { internal: "the home of an account cannot be told", cause });
    }
  }

  private async post(cell: string, path: string, json: unknown): Promise<unknown> {
    try {
      return await this.cells.post(cell, INTERNAL_PREFIX + path, json);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError(OVERLOADED, {}, { internal: `${cell} does not answer for the console`, cause });
    }
  }
}

/** What is known of a session that a cell told of; how long it lasts stands in its token. */
function knownOf(
  session: SessionStanding,
  { issuedMs, expiresMs }: Pick<SessionClaims, "issuedMs" | "expiresMs">,
): KnownSession {
  const { sessionSid, userSid, accountSid, role, isLimited, email, friendlyName } = session;
  return { sessionSid, userSid, accountSid, role, isLimited, email, friendlyName, issuedMs, expiresMs };
}

/** The same of a session that has just begun. */
export function newSession(session: SessionStanding): KnownSession {
  return knownOf(session, session);
}

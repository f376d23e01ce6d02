import type { Clock, Logger } from "../../../platform/ports.ts";
import type { Role, SessionClaims } from "../../../platform/console/index.ts";

/** What is known of a session that holds. */
export interface KnownSession extends SessionClaims {
  readonly role: Role;
  readonly email: string | null;
  readonly friendlyName: string;
}

/** What a cell says of a session; `undefined` where no cell knows it. */
export type AskStanding = (claims: SessionClaims) => Promise<KnownSession | "ended">;

interface Entry {
  readonly claims: SessionClaims;
  session: KnownSession | "ended" | undefined;
  checkedMs: number;
  asking: Promise<void> | undefined;
}

/** How long what a cell said is good. */
const GOOD_MS = 30_000;
/** How soon a cell that did not answer is asked again. */
const AGAIN_MS = 5_000;
/** Sessions that are known, in each of two generations. */
const MAX_SESSIONS = 10_000;

/**
 * The sessions that an edge has to do with. A token says by itself who somebody is; whether the session
 * was ended meanwhile, its cell is asked every 30 seconds while it is used, and what was known holds
 * for as long as the cell cannot be asked.
 */
export class SessionBook {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private readonly logger: Logger;
  private readonly ask: AskStanding;
  private young = new Map<string, Entry>();
  private old = new Map<string, Entry>();

  constructor(options: {
    readonly clock: Pick<Clock, "monotonicMs">;
    readonly logger: Logger;
    readonly ask: AskStanding;
  }) {
    this.clock = options.clock;
    this.logger = options.logger;
    this.ask = options.ask;
  }

  /** The session as it is now, as far as that is known; `undefined` once it was ended. */
  async current(claims: SessionClaims): Promise<KnownSession | undefined> {
    const entry = this.entryOf(claims);
    const ageMs = this.clock.monotonicMs() - entry.checkedMs;
    // Whoever may only set up the second factor is waited for: he goes on as soon as it is there.
    const isLimited = entry.session !== undefined && entry.session !== "ended" && entry.session.isLimited;
    if (entry.session !== "ended" && (ageMs >= GOOD_MS || isLimited)) {
      entry.asking ??= this.check(entry);
      await entry.asking;
    }
    if (entry.session === "ended") return undefined;
    // Tokens of one session say the same of it.
    if (entry.claims.userSid !== claims.userSid || entry.claims.accountSid !== claims.accountSid) return undefined;
    return entry.session ?? { ...claims, email: null, friendlyName: "" };
  }

  /** Sessions were ended in this process: nobody needs to be asked. */
  forget(sids: readonly string[]): void {
    for (const sid of sids) {
      const entry = this.young.get(sid) ?? this.old.get(sid);
      if (entry !== undefined) entry.session = "ended";
    }
  }

  /** Asks for a session anew at its next use. */
  doubt(sid: string): void {
    const entry = this.young.get(sid) ?? this.old.get(sid);
    if (entry !== undefined) entry.checkedMs = Number.NEGATIVE_INFINITY;
  }

  /** A session that this door has just begun or ended. */
  note(claims: SessionClaims, session: KnownSession | "ended"): void {
    const entry = this.entryOf(claims);
    entry.session = session;
    entry.checkedMs = this.clock.monotonicMs();
  }

  private async check(entry: Entry): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    try {
      const found = await this.ask(entry.claims);
      // What was ended while it was asked for stays so.
      if (entry.session !== "ended") entry.session = found;
      entry.checkedMs = nowMs;
    } catch (error) {
      entry.checkedMs = nowMs - GOOD_MS + AGAIN_MS;
      const { sessionSid, accountSid } = entry.claims;
      this.logger.warn("console.session-not-checked", { sessionSid, accountSid, reason: String(error) });
    } finally {
      entry.asking = undefined;
    }
  }

  private entryOf(claims: SessionClaims): Entry {
    const { sessionSid } = claims;
    const known = this.young.get(sessionSid);
    if (known !== undefined) return known;
    const entry = this.old.get(sessionSid) ?? {
      claims,
      session: undefined,
      checkedMs: Number.NEGATIVE_INFINITY,
      asking: undefined,
    };
    if (this.young.size >= MAX_SESSIONS) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(sessionSid, entry);
    return entry;
  }
}

import { isSid } from "../../kernel/ids.ts";
import type { FleetKey } from "../fleet/index.ts";
import type { Clock } from "../ports.ts";
import { isRole, type Role } from "./roles.ts";
import { SignedStatements } from "./signed-statements.ts";

/** What the cookie of a session says. */
export interface SessionClaims {
  readonly sessionSid: string;
  readonly userSid: string;
  /** The account that the user belongs to; it reaches its subaccounts. */
  readonly accountSid: string;
  readonly role: Role;
  /** Whether the session began as one that is good for setting up the second factor only. */
  readonly isLimited: boolean;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** Tokens of sessions, which every edge can check without asking anybody. That a session was ended, only its cell knows. */
export class SessionTokens {
  readonly #statements: SignedStatements;
  readonly #clock: Pick<Clock, "nowMs">;

  constructor(fleetKey: FleetKey, clock: Pick<Clock, "nowMs">) {
    this.#statements = new SignedStatements(fleetKey, "session");
    this.#clock = clock;
  }

  write({ sessionSid, userSid, accountSid, role, isLimited, issuedMs, expiresMs }: SessionClaims): string {
    const who = { s: sessionSid, u: userSid, a: accountSid, r: role, l: isLimited };
    return this.#statements.write({ ...who, i: issuedMs, e: expiresMs });
  }

  /** Whether the time of a session is over. */
  isOver({ expiresMs }: Pick<SessionClaims, "expiresMs">): boolean {
    return this.#clock.nowMs() >= expiresMs;
  }

  /** The claims of a token that is genuine and not over; `undefined` for any other text. */
  read(text: string): SessionClaims | undefined {
    const { s, u, a, r, l, i, e } = this.#statements.read(text) ?? {};
    if (typeof s !== "string" || typeof u !== "string" || typeof a !== "string") return undefined;
    if (!isSid(s, "CS") || !isSid(u, "US") || !isSid(a, "AC") || !isRole(r)) return undefined;
    if (typeof i !== "number" || typeof e !== "number" || this.#clock.nowMs() >= e) return undefined;
    return { sessionSid: s, userSid: u, accountSid: a, role: r, isLimited: l !== false, issuedMs: i, expiresMs: e };
  }
}

import { isSid } from "../../kernel/ids.ts";
import type { FleetKey } from "../fleet/index.ts";
import type { Clock } from "../ports.ts";
import { isRole, type Role } from "./roles.ts";
import { SignedStatements } from "./signed-statements.ts";

/** For whom a request of the console is made. */
export interface TicketClaims {
  /** The account that it is about, and the user name that goes with the ticket. */
  readonly accountSid: string;
  /** The account of the user: the same, or the one that owns it. */
  readonly mainSid: string;
  readonly userSid: string;
  readonly sessionSid: string;
  readonly role: Role;
}

/** How long a ticket is good after it was written. */
export const TICKET_LIFE_MS = 60_000;
/** How far ahead the clock of the edge that wrote it may be. */
const MAX_AHEAD_MS = 30_000;
const PREFIX = "ticket";

/** Whether a password looks like a ticket: an auth token or a key's secret never does. */
export function isTicket(password: string): boolean {
  return password.startsWith(`${PREFIX}1.`);
}

/**
 * Tickets: passwords for one minute, by which an edge makes requests of the API for somebody who
 * signed in to the console. They travel between processes of the system only.
 */
export class Tickets {
  readonly #statements: SignedStatements;
  readonly #clock: Pick<Clock, "nowMs">;

  constructor(fleetKey: FleetKey, clock: Pick<Clock, "nowMs">) {
    this.#statements = new SignedStatements(fleetKey, PREFIX);
    this.#clock = clock;
  }

  write({ accountSid, mainSid, userSid, sessionSid, role }: TicketClaims): string {
    const at = this.#clock.nowMs();
    return this.#statements.write({ a: accountSid, m: mainSid, u: userSid, s: sessionSid, r: role, t: at });
  }

  /** The claims of a ticket that was written within the last minute; `undefined` for any other text. */
  read(text: string): TicketClaims | undefined {
    const { a, m, u, s, r, t } = this.#statements.read(text) ?? {};
    if (typeof a !== "string" || typeof m !== "string" || typeof u !== "string" || typeof s !== "string")
      return undefined;
    if (!isSid(a, "AC") || !isSid(m, "AC") || !isSid(u, "US") || !isSid(s, "CS") || !isRole(r)) return undefined;
    const ageMs = typeof t === "number" ? this.#clock.nowMs() - t : Number.NaN;
    const isGood = ageMs < TICKET_LIFE_MS && ageMs > -MAX_AHEAD_MS;
    return isGood ? { accountSid: a, mainSid: m, userSid: u, sessionSid: s, role: r } : undefined;
  }
}

import type { Role } from "./roles.ts";

/** Somebody who looks at something while it happens, as the door to the console knows him. */
export interface ConsoleViewer {
  /** The account of the user. */
  readonly accountSid: string;
  /** Whether that is the operator's account. */
  readonly isOperator: boolean;
  readonly userSid: string;
  readonly sessionSid: string;
  readonly role: Role;
  /** What he may do, by the names of the table of permissions. */
  readonly permissions: ReadonlySet<string>;
  /** When the session is over at the latest, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
  /** The viewer as he is now; `undefined` once the session was ended. Cheap: it asks the account's cell every 30 seconds at most. */
  recheck(): Promise<ConsoleViewer | undefined>;
}

import type { OneTimeCodes, Passwords } from "../../platform/console/index.ts";
import type { FleetKey } from "../../platform/fleet/index.ts";
import type { AccountStatus } from "../../platform/http/index.ts";
import type { QrCodes } from "../../platform/links/index.ts";
import type { Clock, Database, Logger, RandomBytes } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { Attempts } from "./attempts.ts";

/** What the console asks about accounts; the directory of the accounts module is one. */
export interface ConsoleAccounts {
  status(accountSid: string): Promise<AccountStatus | undefined>;
  /** Whether an account may act on another one: itself, or a subaccount of its own. */
  canAccess(accountSid: string, otherSid: string): Promise<boolean>;
}

/** What entry gives to the cell's part of the console. */
export interface ConsoleCellOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly randomBytes: RandomBytes;
  readonly secrets: SecretBox;
  readonly fleetKey: FleetKey;
  readonly oneTimeCodes: OneTimeCodes;
  readonly qrCodes: QrCodes;
  readonly accounts: ConsoleAccounts;
  /** Whether owners and admins who sign in with a password need a second factor. */
  readonly secondFactor: "required" | "optional";
  readonly sessionMs: number;
  /** Where the console is reached, without a slash at the end. For links that are made by requests that do not say. */
  readonly publicUrl: () => string;
  /** Told of sessions that were ended, so that a door in the same process knows at once. */
  readonly onSessionsEnded?: ((sessionSids: readonly string[]) => void) | undefined;
  /** 32 MiB and a tenth of a second for each password by default. */
  readonly passwords?: Passwords | undefined;
}

/** What the operations work with. */
export interface ConsoleDeps extends ConsoleCellOptions {
  readonly passwords: Passwords;
  readonly attempts: Attempts;
}

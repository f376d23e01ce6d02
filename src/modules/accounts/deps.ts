import type { Clock, Database, Logger, RandomBytes } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { AccountRecords } from "./account-records.ts";

/** What entry gives to this module. */
export interface AccountsModuleDeps {
  /** The database of the control plane. */
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly randomBytes: RandomBytes;
  readonly secrets: SecretBox;
  /** Subaccounts that are not closed, for each main account. 1,000 by default. */
  readonly maxSubaccounts?: number;
}

/** What the operations of this module work with. */
export interface AccountsDeps extends AccountsModuleDeps {
  readonly maxSubaccounts: number;
  /** What was read of accounts and keys. Every operation that changes one forgets it here after its commit. */
  readonly records: AccountRecords;
}

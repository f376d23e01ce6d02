import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Database, Logger } from "../../../platform/ports.ts";
import type { TriggerState } from "./trigger-machine.ts";

/** What the ledger gives this part of it. */
export interface UsageOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** In which currency an account pays. */
  readonly currencyOf: (accountSid: string) => string;
  /** The main account of a subaccount, where it is known: its triggers see what the subaccount uses. */
  readonly walletOf: (accountSid: string) => string | undefined;
  /** The cell whose log the triggers stand in; not asked before it is there. */
  readonly cell: () => Pick<Cell, "commit">;
}

/** What the operations of this part work with. */
export interface UsageDeps extends UsageOptions {
  readonly state: TriggerState;
}

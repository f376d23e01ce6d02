import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { Book } from "./book/index.ts";
import type { LedgerSpending } from "./spending.ts";
import type { LedgerState } from "./state.ts";

/** Whose an account is. */
export interface AccountFamily {
  readonly mainSid: string;
  /** The family is at home in this cell now. */
  readonly isHome: boolean;
}

/** What the operations and routes of this module work with. */
export interface LedgerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Pick<Cell, "commit" | "commitAll">;
  readonly state: LedgerState;
  readonly book: Book;
  readonly spending: LedgerSpending;
  readonly isOperator: (accountSid: string) => boolean;
  /** `undefined` where nobody knows such an account. */
  readonly familyOf: (accountSid: string) => Promise<AccountFamily | undefined>;
  readonly mintSid: (prefix: string) => string;
  /** Ids of credits whose request is under way: one at a time for each. */
  readonly underWay: Set<string>;
}

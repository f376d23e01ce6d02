import type { AccountStatus } from "../../platform/http/index.ts";
import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { NumberBook } from "./number-book.ts";

/** What the operations of this module work with. */
export interface NumbersDeps {
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** What holds for an account's requests; `undefined` where there is no such account. */
  readonly accountStatus: (accountSid: string) => Promise<AccountStatus | undefined>;
  readonly book: NumberBook;
}

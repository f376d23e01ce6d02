import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { Profiles } from "../regulatory/index.ts";
import type { ServiceDirectory } from "../services/index.ts";
import type { RegistrationBook } from "./registration-book.ts";
import type { ThroughputTable } from "./throughput-tables.ts";

/** A number that an account has. */
export interface OwnedNumber {
  readonly number: string;
  readonly isTollFree: boolean;
}

/** What the operations of this module work with. */
export interface A2pDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly profiles: Profiles;
  readonly services: Pick<ServiceDirectory, "service" | "serviceOfSender">;
  /** An account's number by its SID (`PN…`); `undefined` where it has none of that SID. */
  readonly numberBySid: (accountSid: string, sid: string) => Promise<OwnedNumber | undefined>;
  /** The subaccounts of an account. */
  readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  readonly throughput: ThroughputTable;
  readonly book: RegistrationBook;
  /** Something was added to file. */
  readonly wake: () => void;
}

import type { CellRecord } from "../../platform/cell/index.ts";
import type { Clock, Database, DatabaseSession, Logger } from "../../platform/ports.ts";
import type { KnownAddress } from "./evaluate.ts";

/** What entry gives to this module. */
export interface RegulatoryOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** Commits a record to the cell's log. */
  readonly commit: (record: CellRecord) => Promise<unknown>;
  /** How long the simulated reviewer takes, in ms: half of it until it begins, half until it decides. */
  readonly simulatedReviewMs: number;
  /** An address of an account, read in this session; `undefined` where there is none. Without it every address exists. */
  readonly address?:
    | ((session: DatabaseSession, accountSid: string, sid: string) => Promise<KnownAddress | undefined>)
    | undefined;
  /** Whether an account, or one of its subaccounts, has a number or short code of this SID. Without it any is taken. */
  readonly hasEndpoint?: ((accountSid: string, sid: string) => Promise<boolean>) | undefined;
  /** Whether numbers of the account use a bundle, which then cannot be deleted. Without it none do. */
  readonly isBundleUsed?: ((accountSid: string, sid: string) => Promise<boolean>) | undefined;
  /** The main account of an account's family, whose profiles the others may name; the account itself unless told. */
  readonly mainAccount?: ((accountSid: string) => Promise<string>) | undefined;
}

/** What the operations of this module work with. */
export interface RegulatoryDeps extends RegulatoryOptions {
  /** Something is due. */
  readonly wake: () => void;
}

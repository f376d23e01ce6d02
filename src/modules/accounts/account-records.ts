import type { Clock, Logger } from "../../platform/ports.ts";
import type { AccountRecord, AccountSource, KnownAccount, KnownKey } from "./account-source.ts";
import { LookupGate } from "./lookup-gate.ts";
import { RecordCache, type Freshness } from "./record-cache.ts";

const MAX_ACCOUNTS = 50_000;
const MAX_KEYS = 50_000;

/** What records are read with. */
export interface AccountRecordsOptions<A extends AccountRecord> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly source: AccountSource<A>;
  /** By default what suits a database of one's own. */
  readonly freshness?: Freshness;
  /** Names the place that a SID is read from, where there are several; each then waits and fails for itself. */
  readonly laneOf?: (sid: string) => string;
  /** Lookups of one place at once; few by default. */
  readonly maxRunning?: number;
}

/** What was read of accounts and keys, shared by the authenticator and the directory. */
export class AccountRecords<A extends AccountRecord = KnownAccount> {
  readonly accounts: RecordCache<A>;
  readonly keys: RecordCache<KnownKey>;

  constructor(options: AccountRecordsOptions<A>) {
    const { clock, logger, source, freshness, laneOf, maxRunning } = options;
    const shared = {
      clock,
      logger,
      gate: new LookupGate(clock, maxRunning),
      ...(freshness === undefined ? {} : { freshness }),
      ...(laneOf === undefined ? {} : { laneOf }),
    };
    this.accounts = new RecordCache<A>({
      ...shared,
      name: "accounts",
      maxRecords: MAX_ACCOUNTS,
      read: (sid) => source.readAccount(sid),
    });
    this.keys = new RecordCache<KnownKey>({
      ...shared,
      name: "keys",
      maxRecords: MAX_KEYS,
      read: (sid) => source.readKey(sid),
    });
  }

  /** To be called after the commit of every change of an account or its tokens. */
  forgetAccount(sid: string): void {
    this.accounts.forget(sid);
  }

  /** The same for a change that its subaccounts feel. */
  forgetFamily(sid: string): void {
    this.accounts.forget(sid);
    this.accounts.forgetWhere((account) => account.parentSid === sid);
  }

  /** To be called after the commit of every change of a key. */
  forgetKey(sid: string): void {
    this.keys.forget(sid);
  }
}

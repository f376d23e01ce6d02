import type { BasicCredentials, Principal } from "../../platform/http/index.ts";
import type { Clock, Logger } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import { AccountRecords } from "./account-records.ts";
import type { AccountRecord, AccountSource } from "./account-source.ts";
import { AccountAuthenticator } from "./authenticator.ts";
import { readAccountCredential, readKeyCredential } from "./credential-record.ts";
import { familyOf } from "./directory.ts";
import type { Freshness } from "./record-cache.ts";

/**
 * A cell authenticates again, so that its home cell may be down for a day: a record is used
 * for as long as it cannot be read again. But of the operator, whom cells and the control
 * plane let in on the edge's word, a token that was revoked must not go on opening them at an
 * edge that nobody asked for a while: what is older than this is read again before it counts.
 */
const OF_ANOTHER_CELL: Freshness = { refreshAfterMs: 5_000, trustedMs: 15_000 };
/** Lookups in one cell at once. */
const MAX_RUNNING = 16;
/** A cell that has not answered by then does not answer. */
const MAX_FETCH_MS = 2_000;

/** What an edge authenticates with. */
export interface EdgeAuthenticatorDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Made of the same master key as that of the cells, or no digest fits. */
  readonly secrets: SecretBox;
  /**
   * What `GET /trunkline/internal/v1/credentials/{Sid}` of the SID's home cell answered, as
   * parsed; `undefined` for 404. Rejects when the cell cannot be asked.
   */
  readonly fetchRecord: (sid: string) => Promise<unknown>;
  /** The name of the home cell where it is known at once, so that one that hangs holds up no look-up in another. */
  readonly laneOf?: (sid: string) => string;
}

/** As the `Authenticator` of platform/http, but at once where nothing has to be fetched. */
export interface EdgeAccountAuthenticator {
  /** `undefined` when the credentials are wrong; rejects when that cannot be told. */
  authenticate(credentials: BasicCredentials): Principal | undefined | Promise<Principal | undefined>;
  /** To be called when it is heard that an account or key has changed or moved. */
  forget(sid: string): void;
}

/**
 * Authenticates by records that are fetched from the accounts' home cells: fresh for 5 s,
 * then fetched again in the background as they are used, after 15 s before they are used,
 * and used for as long as their cell cannot be asked.
 */
export function edgeAuthenticator(deps: EdgeAuthenticatorDeps): EdgeAccountAuthenticator {
  const { clock, logger, secrets, laneOf } = deps;
  const records = new AccountRecords<AccountRecord>({
    clock,
    logger,
    source: remoteSource(deps),
    freshness: OF_ANOTHER_CELL,
    maxRunning: MAX_RUNNING,
    ...(laneOf === undefined ? {} : { laneOf }),
  });
  const authenticator = new AccountAuthenticator({ clock, secrets, records, directory: familyOf(records) });
  return {
    authenticate: (credentials) => authenticator.verify(credentials),
    forget: (sid) => (sid.startsWith("SK") ? records.forgetKey(sid) : records.forgetFamily(sid)),
  };
}

function remoteSource({
  clock,
  fetchRecord,
}: Pick<EdgeAuthenticatorDeps, "clock" | "fetchRecord">): AccountSource<AccountRecord> {
  const ask = (sid: string): Promise<unknown> => withinLimit(clock, sid, fetchRecord(sid));
  return {
    readAccount: async (sid) => {
      const answer = await ask(sid);
      return answer === undefined ? undefined : readAccountCredential(answer, sid);
    },
    readKey: async (sid) => {
      const answer = await ask(sid);
      return answer === undefined ? undefined : readKeyCredential(answer, sid);
    },
  };
}

function withinLimit(clock: Clock, sid: string, fetching: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(MAX_FETCH_MS, () => reject(new Error(`no credentials of ${sid} in ${MAX_FETCH_MS} ms`)));
    void fetching.then(resolve, reject).finally(() => timer.cancel());
  });
}

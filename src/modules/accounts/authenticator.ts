import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import type { Authenticator, BasicCredentials, Principal } from "../../platform/http/index.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { AccountRecords } from "./account-records.ts";
import type { AccountRecord, KnownKey } from "./account-source.ts";
import type { AccountDirectory } from "./directory.ts";
import { accountErrors } from "./errors.ts";
import { FailureLimit } from "./failure-limit.ts";
import { Generations } from "./generations.ts";
import type { RecordCache } from "./record-cache.ts";

const MAX_PASSWORD_CHARACTERS = 256;
const MAX_PROVEN = 50_000;
/** A password that the record does not know makes it be read again, but no more often than this. */
const MIN_REREAD_MS = 1_000;

/** Whose credentials they are, if the password is right. */
interface Holder {
  readonly account: AccountRecord;
  /** Present for an API key. */
  readonly key: KnownKey | undefined;
}

/** What the authenticator works with. */
export interface AuthenticatorDeps {
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly records: AccountRecords<AccountRecord>;
  readonly directory: Pick<AccountDirectory, "canAccess">;
}

/**
 * Verifies account SID and auth token (primary or secondary), or API key and
 * secret. Credentials that were right before cost a fingerprint and a few map
 * lookups; no table holds a password. What counts is always the record: the
 * memory of right passwords only spares the digest.
 */
export class AccountAuthenticator implements Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #failures: FailureLimit;
  /** Digests of passwords that were right once, by fingerprint of user name and password. */
  readonly #proven = new Generations<string>(MAX_PROVEN);

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    this.#failures = new FailureLimit(deps.clock);
  }

  authenticate(credentials: BasicCredentials): Promise<Principal | undefined> {
    return Promise.resolve(this.verify(credentials));
  }

  /** As {@link authenticate}, and at once where nothing has to be read. */
  verify(credentials: BasicCredentials): Principal | undefined | Promise<Principal | undefined> {
    const { username, password } = credentials;
    if (password.length > MAX_PASSWORD_CHARACTERS || !(isSid(username, "AC") || isSid(username, "SK"))) {
      return undefined;
    }
    const fingerprint = this.#deps.secrets.fingerprint(`${username}\0${password}`);
    const digest = this.#proven.get(fingerprint);
    const holder = digest === undefined ? undefined : this.#peek(username);
    // Both are stored digests here, neither is made from what the caller sent.
    const isProven = holder !== undefined && digestsOf(holder).includes(digest ?? "");
    // One that is refused for its status is looked at again, as somebody may have lifted that a moment ago.
    if (isProven && holder.account.status === "active") return this.#principal(holder);
    return this.#verifyAnew(credentials, fingerprint);
  }

  async #verifyAnew({ username, password }: BasicCredentials, fingerprint: string): Promise<Principal | undefined> {
    const digest = this.#deps.secrets.digest(password, username);
    let holder = await this.#find(username, "known");
    // The password may be right for another process that changed it a moment ago.
    if (holder !== undefined && !this.#isRight(holder, digest)) holder = await this.#find(username, "current");
    if (holder === undefined || !this.#isRight(holder, digest)) return this.#refuse(username);
    this.#proven.set(fingerprint, digest);
    return this.#principal(holder.account.status === "active" ? holder : await this.#lookAgain(holder));
  }

  #isRight(holder: Holder, digest: string): boolean {
    const { secrets } = this.#deps;
    let right = false;
    for (const stored of digestsOf(holder)) right = secrets.sameDigest(stored, digest) || right;
    return right;
  }

  /** The holder with its account as it is now; as it was where that cannot be read. */
  async #lookAgain({ account, key }: Holder): Promise<Holder> {
    try {
      const current = await this.#deps.records.accounts.findCurrent(account.sid, MIN_REREAD_MS);
      return { account: current ?? account, key };
    } catch {
      return { account, key };
    }
  }

  /** Right credentials are never refused for the failures of others, so that strangers can lock nobody out. */
  #refuse(username: string): undefined {
    if (!this.#failures.note(username)) throw new AppError(accountErrors.tooManyFailures, { username });
    return undefined;
  }

  #peek(username: string): Holder | undefined {
    const { accounts, keys } = this.#deps.records;
    const key = isKey(username) ? keys.peek(username) : undefined;
    if (isKey(username) && key === undefined) return undefined;
    const account = accounts.peek(key?.accountSid ?? username);
    return account === undefined ? undefined : { account, key };
  }

  async #find(username: string, how: "known" | "current"): Promise<Holder | undefined> {
    const { accounts, keys } = this.#deps.records;
    const records: RecordCache<AccountRecord | KnownKey> = isKey(username) ? keys : accounts;
    const record = how === "known" ? await records.find(username) : await records.findAnew(username, MIN_REREAD_MS);
    if (record === undefined) return undefined;
    if (!("accountSid" in record)) return { account: record, key: undefined };
    const account = await accounts.find(record.accountSid);
    return account === undefined ? undefined : { account, key: record };
  }

  #principal({ account, key }: Holder): Principal {
    const { directory } = this.#deps;
    const { sid, status } = account;
    // A standard key opens its own account only; token and main key open the subaccounts, too.
    const reachesSubaccounts = key === undefined || key.kind === "main";
    const canAccess = (other: string): Promise<boolean> =>
      reachesSubaccounts ? directory.canAccess(sid, other) : Promise.resolve(sid === other);
    if (key === undefined) return { accountSid: sid, status, credential: "token", canAccess };
    return { accountSid: sid, status, credential: "key", keySid: key.sid, keyKind: key.kind, canAccess };
  }
}

const isKey = (username: string): boolean => username.startsWith("SK");

function digestsOf({ account, key }: Holder): readonly string[] {
  return key === undefined ? account.digests : [key.digest];
}

import type { FleetKey, Movable } from "../../platform/fleet/index.ts";
import type { Authenticator, Mount, Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { AccountRecords } from "./account-records.ts";
import { accountRoutes } from "./accounts.resource.ts";
import { AccountAuthenticator } from "./authenticator.ts";
import { createKey, type KeyToCreate } from "./change-key.ts";
import type { AccountsDeps, AccountsModuleDeps } from "./deps.ts";
import { accountDirectory, type AccountDirectory } from "./directory.ts";
import { ensureFirstAccount, type FirstAccount, type FirstAccountWish } from "./ensure-first-account.ts";
import { iamKeyRoutes } from "./iam-keys.resource.ts";
import { accountMounts } from "./internal-mounts.ts";
import type { NewApiKey } from "./key.ts";
import { keyRoutes } from "./keys.resource.ts";
import { accountsMovable } from "./movable.ts";
import { accountMigrations } from "./migrations.ts";
import { sqlSource } from "./sql-source.ts";
import { tokenRoutes } from "./tokens.resource.ts";
import { holdAccount } from "./update-account.ts";

const DEFAULT_MAX_SUBACCOUNTS = 1_000;

/** What entry mounts, and what it hands to other modules. */
export interface AccountsModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly authenticator: Authenticator;
  readonly directory: AccountDirectory;
  /** Whether an account or an API key is in this cell's database. */
  isKnown(sid: string): Promise<boolean>;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** To be called at the start, after the migrations. */
  ensureFirstAccount(wish?: FirstAccountWish): Promise<FirstAccount>;
  /** The operator suspends an account with its subaccounts, or lets it go again. False when there is none. */
  holdAccount(sid: string, held: boolean): Promise<boolean>;
  /** For the operator: the routes make standard keys only. */
  createKey(key: KeyToCreate): Promise<NewApiKey>;
  /** What other processes of the system may ask and order of this cell's accounts. */
  internalMounts(fleetKey: FleetKey): readonly Mount[];
}

/** Accounts, their keys and tokens, and who is calling. */
export function accountsModule(given: AccountsModuleDeps): AccountsModule {
  const deps: AccountsDeps = {
    ...given,
    maxSubaccounts: given.maxSubaccounts ?? DEFAULT_MAX_SUBACCOUNTS,
    records: new AccountRecords({ clock: given.clock, logger: given.logger, source: sqlSource(given) }),
  };
  const directory = accountDirectory(deps.records);
  const { clock, secrets, records } = deps;
  return {
    routes: [...accountRoutes(deps), ...keyRoutes(deps), ...iamKeyRoutes(deps), ...tokenRoutes(deps)],
    migrations: accountMigrations,
    authenticator: new AccountAuthenticator({ clock, secrets, records, directory }),
    directory,
    isKnown: async (sid) => (await (sid.startsWith("SK") ? records.keys : records.accounts).find(sid)) !== undefined,
    movable: accountsMovable(deps),
    ensureFirstAccount: (wish) => ensureFirstAccount(deps, wish),
    holdAccount: (sid, held) => holdAccount(deps, { sid, held }),
    createKey: (key) => createKey(deps, key),
    internalMounts: (fleetKey) => accountMounts(deps, fleetKey),
  };
}

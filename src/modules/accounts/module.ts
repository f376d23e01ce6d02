import type { Authenticator, Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { AccountRecords } from "./account-records.ts";
import { accountRoutes } from "./accounts.resource.ts";
import { AccountAuthenticator } from "./authenticator.ts";
import { createKey, type KeyToCreate } from "./change-key.ts";
import type { AccountsDeps, AccountsModuleDeps } from "./deps.ts";
import { accountDirectory, type AccountDirectory } from "./directory.ts";
import { ensureFirstAccount, type FirstAccount, type FirstAccountWish } from "./ensure-first-account.ts";
import { iamKeyRoutes } from "./iam-keys.resource.ts";
import type { NewApiKey } from "./key.ts";
import { keyRoutes } from "./keys.resource.ts";
import { accountMigrations } from "./migrations.ts";
import { tokenRoutes } from "./tokens.resource.ts";
import { holdAccount } from "./update-account.ts";

const DEFAULT_MAX_SUBACCOUNTS = 1_000;

/** What entry mounts, and what it hands to other modules. */
export interface AccountsModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly authenticator: Authenticator;
  readonly directory: AccountDirectory;
  /** To be called at the start, after the migrations. */
  ensureFirstAccount(wish?: FirstAccountWish): Promise<FirstAccount>;
  /** The operator suspends an account with its subaccounts, or lets it go again. False when there is none. */
  holdAccount(sid: string, held: boolean): Promise<boolean>;
  /** For the operator: the routes make standard keys only. */
  createKey(key: KeyToCreate): Promise<NewApiKey>;
}

/** Accounts, their keys and tokens, and who is calling. */
export function accountsModule(given: AccountsModuleDeps): AccountsModule {
  const deps: AccountsDeps = {
    ...given,
    maxSubaccounts: given.maxSubaccounts ?? DEFAULT_MAX_SUBACCOUNTS,
    records: new AccountRecords(given),
  };
  const directory = accountDirectory(deps.records);
  const { clock, secrets, records } = deps;
  return {
    routes: [...accountRoutes(deps), ...keyRoutes(deps), ...iamKeyRoutes(deps), ...tokenRoutes(deps)],
    migrations: accountMigrations,
    authenticator: new AccountAuthenticator({ clock, secrets, records, directory }),
    directory,
    ensureFirstAccount: (wish) => ensureFirstAccount(deps, wish),
    holdAccount: (sid, held) => holdAccount(deps, { sid, held }),
    createKey: (key) => createKey(deps, key),
  };
}

import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { applicationRoutes } from "./applications.resource.ts";
import { availableNumberRoutes } from "./available-numbers.resource.ts";
import type { NumbersDeps } from "./deps.ts";
import type { NumberDirectory } from "./directory.ts";
import { incomingNumberRoutes } from "./incoming-numbers.resource.ts";
import { numbersMovable } from "./movable.ts";
import { numberMigrations } from "./migrations.ts";
import { NumberBook } from "./number-book.ts";
import { shortCodeRoutes } from "./short-codes.resource.ts";
import { syncInventory, type SyncInput, type SyncOutcome } from "./sync-inventory.ts";

/** What entry mounts of this module. */
export interface NumbersModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  /** Empty until {@link syncInventory} or `reload` was called. */
  readonly directory: NumberDirectory & { reload(): Promise<void> };
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Brings the inventory to what is configured and loads the directory; at every start, after the migrations. */
  syncInventory(input: SyncInput): Promise<SyncOutcome>;
}

/** Phone numbers, short codes and applications. */
export function numbersModule(options: Omit<NumbersDeps, "book">): NumbersModule {
  const book = new NumberBook(options.database);
  const deps: NumbersDeps = { ...options, book };
  return {
    routes: [
      ...incomingNumberRoutes(deps),
      ...availableNumberRoutes(deps),
      ...applicationRoutes(deps),
      ...shortCodeRoutes(deps),
    ],
    migrations: numberMigrations,
    directory: book,
    movable: numbersMovable(book),
    syncInventory: (input) => syncInventory(deps, input),
  };
}

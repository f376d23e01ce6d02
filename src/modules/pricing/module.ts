import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Migration, Timer } from "../../platform/ports.ts";
import { activationRoutes } from "./activations.resource.ts";
import { ActivePrices } from "./active-prices.ts";
import type { PricingDeps, PricingOptions } from "./deps.ts";
import { messagingPriceRoutes } from "./messaging-prices.resource.ts";
import { pricingMigrations } from "./migrations.ts";
import { pricingMovable } from "./movable.ts";
import type { PriceBook } from "./quote.ts";
import { tableRoutes } from "./tables.resource.ts";
import { voicePriceRoutes } from "./voice-prices.resource.ts";

/** What entry mounts of this module. */
export interface PricingModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  /** Nothing has a price before {@link start} was called. */
  readonly prices: PriceBook;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Loads the prices that hold, and follows changes of other processes from now on; after the migrations. */
  start(): Promise<void>;
  /** Stops following. */
  close(): void;
}

/** How soon other processes follow a change. */
const POLL_MS = 5_000;

/** Prices: tables of the operator's, quotes from memory, and the pricing APIs. */
export function pricingModule(options: PricingOptions): PricingModule {
  const { clock, logger } = options;
  const prices = new ActivePrices(options);
  const deps: PricingDeps = { ...options, prices };
  let timer: Timer | undefined;
  let isFollowing = false;
  const schedule = (): void => {
    if (!isFollowing) return;
    timer = clock.after(POLL_MS, () => {
      prices
        .follow()
        .catch((error: unknown) => logger.warn("pricing.follow-failed", { reason: String(error) }))
        .finally(schedule);
    });
  };
  return {
    routes: [...messagingPriceRoutes(deps), ...voicePriceRoutes(deps), ...tableRoutes(deps), ...activationRoutes(deps)],
    migrations: pricingMigrations,
    prices,
    movable: pricingMovable(prices),
    start: async () => {
      await prices.reload();
      isFollowing = true;
      schedule();
    },
    close: () => {
      isFollowing = false;
      timer?.cancel();
    },
  };
}

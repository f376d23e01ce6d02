import type { CellRecord, Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import { brandRoutes } from "./brands.resource.ts";
import { campaignRoutes } from "./campaigns.resource.ts";
import type { A2pDeps } from "./deps.ts";
import { FilingDesk } from "./filing-desk.ts";
import { countFilings } from "./filing.store.ts";
import { a2pMigrations } from "./migrations.ts";
import { a2pMovable } from "./movable.ts";
import { noticeMachine } from "./notice-machine.ts";
import type { RegistrationTold } from "./notice.ts";
import { RegistrationBook } from "./registration-book.ts";
import type { Registrations } from "./registrations.ts";
import type { CampaignRegistry } from "./registry.ts";
import { SimulatedRegistry } from "./simulated-registry.ts";
import { THROUGHPUT_TABLES, type ThroughputTableName } from "./throughput-tables.ts";
import { tollFreeRoutes } from "./toll-free.resource.ts";
import { vettingRoutes } from "./vettings.resource.ts";

/** What this module works with. */
export interface A2pOptions extends Pick<
  A2pDeps,
  "mintSid" | "profiles" | "services" | "numberBySid" | "subaccountsOf"
> {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether senders that are not registered are refused. */
  readonly isEnforced: boolean;
  /** Numbers that the operator registered elsewhere, E.164. */
  readonly registeredElsewhere: readonly string[];
  /** Which of the two tables of throughput holds. */
  readonly throughput: ThroughputTableName;
  /** Where changes of status are sent; nowhere without it. */
  readonly statusCallbackUrl?: string | undefined;
  /** Commits a record to the cell's log. */
  readonly commit: (record: CellRecord) => Promise<unknown>;
  /** The real registry; the simulated one where there is none. */
  readonly registry?: CampaignRegistry | undefined;
  /** How long the simulated registry takes to decide. */
  readonly simulatedReviewMs: number;
}

/** What entry mounts of this module: one for each cell. */
export interface A2pModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly machine: Machine;
  /** Empty until `reload` was called. */
  readonly registrations: Registrations & Pick<RegistrationBook, "reload" | "isServiceRegistered">;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** What waits for the registry, for metrics. */
  waiting(): Promise<{ readonly due: number; readonly filed: number }>;
  /** Files and asks from now on. After the migrations, and after the cell takes records. */
  start(): void;
  stop(): Promise<void>;
  /** Files and asks once; for tests and tools. */
  runOnce(): Promise<void>;
}

/** How often it looks whether there is something to file, to ask or to tell. */
const TICK_MS = 1_000;
/** How soon after filing it asks; half of the simulated registry's time, so that it is not slower than that. */
const POLL_MS = 1_500;

/** Registrations of brands, campaigns and toll-free numbers. */
export function a2pModule(options: A2pOptions): A2pModule {
  const { database, clock, logger, services, mintSid, profiles, numberBySid, subaccountsOf } = options;
  const throughput = THROUGHPUT_TABLES[options.throughput];
  const { isEnforced, registeredElsewhere, statusCallbackUrl: url } = options;
  const book = new RegistrationBook({ database, services, throughput, isEnforced, registeredElsewhere });
  const registry = options.registry ?? new SimulatedRegistry({ database, clock, reviewMs: options.simulatedReviewMs });
  const desk = new FilingDesk({
    database,
    clock,
    logger,
    registry,
    book,
    tickMs: TICK_MS,
    pollMs: POLL_MS,
    tell: async (notice) => {
      const record: RegistrationTold = { kind: "a2p.told", notice, ...(url === undefined ? {} : { url }) };
      await options.commit(record);
    },
  });
  const wake = (): void => desk.wake();
  const deps: A2pDeps = {
    database,
    clock,
    logger,
    mintSid,
    profiles,
    services,
    numberBySid,
    subaccountsOf,
    throughput,
    book,
    wake,
  };
  return {
    routes: [...brandRoutes(deps), ...vettingRoutes(deps), ...campaignRoutes(deps), ...tollFreeRoutes(deps)],
    migrations: a2pMigrations,
    machine: noticeMachine(),
    registrations: book,
    movable: a2pMovable(book, wake),
    waiting: () => countFilings(database),
    start: () => desk.start(),
    stop: () => desk.stop(),
    runOnce: () => desk.run(),
  };
}

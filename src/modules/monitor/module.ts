import type { Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration, Timer } from "../../platform/ports.ts";
import { AlertState, alertMachine } from "./alert-machine.ts";
import { alertMigrations, alertProjections, pruneAlerts } from "./alert.store.ts";
import { alertsMovable } from "./movable.ts";
import { alertRoutes } from "./alerts.resource.ts";

/** What this module works with. */
export interface MonitorOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of the cell whose log the machine stands in. */
  readonly cell: string;
}

/** What entry mounts of this module: one for each cell. */
export interface MonitorModule {
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Deletes alerts older than 30 days. Resolves to how many. */
  prune(): Promise<number>;
  /** Prunes once a day from now on. */
  start(): void;
  stop(): void;
}

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;
/** Not while everything else starts. */
const FIRST_PRUNE_MS = 5 * 60_000;
const RETRY_MS = 60 * 60_000;

/** The debugger log. */
export function monitorModule(options: MonitorOptions): MonitorModule {
  const { database, clock, logger, cell } = options;
  const state = new AlertState();
  const prune = (): Promise<number> => pruneAlerts(database, clock.nowMs() - RETENTION_MS);
  let timer: Timer | undefined;
  const schedule = (delayMs: number): void => {
    timer = clock.after(delayMs, () => {
      const started = timer;
      void pruneAndTell().then((nextMs) => {
        if (timer === started) schedule(nextMs);
      });
    });
  };
  const pruneAndTell = async (): Promise<number> => {
    try {
      const pruned = await prune();
      logger.info("monitor.pruned", { alerts: pruned, leftOut: state.leftOut });
      return DAY_MS;
    } catch (error) {
      logger.warn("monitor.prune-failed", { reason: String(error) });
      return RETRY_MS;
    }
  };
  return {
    machine: alertMachine(state, cell),
    projections: alertProjections(state),
    migrations: alertMigrations,
    routes: alertRoutes({ database, state }),
    movable: alertsMovable(state),
    prune,
    start: () => {
      if (timer === undefined) schedule(FIRST_PRUNE_MS);
    },
    stop: () => {
      timer?.cancel();
      timer = undefined;
    },
  };
}

import type { Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import { RecentRing, type LiveSource } from "../../platform/live/index.ts";
import type { Clock, Database, Logger, Migration, Timer } from "../../platform/ports.ts";
import { AlertState, alertMachine } from "./alert-machine.ts";
import { alertMigrations, alertProjections, pruneAlerts } from "./alert.store.ts";
import { alertsMovable } from "./movable.ts";
import { alertSource } from "./alert-source.ts";
import { alertRoutes } from "./alerts.resource.ts";
import { debuggerRoutes } from "./debugger.resource.ts";
import { webhookSource, type WebhookDeps } from "./webhook-filter.ts";
import { webhookRoutes } from "./webhooks.resource.ts";

/** What this module works with. */
export interface MonitorOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of the cell whose log the machine stands in. */
  readonly cell: string;
  /** So many alerts are kept in memory to be watched; none where absent or 0. */
  readonly traces?: number;
  /** The cell's webhooks, to be looked at and sent again; nobody can where absent. */
  readonly webhooks?: WebhookDeps;
}

/** What entry mounts of this module: one for each cell. */
export interface MonitorModule {
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  /** What can be watched: `alerts` and `webhooks`. */
  readonly liveSources: readonly LiveSource[];
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
  const { webhooks, traces = 0 } = options;
  const state = new AlertState();
  if (traces > 0) state.recent = new RecentRing({ capacity: traces });
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
    routes: [
      ...alertRoutes({ database, state }),
      ...debuggerRoutes({ database, state, clock }),
      ...(webhooks === undefined ? [] : webhookRoutes(webhooks)),
    ],
    liveSources: [
      ...(state.recent === undefined ? [] : [alertSource(state.recent)]),
      ...(webhooks === undefined ? [] : [webhookSource(webhooks.traces)]),
    ],
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

/** Usage records and usage triggers, over the lines of the ledger. */
import type { Machine } from "../../../platform/cell/index.ts";
import type { MovableRecords } from "../../../platform/fleet/index.ts";
import type { Route } from "../../../platform/http/index.ts";
import type { Migration } from "../../../platform/ports.ts";
import type { UsageDeps, UsageOptions } from "./deps.ts";
import { usageMigrations } from "./migrations.ts";
import { triggersMovable } from "./movable.ts";
import { usageRecordRoutes } from "./records.resource.ts";
import { triggerMachine, TriggerState } from "./trigger-machine.ts";
import { TriggerWatch } from "./trigger-watch.ts";
import { usageTriggerRoutes } from "./triggers.resource.ts";

export type { UsageOptions };
export { describeCategory } from "./categories.ts";

/** What the ledger mounts of it. */
export interface UsagePart {
  readonly routes: readonly Route[];
  /** After those of the ledger's lines. */
  readonly migrations: readonly Migration[];
  /** The triggers in the cell's log. */
  readonly machine: Machine;
  /** The triggers, as they move with their account. */
  readonly movable: MovableRecords;
  /** Looks at all triggers once, now. For tests. */
  look(): Promise<void>;
  /** Looks at all triggers soon: an account arrived. */
  arrived(): void;
  /** Watches triggers from now on; after the cell has recovered. */
  start(): void;
  stop(): void;
}

/** Usage records and triggers of a cell. */
export function usagePart(options: UsageOptions): UsagePart {
  const deps: UsageDeps = { ...options, state: new TriggerState() };
  const watch = new TriggerWatch(deps);
  return {
    routes: [...usageRecordRoutes(deps), ...usageTriggerRoutes(deps)],
    migrations: usageMigrations,
    machine: triggerMachine(deps.state, {
      used: (accountSid) => watch.used(accountSid),
      recovered: () => watch.lookAtAll(),
    }),
    movable: triggersMovable(deps),
    look: () => {
      watch.lookAtAll();
      return watch.look();
    },
    arrived: () => watch.lookAtAll(),
    start: () => watch.start(),
    stop: () => watch.stop(),
  };
}

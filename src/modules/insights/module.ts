import type { CellRecord, Machine } from "../../platform/cell/index.ts";
import { signedMount, type FleetKey, type Movable } from "../../platform/fleet/index.ts";
import type { Mount, Route } from "../../platform/http/index.ts";
import type { LiveSource } from "../../platform/live/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { HashKey } from "../../protocols/sketches/index.ts";
import { AccountsInView } from "./accounts-in-view.ts";
import { edgeBinsEndpoint } from "./edge-bins.ts";
import { insightRoutes } from "./insights.resource.ts";
import { insightMachine } from "./machine.ts";
import { insightsMovable } from "./movable.ts";
import type { SeriesReader } from "./query.ts";
import { ApiCounts, Rollups } from "./rollups/index.ts";
import { RollupReader } from "./series/index.ts";
import { seriesSource } from "./series-source.ts";
import { insightStatus, type InsightStatus } from "./status.ts";

/** What this module works with. */
export interface InsightsOptions {
  readonly cell: string;
  /** The tier of the cell. */
  readonly tier: string;
  readonly clock: Clock;
  /** Rows of one bin. */
  readonly maxRows: number;
  readonly fleetKey: FleetKey;
  readonly isOperator: (accountSid: string) => boolean;
  /** The subaccounts of a main account; none of others. */
  readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  /** Makes a record durable in this cell's log. */
  readonly commit: (record: CellRecord) => Promise<unknown>;
}

/** What entry mounts of this module: one for each cell. */
export interface InsightsModule {
  readonly machine: Machine;
  readonly routes: readonly Route[];
  /** Where edges hand over their counts; of use in the operator's home cell. */
  readonly mounts: readonly Mount[];
  readonly liveSources: readonly LiveSource[];
  /** For alerts and pages. */
  readonly reader: SeriesReader;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** For metrics. */
  status(): InsightStatus;
}

/** The real-time analytics of a cell. */
export function insightsModule(options: InsightsOptions): InsightsModule {
  const { cell, tier, clock, maxRows, fleetKey, isOperator, subaccountsOf, commit } = options;
  const rollups = new Rollups({ maxRows, hashKey: recipientKey(fleetKey) });
  const api = new ApiCounts();
  const reader = new RollupReader({ rollups, api, names: { cell, tier } });
  const inView = new AccountsInView(subaccountsOf, clock);
  return {
    machine: insightMachine(rollups, api),
    routes: insightRoutes({ reader, inView, isOperator, clock, cell }),
    mounts: [signedMount(fleetKey, clock, edgeBinsEndpoint(commit))],
    liveSources: [seriesSource({ reader, rollups, api, inView, isOperator, clock })],
    reader,
    movable: insightsMovable({ rollups, clock, commit }),
    status: () => insightStatus(rollups, api),
  };
}

/** The same in every cell of the system, so that sets of recipients can be united. */
export function recipientKey(fleetKey: FleetKey): HashKey {
  const octets = new DataView(fleetKey.derive("insights/recipients", 8).buffer);
  return { low: octets.getInt32(0, true), high: octets.getInt32(4, true) };
}

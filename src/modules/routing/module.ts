import type { Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { createTable } from "./create-table.ts";
import { compareTables, type Comparison } from "./decision/index.ts";
import { decisionRoutes, type Compare } from "./decisions.resource.ts";
import type { RoutingDeps, TimeRange } from "./deps.ts";
import { PublicationFollower } from "./follow-publications.ts";
import { routingMigrations } from "./migrations.ts";
import type { PortedNumbers } from "./ported-numbers.ts";
import { publicationRoutes } from "./publications.resource.ts";
import { publishTable, rollBack, type PublicationInput } from "./publish-table.ts";
import type { Publication, RouteTable } from "./route-table.ts";
import { TableRouter, type Router } from "./router.ts";
import type { SettingsCarrier } from "./table/index.ts";
import { DatabaseShelf } from "./table-shelf.ts";
import { tableRoutes } from "./tables.resource.ts";

/** What this module works with. */
export interface RoutingOptions extends Omit<RoutingDeps, "router" | "tables"> {
  readonly ported?: PortedNumbers | undefined;
  /** Told when another table decides. */
  readonly onTable?: () => void;
}

/** What entry mounts of this module. */
export interface RoutingModule {
  readonly router: Router;
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  /** Makes the table that was published last the active one and follows publications from now on; after the migrations. */
  start(): Promise<void>;
  /**
   * There are these carriers from now on. Those that are not among them are in no decision when this
   * returns; resolves when new ones are in version 0, where that is the active one.
   */
  useCarriers(carriers: readonly SettingsCarrier[]): Promise<void>;
  /** Stops following. */
  close(): void;
  /** Makes a version of a document in one piece. */
  createTable(created: { document: unknown; note: string; createdBy: string }): Promise<RouteTable>;
  publish(input: PublicationInput & { readonly version: number }): Promise<Publication>;
  rollBack(input: PublicationInput): Promise<Publication>;
  /** What another version would have made of past traffic; `undefined` where there is no such version. */
  compare(version: number, range: TimeRange): Promise<Comparison | undefined>;
}

function routingRoutes(deps: RoutingDeps, compare: Compare): Route[] {
  return [...tableRoutes(deps), ...publicationRoutes(deps), ...decisionRoutes(deps, compare)];
}

/**
 * Routing. Resolves when the table of the settings is compiled, by which the router decides
 * until `start` was called.
 */
export async function routingModule(options: RoutingOptions): Promise<RoutingModule> {
  const { clock, carriers, ported, pause, traffic, onTable } = options;
  const tables = new DatabaseShelf(options);
  const configured = new Set(carriers.map(({ name }) => name));
  const loadTable = (version: number) => tables.load(version);
  const router = new TableRouter(await tables.ofSettings(), { clock, configured, ported, loadTable, onTable });
  const deps: RoutingDeps = { ...options, router, tables };
  const follower = new PublicationFollower(deps);
  const useCarriers = async (given: readonly SettingsCarrier[]): Promise<void> => {
    tables.useCarriers(given);
    router.useCarriers(new Set(given.map(({ name }) => name)));
    const made = tables.ofSettings();
    const table = await made;
    // Meanwhile there may be others, or another version may have been published.
    if (router.tableVersion === 0 && made === tables.ofSettings()) router.use(table);
  };
  const compare = async (version: number, range: TimeRange, maxMessages?: number) => {
    const to = await tables.load(version);
    if (to === undefined) return undefined;
    const networkOf = (e164: string) => router.portedNetwork(e164);
    const health = deps.health();
    return compareTables({
      traffic: traffic(range),
      from: router.table,
      to,
      configured: router.configured,
      health,
      networkOf,
      pause,
      maxMessages,
    });
  };
  return {
    router,
    routes: routingRoutes(deps, compare),
    migrations: routingMigrations,
    start: () => follower.start(),
    useCarriers,
    close: () => follower.stop(),
    createTable: (created) => createTable(deps, created),
    publish: (input) => publishTable(deps, input),
    rollBack: (input) => rollBack(deps, input),
    compare,
  };
}

import type { Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { assignmentRoutes } from "./assignments.resource.ts";
import { bundleCopyRoutes } from "./bundle-copies.resource.ts";
import { catalogueRoutes } from "./catalogue.resource.ts";
import type { RegulatoryDeps, RegulatoryOptions } from "./deps.ts";
import { countReviews } from "./dossier.store.ts";
import { dossierRoutes } from "./dossiers.resource.ts";
import { endpointRoutes } from "./endpoints.resource.ts";
import { evaluationRoutes } from "./evaluations.resource.ts";
import { itemRoutes } from "./items.resource.ts";
import { regulatoryMigrations } from "./migrations.ts";
import { regulatoryMovable } from "./movable.ts";
import { regulatoryMachine } from "./notice-machine.ts";
import type { Bundles, Profiles } from "./profiles.ts";
import { profilesIn } from "./read-profile.ts";
import { ReviewDesk } from "./review-desk.ts";

/** What entry mounts of this module: one for each cell. */
export interface RegulatoryModule extends Bundles {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly machine: Machine;
  readonly profiles: Profiles;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Dossiers under review, for metrics. */
  underReview(): Promise<number>;
  /** Reviews from now on. After the migrations, and after the cell takes records. */
  start(): void;
  stop(): Promise<void>;
  /** Reviews once; for tests and tools. */
  runOnce(): Promise<void>;
}

/** Customer profiles, trust products and regulatory bundles. */
export function regulatoryModule(options: RegulatoryOptions): RegulatoryModule {
  const wake = (): void => desk.wake();
  const deps: RegulatoryDeps = { ...options, wake };
  const desk = new ReviewDesk(deps);
  const profiles = profilesIn(options.database);
  return {
    routes: [
      ...dossierRoutes(deps),
      ...assignmentRoutes(deps),
      ...endpointRoutes(deps),
      ...evaluationRoutes(deps),
      ...itemRoutes(deps),
      ...bundleCopyRoutes(deps),
      ...catalogueRoutes(),
    ],
    migrations: regulatoryMigrations,
    machine: regulatoryMachine(),
    profiles,
    bundle: (accountSid, sid) => profiles.bundle(accountSid, sid),
    movable: regulatoryMovable(wake),
    underReview: () => countReviews(options.database),
    start: () => desk.start(),
    stop: () => desk.stop(),
    runOnce: () => desk.run(),
  };
}

import type { Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Mount, Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { alphaSenderRoutes } from "./alpha-senders.resource.ts";
import { senderReleased } from "./change-pool.ts";
import { channelSenderRoutes } from "./channel-senders.resource.ts";
import { deactivationMounts, deactivationRoutes } from "./deactivations.resource.ts";
import type { ServicesDeps, ServicesOptions } from "./deps.ts";
import type { ServiceDirectory } from "./directory.ts";
import { serviceMigrations } from "./migrations.ts";
import { servicesMovable } from "./movable.ts";
import { poolNumberRoutes } from "./pool-numbers.resource.ts";
import { ServiceBook } from "./service-book.ts";
import { serviceRoutes } from "./services.resource.ts";
import { StickySenders, stickyMachine } from "./sticky-senders.ts";

/** What entry mounts of this module. */
export interface ServicesModule {
  readonly routes: readonly Route[];
  /** Files that anybody may read who has been given their address. */
  readonly mounts: readonly Mount[];
  readonly migrations: readonly Migration[];
  /** Keeps the sticky senders. Its `stick` is called by the reducers of messages. */
  readonly machine: Machine;
  /** Empty until `reload` was called: after the migrations, and after the numbers were loaded. */
  readonly directory: ServiceDirectory & { reload(): Promise<void> };
  /** What moves with an account to another cell; after the numbers. */
  readonly movable: Movable;
  /**
   * A number or short code is no longer this account's. Choices do not wait for it: they ask the
   * numbers. It tidies the pool; resolves to whether the number was in one.
   */
  numberReleased(released: { readonly accountSid: string; readonly sid: string }): Promise<boolean>;
  /** Recipients that are remembered with their senders. */
  readonly stickyRecipients: () => number;
}

const MIN_KEY_OCTETS = 16;

/** Messaging Services: their settings, their pools, and the choice of a sender. */
export function servicesModule(options: ServicesOptions): ServicesModule {
  if (options.fileKey.length < MIN_KEY_OCTETS) throw new RangeError(`fileKey has under ${MIN_KEY_OCTETS} octets`);
  const { database, clock, numbers, cell, alphaAllowed = () => false } = options;
  const sticky = new StickySenders();
  const book = new ServiceBook({ database, clock, numbers, sticky, alphaAllowed });
  const deps: ServicesDeps = { ...options, book };
  return {
    routes: [
      ...serviceRoutes(deps),
      ...poolNumberRoutes(deps),
      ...alphaSenderRoutes(deps),
      ...channelSenderRoutes(deps),
      ...deactivationRoutes(deps),
    ],
    mounts: deactivationMounts(deps),
    migrations: serviceMigrations,
    machine: stickyMachine(sticky),
    directory: book,
    movable: servicesMovable({ book, sticky, cell }),
    numberReleased: (released) => senderReleased(deps, released),
    stickyRecipients: () => sticky.size,
  };
}

import { AppError } from "../../kernel/errors.ts";
import type { RoutingDeps } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import { findNewestPublication, insertPublication, lockPublications } from "./publication.store.ts";
import type { Publication } from "./route-table.ts";
import { findTable } from "./route-table.store.ts";

/** Who publishes, and why. */
export interface PublicationInput {
  readonly actor: string;
  readonly reason: string;
}

/**
 * Makes a complete version the active one: here at once, in other processes when they look
 * next. Version 0 goes back to the table of the settings. Throws 404 and 409.
 */
export async function publishTable(
  deps: RoutingDeps,
  input: PublicationInput & { readonly version: number },
): Promise<Publication> {
  const { version } = input;
  // Loaded first: a table that cannot be loaded is never published.
  await requireComplete(deps, version);
  const loaded = await deps.tables.load(version);
  if (loaded === undefined) throw new AppError(routingErrors.tableBroken, { version });
  return publish(deps, input, () => ({ version, kind: "publish" }));
}

/** Publishes what was active before the newest publication, in one step. A second roll-back takes the first one back. Throws 409. */
export function rollBack(deps: RoutingDeps, input: PublicationInput): Promise<Publication> {
  return publish(deps, input, (newest) => {
    if (newest === undefined) throw new AppError(routingErrors.nothingToRollBack);
    return { version: newest.previousVersion, kind: "rollback" };
  });
}

async function requireComplete({ database }: RoutingDeps, version: number): Promise<void> {
  if (version === 0) return;
  const table = await findTable(database, version);
  if (table === undefined) throw new AppError(routingErrors.tableUnknown, { version });
  if (table.status !== "complete") throw new AppError(routingErrors.tableIsDraft, { version });
}

async function publish(
  deps: RoutingDeps,
  { actor, reason }: PublicationInput,
  choose: (newest: Publication | undefined) => Pick<Publication, "version" | "kind">,
): Promise<Publication> {
  const { database, clock, logger, router, tables } = deps;
  const publication = await database.transaction(async (tx) => {
    await lockPublications(tx);
    const newest = await findNewestPublication(tx);
    const { version, kind } = choose(newest);
    const previousVersion = newest?.version ?? 0;
    if (version === previousVersion) throw new AppError(routingErrors.alreadyActive, { version });
    return insertPublication(tx, { version, previousVersion, kind, actor, reason, publishedMs: clock.nowMs() });
  });
  const { version, previousVersion, kind } = publication;
  logger.info("routing.published", { version, previousVersion, kind, actor });
  const table = await tables.load(version);
  if (table === undefined) throw new AppError(routingErrors.tableBroken, { version });
  router.use(table);
  return publication;
}

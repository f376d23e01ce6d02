import type { Timer } from "../../platform/ports.ts";
import type { RoutingDeps } from "./deps.ts";
import { findNewestPublication } from "./publication.store.ts";

/** How soon other processes follow a publication. */
const POLL_MS = 2_000;

/** Keeps the active table the one that was published last, by whatever process. */
export class PublicationFollower {
  private readonly deps: RoutingDeps;
  private timer: Timer | undefined;
  private isRunning = false;
  /** The version that could not be loaded, so that this is said once. */
  private failed: number | undefined;

  constructor(deps: RoutingDeps) {
    this.deps = deps;
  }

  /** Looks now, and then every two seconds. Rejects when what is published cannot be loaded: traffic would take wrong ways. */
  async start(): Promise<void> {
    this.isRunning = true;
    await this.look();
    this.schedule();
  }

  stop(): void {
    this.isRunning = false;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private schedule(): void {
    if (!this.isRunning) return;
    this.timer = this.deps.clock.after(POLL_MS, () => {
      void this.lookSafely().then(() => this.schedule());
    });
  }

  /** A database that is away, or a table that does not load, leaves the active table as it is. */
  private async lookSafely(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.deps.logger.warn("routing.follow-failed", { reason: String(error) });
    }
  }

  private async look(): Promise<void> {
    const { database, router, tables, logger } = this.deps;
    const version = (await findNewestPublication(database))?.version ?? 0;
    if (version === router.tableVersion || version === this.failed) return;
    const table = await tables.load(version).catch((error: unknown) => {
      this.failed = version;
      throw error;
    });
    if (table === undefined) {
      this.failed = version;
      throw new Error(`the routing table ${version} is published and not there`);
    }
    this.failed = undefined;
    router.use(table);
    logger.info("routing.table-active", { version, hash: table.hash });
  }
}

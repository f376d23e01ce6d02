import type { Timer } from "../../platform/ports.ts";
import type { LinkDeps } from "./deps.ts";
import { indexKey } from "./link.ts";
import { pruneLinkRows, pruneTallies } from "./link.store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A link that has ended is known for so long as one that has: its visitors see that it has ended. */
export const ENDED_LINK_MS = 30 * DAY_MS;
/** Counts of visits. */
export const TALLY_MS = 396 * DAY_MS;
const FIRST_MS = 10 * 60_000;
const STEP = 5_000;

/** Forgets links that have ended long ago, and old counts of visits, once a day. */
export class Pruning {
  private readonly deps: LinkDeps;
  private timer: Timer | undefined;
  private isStopped = false;

  constructor(deps: LinkDeps) {
    this.deps = deps;
  }

  start(): void {
    this.schedule(FIRST_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = this.deps.clock.after(delayMs, () => {
      void this.prune().then(
        () => this.schedule(DAY_MS),
        (error: unknown) => {
          this.deps.logger.warn("links.prune-failed", { reason: String(error) });
          this.schedule(HOUR_MS);
        },
      );
    });
  }

  /** Forgets, in steps. Resolves to how many links and counts went. */
  async prune(): Promise<{ readonly links: number; readonly tallies: number }> {
    const { database, clock, index, codes, state } = this.deps;
    const nowMs = clock.nowMs();
    let links = 0;
    let tallies = 0;
    for (let isMore = true; isMore && !this.isStopped;) {
      const gone = await pruneLinkRows(database, nowMs - ENDED_LINK_MS, STEP);
      // One that was given a later end meanwhile is in memory, and will be written again.
      const unknown = gone.filter((address) => !state.links.has(address));
      await index.write(unknown.map((address) => [indexKey(codes, address), undefined] as const));
      links += gone.length;
      isMore = gone.length === STEP;
    }
    for (let isMore = true; isMore && !this.isStopped;) {
      const gone = await pruneTallies(database, nowMs - TALLY_MS, STEP);
      tallies += gone;
      isMore = gone === STEP;
    }
    this.deps.logger.info("links.pruned", { links, tallies });
    return { links, tallies };
  }
}

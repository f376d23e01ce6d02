import type { CellDescriptor } from "../fleet/index.ts";
import type { Clock, Logger, Timer } from "../ports.ts";
import { withinMs } from "./patience.ts";
import type { HomeChange, HomeTable } from "./ports.ts";

/** How often the table is looked at. */
const EVERY_MS = 1_000;
/** The longest pause between two looks at a table that fails. */
const MAX_PAUSE_MS = 15_000;
const CHANGES_AT_ONCE = 2_000;
/** How long an answer is waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/** What the follower tells. */
export interface TableNews {
  cells(cells: readonly CellDescriptor[]): void;
  changes(changes: readonly HomeChange[]): void;
  /** These changes were told in full. */
  reached(cursor: string): void;
}

/** Follows what changes in the routing table, and goes on where it was. */
export class TableFollower {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #table: HomeTable;
  readonly #news: TableNews;
  #cursor: string;
  #timer: Timer | undefined;
  #looking: Promise<boolean> | undefined;
  #isStopped = false;
  #failures = 0;
  #lastSuccessMs: number | undefined;

  constructor(parts: { clock: Clock; logger: Logger; table: HomeTable; news: TableNews; cursor: string }) {
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#table = parts.table;
    this.#news = parts.news;
    this.#cursor = parts.cursor;
  }

  /** How long ago the table was last seen to the end, in milliseconds; `undefined` before the first time. */
  get ageMs(): number | undefined {
    return this.#lastSuccessMs === undefined ? undefined : this.#clock.monotonicMs() - this.#lastSuccessMs;
  }

  /** Looks now, and again and again from then on. Resolves to whether the table could be read to its end. */
  look(): Promise<boolean> {
    this.#timer?.cancel();
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
      if (this.#isStopped) return;
      const pauseMs = Math.min(EVERY_MS * 2 ** this.#failures, MAX_PAUSE_MS);
      this.#timer = this.#clock.after(pauseMs, () => void this.look());
    });
    return this.#looking;
  }

  /** What the table answers from now on is not told any more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #lookOnce(): Promise<boolean> {
    try {
      const cells = await withinMs(this.#clock, ANSWER_TIMEOUT_MS, this.#table.cells());
      if (this.#isStopped) return false;
      this.#news.cells(cells);
      while (await this.#takeChanges());
    } catch (error) {
      if (this.#failures === 0) this.#logger.warn("routes.table-unreachable", { reason: String(error) });
      this.#failures += 1;
      return false;
    }
    if (this.#failures > 0) this.#logger.info("routes.table-reachable-again");
    this.#failures = 0;
    this.#lastSuccessMs = this.#clock.monotonicMs();
    return true;
  }

  /** Tells the next changes; true where more are there. */
  async #takeChanges(): Promise<boolean> {
    const asked = this.#table.homesSince(this.#cursor, CHANGES_AT_ONCE);
    const { changes, cursor, restarted, hasMore } = await withinMs(this.#clock, ANSWER_TIMEOUT_MS, asked);
    if (this.#isStopped) return false;
    if (restarted) this.#logger.warn("routes.table-restarted");
    this.#news.changes(changes);
    if (cursor !== this.#cursor) this.#news.reached(cursor);
    this.#cursor = cursor;
    return hasMore;
  }
}

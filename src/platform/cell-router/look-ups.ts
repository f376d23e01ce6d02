import { AppError } from "../../kernel/errors.ts";
import { S3FifoCache } from "../cache/index.ts";
import type { CellType, Home } from "../fleet/index.ts";
import type { Clock } from "../ports.ts";
import { NO_ROOM, ROUTE_UNAVAILABLE } from "./errors.ts";
import { withinMs } from "./patience.ts";
import type { Assignment, HomeTable, SharedRoutes } from "./ports.ts";

/** Look-ups of different keys at one time; one more is refused. */
const MAX_LOOK_UPS = 1_000;
const MAX_UNKNOWN_KEYS = 20_000;
/** For how long a key without a home is not looked up again. */
const UNKNOWN_FOR_MS = 1_000;
/** How long an answer of the table is waited for. */
const TABLE_TIMEOUT_MS = 2_000;
/** For how long the table is not asked after it failed. */
const TABLE_PAUSE_MS = 500;

/** How look-ups ended. */
export interface LookUpCounts {
  shared: number;
  table: number;
  assigned: number;
  unknown: number;
  failed: number;
}

/** What look-ups are made of. */
export interface LookUpParts {
  readonly clock: Clock;
  readonly table?: HomeTable | undefined;
  readonly shared?: SharedRoutes | undefined;
  /** Whether a cell was removed, so that what the shared cache says of it is too old. */
  readonly isGone: (cell: string) => boolean;
}

/**
 * What goes over the network: the shared cache, then the table. Many who want the same
 * at one time cost one look-up; a table that fails is left alone for a moment; how many
 * wait is bounded.
 */
export class LookUps {
  readonly counts: LookUpCounts = { shared: 0, table: 0, assigned: 0, unknown: 0, failed: 0 };
  readonly #clock: Clock;
  readonly #table: HomeTable | undefined;
  readonly #shared: SharedRoutes | undefined;
  readonly #isGone: (cell: string) => boolean;
  readonly #underWay = new Map<string, Promise<Home | undefined>>();
  /** Until when, on the monotonic clock, a key counts as unknown. */
  readonly #unknown = new S3FifoCache<number>({ maxEntries: MAX_UNKNOWN_KEYS });
  #tablePausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LookUpParts) {
    this.#clock = parts.clock;
    this.#isGone = parts.isGone;
    this.#table = parts.table;
    this.#shared = parts.shared;
  }

  /** Whether the key was found to have no home a moment ago. */
  isUnknown(key: string, type: CellType): boolean {
    const untilMs = this.#unknown.get(flightName("find", key, type));
    return untilMs !== undefined && this.#clock.monotonicMs() < untilMs;
  }

  /** Looks in the shared cache, then in the table. Rejects with 503/20503 where neither can tell. */
  find(key: string, type: CellType): Promise<Home | undefined> {
    return this.#once(flightName("find", key, type), async () => {
      const shared = await this.#shared?.get(key, type);
      if (shared === undefined || this.#isGone(shared.cell)) return this.#findInTable(key, type);
      this.counts.shared += 1;
      return shared;
    });
  }

  /** Looks in the table, since what the shared cache has may be what just was wrong; there only while the table cannot be reached. */
  findNewest(key: string, type: CellType): Promise<Home | undefined> {
    return this.#once(flightName("newest", key, type), async () => {
      try {
        return await this.#findInTable(key, type);
      } catch (error) {
        const shared = await this.#shared?.get(key, type);
        if (shared === undefined) throw error;
        this.counts.shared += 1;
        return shared;
      }
    });
  }

  /** The home that the key has in the table or gets there now. */
  async assign(assignment: Assignment): Promise<Home> {
    const { key, type } = assignment;
    const home = await this.#once(flightName("assign", key, type), async () => {
      const assigned = await this.#ask((table) => table.assign(assignment));
      this.counts.assigned += 1;
      return assigned;
    });
    if (home === undefined) throw new AppError(ROUTE_UNAVAILABLE);
    this.#unknown.delete(flightName("find", key, type));
    this.share(key, type, home);
    return home;
  }

  /** Tells the other edges of the region. */
  share(key: string, type: CellType, home: Home): void {
    void this.#shared?.put(key, type, home);
  }

  async #findInTable(key: string, type: CellType): Promise<Home | undefined> {
    const home = await this.#ask((table) => table.find(key, type));
    const name = flightName("find", key, type);
    if (home === undefined) {
      this.counts.unknown += 1;
      this.#unknown.set(name, this.#clock.monotonicMs() + UNKNOWN_FOR_MS);
    } else {
      this.counts.table += 1;
      this.#unknown.delete(name);
      this.share(key, type, home);
    }
    return home;
  }

  async #ask<T>(question: (table: HomeTable) => Promise<T>): Promise<T> {
    const table = this.#table;
    if (table === undefined) throw new AppError(ROUTE_UNAVAILABLE, {}, { internal: "there is no routing table" });
    if (this.#clock.monotonicMs() < this.#tablePausedUntilMs) {
      throw new AppError(ROUTE_UNAVAILABLE, {}, { internal: "the routing table failed a moment ago" });
    }
    try {
      return await withinMs(this.#clock, TABLE_TIMEOUT_MS, question(table));
    } catch (error) {
      if (error instanceof AppError && error.spec === NO_ROOM) throw error;
      this.counts.failed += 1;
      this.#tablePausedUntilMs = this.#clock.monotonicMs() + TABLE_PAUSE_MS;
      throw new AppError(ROUTE_UNAVAILABLE, {}, { cause: error });
    }
  }

  #once(name: string, look: () => Promise<Home | undefined>): Promise<Home | undefined> {
    const running = this.#underWay.get(name);
    if (running !== undefined) return running;
    if (this.#underWay.size >= MAX_LOOK_UPS) {
      return Promise.reject(new AppError(ROUTE_UNAVAILABLE, {}, { internal: "too many look-ups of homes" }));
    }
    const started = look().finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, started);
    return started;
  }
}

function flightName(what: string, key: string, type: CellType): string {
  return `${what} ${type} ${key}`;
}
